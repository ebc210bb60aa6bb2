"""Finds lost answers and gives back their room in the window, but only where the mill itself proves them."""

from typing import Final

from drivers.grbl.audit import Audit
from drivers.grbl.fusing import could_fuse
from drivers.grbl.lookout import Lookout
from drivers.grbl.replies import Status
from drivers.grbl.window import Window

STUCK_S: Final = 0.15
"""Idle for so long, by two reports, with a line unanswered: nothing of it is on its way any more."""
PROBES: Final = 3
"""So many empty lines without an answer: the line is dead in one direction."""

TOLERATED: Final = 5
TOLERATED_SHARE: Final = 0.02
"""On a line that loses more answers than that, lines are lost too."""


class Resync:
    """Goes on after a lost `ok`; no line is ever sent twice.

    While the mill moves, its reports of the receive buffer prove the loss. When it stands still, an empty
    line does: it ends a line whose end was lost, GRBL answers it last, and answers nothing after it.
    """

    def __init__(self, window: Window) -> None:
        self.found = 0
        self._window = window
        self._audit = Audit()
        self._unanswered: int | None = None
        self._probes = 0
        self._is_due = False
        self._is_heard = False

    def take_probe(self) -> bytes:
        """Return an empty line if one has to go out now."""
        if not self._is_due:
            return b""
        self._is_due, self._is_heard = False, False
        self._probes += 1
        return self._window.take_probe()

    def hear(self) -> None:
        """An answer has come."""
        self._is_heard = True

    def watch(self, status: Status, lookout: Lookout, now_s: float) -> bool:
        """Take a report; True when answers and lines do not match and nothing proves what was lost."""
        window, used_bytes = self._window, lookout.rx_used_bytes(status)
        if self._audit.proves_surplus(window, used_bytes):
            return True
        if self._trusts(lookout) and (lost := self._audit.lost(window, used_bytes)):
            return not self._forgive(lost)
        if not window.waiting or not lookout.resting:
            return False
        return self._ask(used_bytes, lookout.idle_for(now_s) - window.quiet_s)

    def _trusts(self, lookout: Lookout) -> bool:
        """Once a question was lost, a report may be older than it seems."""
        if self._unanswered is None:
            self._unanswered = lookout.unanswered
        return self._unanswered == lookout.unanswered

    def _ask(self, used_bytes: int | None, rest_s: float) -> bool:
        """Have a mill that stands still answer an empty line, which is its last answer."""
        window = self._window
        if self._probes and self._is_heard:
            return rest_s >= 0 and not self._forgive(window.lines_waiting)
        if rest_s < STUCK_S or self._is_due:
            return False
        reads = self._audit.alive and used_bytes == 0
        self._is_due = self._probes < PROBES and (reads or window.has_room(1))
        return not self._is_due

    def _forgive(self, count: int) -> bool:
        """Give back the room of answers that were lost, unless a line end may have been lost instead."""
        self.found += count
        if self.found > TOLERATED + self._window.lines_done * TOLERATED_SHARE:
            return False
        if could_fuse(self._window.unproven()):
            return False
        self._window.forgive(count)
        self._probes = 0
        return True
