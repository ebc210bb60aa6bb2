"""Lets mediators in by PIN or badge, and tells for each request who has come."""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Request

from jobs.errors import StoreError
from kiosk.access.book import AccessBook
from kiosk.access.lockout import Lockout
from kiosk.access.people import People, Welcome
from kiosk.access.records import COMMON, Mediator
from kiosk.access.secret import digest, is_pin_hash, pin_fits, typed
from kiosk.access.sessions import LIFETIME_S, Sessions
from kiosk.access.tokens import Tokens
from onboard.config import Config

__all__ = ["COOKIE", "LIFETIME_S", "Door", "DoorHere", "LoginNeededError", "door_of", "only_mediators"]

log = logging.getLogger(__name__)

COOKIE: Final = "mediateur"
_FAILURES: Final = "failures"


class LoginNeededError(Exception):
    """This is for mediators, and nobody has logged in here."""


class Door:
    """What stands between the mediator's pages and everybody else."""

    def __init__(
        self,
        book: AccessBook,
        common_hash: str = "",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._common_hash = common_hash
        self._one_at_a_time = asyncio.Lock()
        self._lockout = Lockout(clock, self._failures())
        self._sessions = Sessions(book, wall)
        self.people = People(book, common_hash, wall)
        self.tokens = Tokens(book, wall)

    @classmethod
    def of(cls, config: Config) -> "Door":
        """The door of one bike."""
        return cls(AccessBook(config.paths.kiosk_state), config.kiosk.mediator_pin_hash)

    async def enter(self, pin: str) -> str | None:
        """Return a new session's cookie; None for a wrong PIN and, whatever the PIN, while locked out.

        Raises:
            StoreError: the list of mediators cannot be read.
        """
        async with self._one_at_a_time:  # so that many tries at once count one after the other
            if self._lockout.locked:
                return None
            found = await asyncio.to_thread(self._whose, pin)
            self._count(passed=found is not None)
            return self._sessions.begin(*found) if found is not None else None

    def enter_by_badge(self, code: str) -> str | None:
        """Return a new session's cookie, also while PINs are locked out: nobody guesses a badge."""
        mine = digest(typed(code))
        for each in self._book.mediators():
            if hmac.compare_digest(each.badge_digest, mine):
                return self._sessions.begin(each.id, digest(each.pin_hash))
        return None

    async def set_up(self, code: str, name: str) -> Welcome | None:
        """Add the first mediator; None for a wrong code and, whatever the code, while locked out.

        Raises:
            JobError: the name is not one word.
            StoreError: the list of mediators cannot be kept.
        """
        async with self._one_at_a_time:
            if self._lockout.locked or not self.people.needs_setup:
                return None
            is_right = hmac.compare_digest(self.people.setup_code(), typed(code))
            self._count(passed=is_right)
            return await asyncio.to_thread(self.people.add, name) if is_right else None

    def begin(self, welcome: Welcome) -> str:
        """Return a new session's cookie for somebody who was just welcomed."""
        return self._sessions.begin(welcome.mediator.id, digest(welcome.mediator.pin_hash))

    def mediators(self) -> list[Mediator]:
        """Everybody who may enter, the first one first."""
        return self._book.mediators()

    def who(self, cookie: str | None) -> str | None:
        """The id of the mediator whose session a cookie is; None when it is none, or over.

        Raises:
            StoreError: the list of mediators cannot be read.
        """
        session = self._sessions.find(cookie)
        if session is None:
            return None
        known = dict(self._credentials()).get(session.mediator)
        return session.mediator if known is not None and digest(known) == session.proof else None

    def knows(self, cookie: str | None) -> bool:
        """Whether a cookie is a session of ours that has neither ended nor grown old."""
        return self.who(cookie) is not None

    def leave(self, cookie: str | None) -> None:
        """End a session for good, whoever has kept its cookie."""
        self._sessions.end(cookie)

    def names(self) -> dict[str, str]:
        """The pseudonyms of mediators and the labels of tokens, by the words of the audit journal."""
        people = {each.id: each.name for each in self._book.mediators()}
        return {**people, **{token.id: token.label for token in self._book.tokens()}}

    def _whose(self, pin: str) -> tuple[str, str] | None:
        """Whose PIN it is; every hash is tried, so that the time tells nothing."""
        fitting = [(who, digest(kept)) for who, kept in self._credentials() if pin_fits(kept, pin)]
        return fitting[0] if fitting else None

    def _credentials(self) -> list[tuple[str, str]]:
        common = [(COMMON, self._common_hash)] if is_pin_hash(self._common_hash) else []
        return common + self.people.credentials()

    def _count(self, *, passed: bool) -> None:
        """Count a try, also for after a restart."""
        if passed and not self._lockout.failures:
            return
        if passed:
            self._lockout.passed()
        else:
            self._lockout.failed()
        try:
            self._book.keep_word(_FAILURES, str(self._lockout.failures or ""))
        except StoreError as error:
            log.warning("Wrong PINs are counted in memory only: %s", error.__cause__)

    def _failures(self) -> int:
        try:
            counted = self._book.word(_FAILURES)
        except StoreError as error:
            log.warning("Nobody can enter until the list of mediators can be read: %s", error.__cause__)
            return 0
        return int(counted) if counted.isdecimal() else 0


async def door_of(request: Request) -> Door:
    """The door that the application was made with."""
    door: Door = request.app.state.door
    return door


DoorHere = Annotated[Door, Depends(door_of)]


async def only_mediators(request: Request, door: DoorHere) -> None:
    """Let a request pass when it carries a session, and remember whose it is.

    Raises:
        LoginNeededError: it does not.
    """
    request.state.who = door.who(request.cookies.get(COOKIE))
    if request.state.who is None:
        raise LoginNeededError
