"""The panel as the bike sees it: a thread that looks at the contacts, and a beat that others give."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from drivers.errors import DriverError, LinkLostError
from drivers.panel.lines import Lines
from drivers.panel.protocol import PanelProtocol
from drivers.panel.types import Hazard, PanelState

log = logging.getLogger(__name__)

LOOK_S: Final = 0.01
REOPEN_S: Final = 1.0

OnHazards = Callable[[frozenset[Hazard]], None]


class PanelMonitor:
    """Tells of every change of the hazards in its own thread, so that a mushroom is heard while a loop works.

    Nothing here beats by itself: a relay stays closed only as long as somebody calls `beat`.
    """

    def __init__(self, open_lines: Callable[[], Lines], clock: Callable[[], float] = time.monotonic) -> None:
        self._open = open_lines
        self._clock = clock
        self._protocol = PanelProtocol()
        self._lines: Lines | None = None
        self._level = False
        self._told: frozenset[Hazard] = frozenset({Hazard.SILENT})
        self._trouble = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> PanelState:
        """What may be believed now; from any thread."""
        return self._protocol.state(self._clock())

    def start(self, on_hazards: OnHazards) -> None:
        """Look at the contacts from now on."""
        self._thread = threading.Thread(target=self._run, args=(on_hazards,), name="panel", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """Toggle the heartbeat's line; lines that are lost are told by whoever looks at them."""
        lines = self._lines
        if lines is None:
            return
        self._level = not self._level
        try:
            lines.write(self._level)
        except LinkLostError as error:
            log.debug("A beat was lost: %s", error)
        else:
            self._protocol.beaten(self._clock())

    def close(self) -> None:
        """Look no more, and let the lines go."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, on_hazards: OnHazards) -> None:
        while not self._closing.is_set():
            try:
                self._watch(self._open(), on_hazards)
            except DriverError as error:
                self._note(str(error))
            self._protocol.lost()
            self._tell(on_hazards)
            self._closing.wait(REOPEN_S)

    def _watch(self, lines: Lines, on_hazards: OnHazards) -> None:
        self._lines = lines
        try:
            while not self._closing.wait(LOOK_S):
                self._protocol.look(lines.read(), self._clock())
                self._tell(on_hazards)
                self._trouble = ""
        finally:
            self._lines = None
            lines.close()

    def _tell(self, on_hazards: OnHazards) -> None:
        hazards = self.state.hazards
        if hazards == self._told:
            return
        self._told = hazards
        try:
            on_hazards(hazards)
        except Exception:
            log.exception("A machine may not have heard of the panel: %s", ", ".join(sorted(hazards)))

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("panel: %s", trouble)
        self._trouble = trouble
