"""Sessions of mediators: kept on disk, so that one that was ended stays ended after a restart."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

from jobs.errors import StoreError
from kiosk.access.book import AccessBook
from kiosk.access.records import Session
from kiosk.access.secret import digest

log = logging.getLogger(__name__)

LIFETIME_S: Final = 12 * 3600
_CLOCK_STEP_S: Final = 3600.0
"""A session from further ahead than this was begun under a clock that was wrong."""


class Sessions:
    """Begins, finds and ends sessions.

    A disk that is full keeps nobody out and nobody in: then a session lives, or has ended, in memory only.
    """

    def __init__(self, book: AccessBook, wall: Callable[[], float] = time.time) -> None:
        self._book = book
        self._wall = wall
        self._unkept: dict[str, Session] = {}
        self._ended: set[str] = set()

    def begin(self, mediator: str, proof: str) -> str:
        """Return the cookie of a new session."""
        cookie, now_s = secrets.token_urlsafe(32), self._wall()
        session = Session(digest(cookie), mediator, proof, now_s, now_s + LIFETIME_S)
        try:
            self._book.keep_session(session)
        except StoreError as error:
            log.warning("A mediator's session will not survive a restart: %s", error.__cause__)
            self._unkept[session.digest] = session
        return cookie

    def find(self, cookie: str | None) -> Session | None:
        """The session of a cookie that has neither ended nor grown old.

        Raises:
            StoreError: the list cannot be read.
        """
        if not cookie:
            return None
        mine = digest(cookie)
        if mine in self._ended:
            return None
        session = self._unkept.get(mine) or self._book.session(mine)
        if session is None or not -_CLOCK_STEP_S <= self._wall() - session.began_s < LIFETIME_S:
            return None
        return session

    def end(self, cookie: str | None) -> None:
        """End a session for good, whoever has kept its cookie."""
        if not cookie:
            return
        mine = digest(cookie)
        self._ended.add(mine)
        self._unkept.pop(mine, None)
        try:
            self._book.end_session(mine)
        except StoreError as error:
            log.warning("A session ends in memory only, until the disk takes it: %s", error.__cause__)
            return
        self._ended.discard(mine)
