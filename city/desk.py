"""What all pages of the city are made from: the database, the time, and how the bikes are now."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from city.history import History
from city.periods import PARIS
from city.store.engine import Engine
from city.views import Overview, Reader

_MOST_KEPT: Final = 200

T = TypeVar("T")


class Desk:
    """Reads, and never twice within a second; `closing` ends the event streams when the server stops.

    `archive` is a second connection, so that a long question about the past does not hold up the present.
    """

    def __init__(
        self,
        engine: Engine,
        closing: asyncio.Event,
        utc_s: Callable[[], float] = time.time,
        archive: Engine | None = None,
    ) -> None:
        self.reader = Reader(engine)
        self.history = History(archive or engine)
        self.closing = closing
        self.utc_s = utc_s
        self._kept: dict[object, tuple[float, Any]] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The date in Paris."""
        return datetime.fromtimestamp(self.utc_s(), PARIS)

    def look(self) -> Overview:
        """Everything as it is now; whoever asks within the same second gets the same answer."""
        return self.kept("now", 1.0, lambda: self.reader.overview(self.utc_s()))

    def kept(self, key: object, for_s: float, make: Callable[[], T]) -> T:
        """An answer that is made once and given to all who ask within `for_s`."""
        slot = int(self.utc_s() / for_s)
        with self._lock:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
                self._locks.clear()
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            found = self._kept.get(key)
            if found is None or found[0] != slot:
                found = slot, make()
                self._kept[key] = found
        answer: T = found[1]
        return answer
