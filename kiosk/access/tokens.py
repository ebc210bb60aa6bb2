"""Makes, finds and revokes tokens, with which scripts ask instead of people."""

import secrets
import time
import unicodedata
from collections.abc import Callable
from typing import Final

from jobs.errors import JobError, Sentence
from kiosk.access.book import AccessBook
from kiosk.access.records import Scope, Token
from kiosk.access.secret import digest

PREFIX: Final = "dipbike_"
_ID: Final = "t-"
DAY_S: Final = 86_400.0
MOST: Final = 20
LONGEST_DAYS: Final = 730
LABEL_RULE: Final = Sentence(
    "Dites en 2 à 40 signes à quoi sert la clé, par exemple « affichage du hall ».",
    'Say in 2 to 40 signs what the token is for, such as "display in the hall".',
)
_FULL: Final = Sentence(
    "Il y a déjà vingt clés : révoquez d'abord celles qui ne servent plus.",
    "There are twenty tokens already: first revoke those that are no longer used.",
)
_UNKNOWN: Final = Sentence("Cette clé n'existe pas, ou plus.", "There is no such token, or no longer.")
_DAYS: Final = Sentence(
    f"Une clé vaut de 1 à {LONGEST_DAYS} jours.", f"A token is good for 1 to {LONGEST_DAYS} days."
)


class Tokens:
    """The tokens of one bike."""

    def __init__(self, book: AccessBook, wall: Callable[[], float] = time.time) -> None:
        self._book = book
        self._wall = wall

    def every(self) -> list[Token]:
        """The tokens that may still be used, the oldest first."""
        return [token for token in self._book.tokens() if self._wall() < token.ends_s]

    def make(self, label: str, scope: Scope, days: int) -> tuple[Token, str]:
        """Make a token; the second one returned is the token itself, which nobody can read again.

        Raises:
            JobError: its label or its days are not allowed, or there are too many.
        """
        label = " ".join(unicodedata.normalize("NFC", label).split())
        if not 2 <= len(label) <= 40 or not label.isprintable():
            raise JobError("bad-label", LABEL_RULE)
        if not 1 <= days <= LONGEST_DAYS:
            raise JobError("bad-days", _DAYS)
        self._forget_old()
        if len(self._book.tokens()) >= MOST:
            raise JobError("too-many-tokens", _FULL)
        now_s, words = self._wall(), PREFIX + secrets.token_urlsafe(32)
        token = Token(f"{_ID}{secrets.token_hex(4)}", label, scope, now_s, now_s + days * DAY_S)
        self._book.keep_token(token, digest(words))
        return token, words

    def revoke(self, token_id: str) -> None:
        """End a token at once.

        Raises:
            JobError: there is none of this id.
        """
        if token_id not in {token.id for token in self._book.tokens()}:
            raise JobError("unknown-token", _UNKNOWN)
        self._book.remove_token(token_id)

    def find(self, words: str) -> Token | None:
        """The token that a script has shown, unless it was revoked or its days are over."""
        token = self._book.token(digest(words)) if words.startswith(PREFIX) else None
        return token if token is not None and self._wall() < token.ends_s else None

    def _forget_old(self) -> None:
        for token in self._book.tokens():
            if token.ends_s <= self._wall():
                self._book.remove_token(token.id)


def is_token(signed: str) -> bool:
    """Whether the audit journal's word for somebody stands for a program."""
    return signed.startswith(_ID)
