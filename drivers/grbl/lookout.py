"""Asks GRBL for its status five times a second and remembers what it saw."""

import math
from typing import Final

from drivers.byhand import Axis
from drivers.grbl.events import Seen
from drivers.grbl.replies import Status
from drivers.types import Position

PERIOD_S: Final = 0.2
ANSWER_S: Final = 1.0
SILENCE_S: Final = 5.0
SLACK_MM: Final = 0.01
AT_REST: Final = frozenset({"Idle", "Check"})
"""States in which GRBL answers every line at once, but for a dwell and a spindle that speeds up."""


class Reach:
    """How far each axis was seen in machine coordinates since the mill was connected.

    A mill without switches does not know its room; but no axis was ever further from one end of what it has
    reached than the room is long.
    """

    def __init__(self) -> None:
        self._low_mm = [math.inf] * 3
        self._high_mm = [-math.inf] * 3

    def see(self, at: Position) -> None:
        """Note a place."""
        for index, place_mm in enumerate((at.x_mm, at.y_mm, at.z_mm)):
            self._low_mm[index] = min(self._low_mm[index], place_mm)
            self._high_mm[index] = max(self._high_mm[index], place_mm)

    def allows(self, axis: Axis, by_mm: float, at: Position, room_mm: float) -> bool:
        """Whether an axis may go so far from here."""
        index = list(Axis).index(axis)
        to_mm = (at.x_mm, at.y_mm, at.z_mm)[index] + by_mm
        low_mm, high_mm = min(self._low_mm[index], to_mm), max(self._high_mm[index], to_mm)
        return high_mm - low_mm <= room_mm + SLACK_MM

    def left_mm(self, axis: Axis, sign: int, at: Position, room_mm: float) -> float:
        """How far it may go from here in a direction."""
        index = list(Axis).index(axis)
        here_mm = (at.x_mm, at.y_mm, at.z_mm)[index]
        other_end_mm = self._low_mm[index] if sign > 0 else self._high_mm[index]
        return max(0.0, room_mm - abs(here_mm - other_end_mm))


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
        self.reach = Reach()
        self.machine: Position | None = None
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
        self._offset = self.position = self.machine = None
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
        self.machine = self._machine_position(status)
        if self.machine is not None:
            self.reach.see(self.machine)
        return Seen(self.position, self._spindle_on)

    def _machine_position(self, status: Status) -> Position | None:
        """Machine = work + offset, where the machine does not tell it itself."""
        if status.machine is not None or status.work is None or self._offset is None:
            return status.machine
        at, off = status.work, self._offset
        return Position(at.x_mm + off.x_mm, at.y_mm + off.y_mm, at.z_mm + off.z_mm)

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
