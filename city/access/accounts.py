"""Accounts of the city's staff in one file: names and argon2id hashes, nothing else."""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_SIGNS: Final = 12
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Source: OWASP Password Storage Cheat Sheet, the least that it asks of argon2id."""
_NOBODY: Final = _HASHER.hash("nobody has this password")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


class AccountError(Exception):
    """An account cannot be made, found or read; the message says what to do."""


class Accounts:
    """Reads the file at each question, so that an account taken away is gone at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        """Who has an account."""
        return sorted(self._read())

    def fits(self, name: str, password: str) -> bool:
        """Whether the password is this person's; as slow for a name that does not exist."""
        known = self._read().get(name)
        try:
            _HASHER.verify(known or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    def add(self, name: str, password: str) -> None:
        """Make an account, or give it a new password.

        Raises:
            AccountError: the name or the password will not do.
        """
        if not _NAME.fullmatch(name):
            raise AccountError("A name is 1 to 32 small letters, digits, points or hyphens.")
        if not LEAST_SIGNS <= len(password) <= 256:
            raise AccountError(f"A password has {LEAST_SIGNS} signs or more: several words are easiest.")
        self._write({**self._read(), name: _HASHER.hash(password)})

    def remove(self, name: str) -> None:
        """Take an account away.

        Raises:
            AccountError: there is none of that name.
        """
        held = self._read()
        if name not in held:
            raise AccountError(f"There is no account {name!r}; `list` shows all.")
        self._write({one: kept for one, kept in held.items() if one != name})

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise AccountError(f"The accounts in {self._path} cannot be read: {error}.") from error
        if not isinstance(found, dict):
            raise AccountError(f"{self._path} holds no accounts. Move it away and add them again.")
        return {str(name): str(kept) for name, kept in found.items()}

    def _write(self, held: dict[str, str]) -> None:
        """Replace the file whole, readable for its owner and group only."""
        handle, name = tempfile.mkstemp(dir=self._path.absolute().parent, prefix=".accounts-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        if self._path.exists():
            Path(name).chmod(self._path.stat().st_mode & 0o777)
        Path(name).replace(self._path)
