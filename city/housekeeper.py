"""Does what no bike waits for: sums up what is complete, and forgets what is old."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from city.retention import forget
from city.store import Engine, StoreError
from city.tallying import tally

_LOG: Final = logging.getLogger(__name__)
_TALLY_S: Final = 2.0
_FORGET_S: Final = 3600.0


class Housekeeper:
    """A thread on a connection of its own."""

    def __init__(self, engine: Engine, utc_s: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._utc_s = utc_s
        self._stopping = threading.Event()
        self._forget_at_s = 0.0
        self._thread = threading.Thread(target=self._run, name="city-housekeeper", daemon=True)

    def start(self) -> None:
        """Work until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is begun."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(_TALLY_S):
            try:
                tally(self._engine)
                if time.monotonic() >= self._forget_at_s:
                    self._forget_at_s = time.monotonic() + _FORGET_S
                    forget(self._engine, self._utc_s())
            except StoreError as error:
                _LOG.error("%s The sums wait.", error)
