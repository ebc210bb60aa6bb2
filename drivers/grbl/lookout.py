"""Asks GRBL for its status five times a second and remembers what it saw."""

import math
from typing import Final

from drivers.grbl.events import Seen
from drivers.grbl.replies import Status
from drivers.types import Position

PERIOD_S: Final = 0.2
ANSWER_S: Final = 1.0
SILENCE_S: Final = 5.0
AT_REST: Final = frozenset({"Idle", "Check"})
"""States in which GRBL answers every line at once, but for a dwell and a spindle that speeds up."""


class Lookout:
    """One question in flight; a question that is lost is asked again."""

    def __init__(self) -> None:
        self._asked_s: float | None = None
        self._last_s = -math.inf
        self._heard_s = math.inf
        self._idle_since_s: float | None = None
        self._stirred_s = -math.inf
        self._look_s = -math.inf
        self._offset: Position | None = None
        self._spindle_on = False
        self.fresh = False
        self.position: Position | None = None
        self.rx_room_bytes: int | None = None
        self.unanswered = 0
        self.next_s = -math.inf
        self.patience_ends_s = math.inf

    def _plan(self) -> None:
        """Reckon anew when to ask, and when no answer has come for far too long."""
        self.next_s = self._last_s + (PERIOD_S if self._asked_s is None else ANSWER_S)
        self.patience_ends_s = self._heard_s + SILENCE_S

    def start(self, now_s: float) -> None:
        """Begin anew after a banner: what was asked before it is lost."""
        self._asked_s, self._heard_s = None, now_s
        self._offset = self.position = None
        self.stir(now_s)
        self._plan()

    def take(self, now_s: float) -> bool:
        """Tell whether to ask now."""
        if now_s < self.next_s:
            return False
        self.unanswered += self._asked_s is not None
        self._asked_s = self._last_s = now_s
        self._plan()
        return True

    def look(self, now_s: float) -> None:
        """Want a report that was asked for after this instant, and soon."""
        self._look_s, self.fresh = now_s, False
        if self._asked_s is None:
            self._last_s = -math.inf
            self._plan()

    def stir(self, now_s: float) -> None:
        """Something was sent or taken: an idle report asked for earlier proves nothing."""
        self._stirred_s, self._idle_since_s = now_s, None

    def idle_for(self, now_s: float) -> float:
        """Seconds for which the machine is known to be idle since the last stir."""
        return 0.0 if self._idle_since_s is None else now_s - self._idle_since_s

    @property
    def resting(self) -> bool:
        """Whether a report asked for since the last stir found the machine at rest."""
        return self._idle_since_s is not None

    def rx_used_bytes(self, status: Status) -> int | None:
        """What lies in the receive buffer by a report, None when it does not tell."""
        if status.rx_free is None or self.rx_room_bytes is None:
            return None
        return self.rx_room_bytes - status.rx_free

    def see(self, status: Status, now_s: float) -> Seen:
        """Take a report in."""
        asked_s = self._asked_s if self._asked_s is not None else -math.inf
        self._asked_s, self._heard_s = None, now_s
        self._plan()
        self.fresh = asked_s >= self._look_s
        if status.state not in AT_REST:
            self._idle_since_s = None
        elif self._idle_since_s is None and asked_s > self._stirred_s:
            self._idle_since_s = now_s
        if status.spindle_rpm is not None:
            self._spindle_on = status.spindle_rpm > 0
        if status.rx_free is not None:
            self.rx_room_bytes = max(status.rx_free, self.rx_room_bytes or 0)
        self.position = self._work_position(status)
        return Seen(self.position, self._spindle_on)

    def _work_position(self, status: Status) -> Position | None:
        """Work = machine - offset; GRBL tells the offset only now and then."""
        if status.offset is not None:
            self._offset = status.offset
        if status.work is not None:
            return status.work
        if status.machine is None or self._offset is None:
            return None
        at, off = status.machine, self._offset
        return Position(at.x_mm - off.x_mm, at.y_mm - off.y_mm, at.z_mm - off.z_mm)
