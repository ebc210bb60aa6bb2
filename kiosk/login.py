"""Lets mediators in: one PIN for all, a growing lockout, and sessions in signed cookies."""

import asyncio
import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from jobs.errors import Sentence, StoreError
from onboard.config import Config

COOKIE: Final = "mediateur"
LIFETIME_S: Final = 12 * 3600
KEY_BYTES: Final = 32
FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 300.0
"""With it, trying all PINs of four digits takes more than a month."""

_NO_KEY: Final = Sentence(
    "La clé des connexions ne peut pas être gardée : vérifiez le disque. L'arrêt marche toujours.",
    "The bike cannot keep the key of the sessions. Check its disk; the stop button still works.",
)


class LoginNeededError(Exception):
    """This is for mediators, and nobody has logged in here."""


class Lockout:
    """Counts wrong PINs; tries made while it lasts neither count nor help."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._until_s = 0.0

    @property
    def locked(self) -> bool:
        """Whether nobody may try now."""
        return self._clock() < self._until_s

    def failed(self) -> None:
        """Make the next tries wait, longer each time."""
        self._failures += 1
        extra = min(self._failures - FREE_TRIES, 10)
        if extra >= 0:
            self._until_s = self._clock() + min(FIRST_WAIT_S * 2**extra, LONGEST_WAIT_S)

    def passed(self) -> None:
        """Start counting anew."""
        self._failures = 0


class Door:
    """What stands between the mediator's pages and everybody else."""

    def __init__(self, folder: Path, pin_hash: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / "kiosk.key"
        self._pin_hash = pin_hash
        self._lockout = Lockout(clock)
        self._one_at_a_time = asyncio.Lock()
        self._signer: URLSafeTimedSerializer | None = None
        self._ended: set[str] = set()

    @classmethod
    def of(cls, config: Config) -> "Door":
        """The door of one bike; as a service the kiosk may write only to a folder that systemd names."""
        return cls(
            Path(os.environ.get("STATE_DIRECTORY") or config.paths.state), config.kiosk.mediator_pin_hash
        )

    @property
    def has_pin(self) -> bool:
        """Whether anybody can log in at all."""
        try:
            extract_parameters(self._pin_hash)
        except InvalidHashError:
            return False
        return True

    async def enter(self, pin: str) -> str | None:
        """Return a new session's cookie; None for a wrong PIN and, whatever the PIN, while locked out.

        Raises:
            StoreError: the key of the sessions cannot be kept.
        """
        async with self._one_at_a_time:  # so that many tries at once count one after the other
            if self._lockout.locked or not self.has_pin:
                return None
            if not await asyncio.to_thread(self._fits, pin):
                self._lockout.failed()
                return None
            self._lockout.passed()
            return self._sessions().dumps(secrets.token_urlsafe(18))

    def _fits(self, pin: str) -> bool:
        try:
            return PasswordHasher().verify(self._pin_hash, pin)
        except VerificationError:
            return False

    def knows(self, cookie: str | None) -> bool:
        """Whether a cookie is a session of ours that has neither ended nor grown old."""
        session = self._session(cookie)
        return session is not None and session not in self._ended

    def leave(self, cookie: str | None) -> None:
        """End a session for good, whoever has kept its cookie."""
        session = self._session(cookie)
        if session is not None:
            self._ended.add(session)

    def _session(self, cookie: str | None) -> str | None:
        if not cookie or not self.has_pin:
            return None
        try:
            return str(self._sessions().loads(cookie, max_age=LIFETIME_S))
        except BadData:
            return None

    def _sessions(self) -> URLSafeTimedSerializer:
        """Signs with our key and the hash of the PIN: a new PIN ends every session."""
        if self._signer is None:
            self._signer = URLSafeTimedSerializer(
                read_key(self._path),
                salt=f"mediator {self._pin_hash}",
                signer_kwargs={"digest_method": hashlib.sha256},
            )
        return self._signer


def read_key(path: Path) -> bytes:
    """Return the key kept at `path`, made at random when there is none.

    Raises:
        StoreError: it can be neither read nor made, or has lost its bytes.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise StoreError("no-key", _NO_KEY) from error
    if len(key) != KEY_BYTES:
        raise StoreError("no-key", _NO_KEY)
    return key


def _make_key(path: Path) -> None:
    """Write all of the key under another name first: a link appears whole, or not when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".kiosk-key-", dir=path.parent)  # O_EXCL and mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process was quicker: its key counts
    finally:
        Path(draft).unlink()


async def door_of(request: Request) -> Door:
    """The door that the application was made with."""
    door: Door = request.app.state.door
    return door


DoorHere = Annotated[Door, Depends(door_of)]


async def only_mediators(request: Request, door: DoorHere) -> None:
    """Let a request pass when it carries a session.

    Raises:
        LoginNeededError: it does not.
    """
    if not door.knows(request.cookies.get(COOKIE)):
        raise LoginNeededError
