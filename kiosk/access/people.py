"""Adds, renews and removes mediators; each gets a PIN and a badge that are shown once."""

import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from jobs.errors import JobError, Sentence
from kiosk.access.book import AccessBook
from kiosk.access.records import Mediator
from kiosk.access.secret import HASHER, digest, is_pin_hash, new_code, new_pin, pin_fits

MOST: Final = 12
"""Each try of a PIN is checked against all of them."""
SETUP_BYTES: Final = 5
_SETUP: Final = "setup"
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W_]|['’-]){1,19}")
NAME_RULE: Final = Sentence(
    "Un seul mot de 2 à 20 lettres, par exemple un prénom ou une couleur ; pas de nom de famille.",
    "One word of 2 to 20 letters, such as a first name or a colour; no surname.",
)
_TAKEN: Final = Sentence(
    "Ce nom est déjà pris : choisissez-en un autre.", "This name is taken: choose another."
)
_FULL: Final = Sentence(
    "Il y a déjà douze médiateurs : retirez d'abord ceux qui ne viennent plus.",
    "There are twelve mediators already: first remove those who no longer come.",
)
_UNKNOWN: Final = Sentence(
    "Ce médiateur n'est pas (ou plus) dans la liste.", "This mediator is not on the list, or no longer."
)
_LAST: Final = Sentence(
    "C'est le dernier médiateur : ajoutez-en un autre avant de le retirer.",
    "This is the last mediator: add another one before you remove them.",
)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a mediator is given, once: nobody can read it again."""

    mediator: Mediator
    pin: str
    badge: str


class People:
    """The mediators of one bike; its methods take a moment, because PINs are hashed slowly on purpose."""

    def __init__(self, book: AccessBook, common_hash: str, wall: Callable[[], float] = time.time) -> None:
        self._book = book
        self._common_hash = common_hash if is_pin_hash(common_hash) else ""
        self._wall = wall

    @property
    def has_common(self) -> bool:
        """Whether the settings hold one PIN for all."""
        return bool(self._common_hash)

    @property
    def needs_setup(self) -> bool:
        """Whether nobody at all can enter yet."""
        return not self.has_common and not self._book.mediators()

    def add(self, name: str) -> Welcome:
        """Add a mediator under a pseudonym of their choice; with the first one the set-up is over.

        Raises:
            JobError: the name is not one word, or is taken, or there are too many.
        """
        known, name = self._book.mediators(), name_of(name)
        if name.casefold() in {each.name.casefold() for each in known}:
            raise JobError("name-taken", _TAKEN)
        if len(known) >= MOST:
            raise JobError("too-many-mediators", _FULL)
        welcome = self._welcome(Mediator(f"m-{secrets.token_hex(4)}", name, "", "", self._wall()))
        self._book.keep_word(_SETUP, "")
        return welcome

    def renew(self, mediator_id: str) -> Welcome:
        """Give somebody a new PIN and badge; the old ones, and every session begun with them, are over.

        Raises:
            JobError: nobody has this id.
        """
        return self._welcome(self._find(mediator_id))

    def remove(self, mediator_id: str) -> None:
        """Forget somebody; their sessions are over at once.

        Raises:
            JobError: nobody has this id, or nobody could enter any more.
        """
        self._find(mediator_id)
        if not self.has_common and len(self._book.mediators()) == 1:
            raise JobError("last-mediator", _LAST)
        self._book.remove_mediator(mediator_id)

    def named(self, name: str) -> Mediator:
        """The mediator of a name.

        Raises:
            JobError: nobody has it.
        """
        return _first(each for each in self._book.mediators() if each.name.casefold() == name.casefold())

    def setup_code(self) -> str:
        """The code that whoever sets the bike up must know; made when it is first asked for."""
        code = self._book.word(_SETUP)
        if not code:
            code = new_code(SETUP_BYTES)
            self._book.keep_word(_SETUP, code)
        return code

    def credentials(self) -> list[tuple[str, str]]:
        """Everybody's id with the hash of their PIN."""
        return [(each.id, each.pin_hash) for each in self._book.mediators()]

    def _find(self, mediator_id: str) -> Mediator:
        return _first(each for each in self._book.mediators() if each.id == mediator_id)

    def _welcome(self, mediator: Mediator) -> Welcome:
        """Make a PIN that nobody else has, so that it says who enters."""
        taken = [pin_hash for _, pin_hash in self.credentials()] + [self._common_hash]
        pin = new_pin()
        while any(pin_fits(pin_hash, pin) for pin_hash in taken):
            pin = new_pin()
        badge = new_code()
        kept = replace(mediator, pin_hash=HASHER.hash(pin), badge_digest=digest(badge))
        self._book.keep_mediator(kept)
        return Welcome(kept, pin, badge)


def _first(found: Iterator[Mediator]) -> Mediator:
    """Whoever was looked for.

    Raises:
        JobError: nobody was found.
    """
    mediator = next(found, None)
    if mediator is None:
        raise JobError("unknown-mediator", _UNKNOWN)
    return mediator


def name_of(text: str) -> str:
    """A pseudonym as it is kept.

    Raises:
        JobError: it is not one short word.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not _NAME.fullmatch(name):
        raise JobError("bad-name", NAME_RULE)
    return name
