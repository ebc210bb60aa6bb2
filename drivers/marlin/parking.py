"""A pause that leaves the part alone: retract, lift, move aside, keep the heat for a while, put all back."""

import math
from typing import Final

from drivers.marlin.commands import AT_THE_END
from drivers.marlin.habits import Habits
from drivers.marlin.modes import Modes
from drivers.types import Position, Temperature

STANDBY_C: Final = 120
"""Below this nothing drips."""
SOFT_C: Final = 170.0
RETRACT: Final = (b"M83", b"G1 E-2 F2100")
UNRETRACT: Final = (b"M83", b"G1 E2 F2100")
LIFT_MM: Final = 10.0
MARGIN_MM: Final = 5.0
"""So far from the ends of the axes the tool waits: no end stop is touched, no soft one cuts the way short."""
TRAVEL: Final = b"F6000"
CLIMB: Final = b"F600"

Heaters = dict[str, Temperature]


class Parking:
    """What was done for a pause and what undoes it, in the order in which it is said."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.is_asking = False
        self._habits = habits or Habits()
        self._heat: list[bytes] = []
        self._undo: list[bytes] = []
        self._cools: list[tuple[float, bytes, bytes]] = []

    def begin(self, heaters: Heaters, now_s: float) -> tuple[bytes, ...]:
        """Return the questions: where does the tool stand once every move has ended?"""
        self.is_asking = True
        self._heat, self._undo, self._cools = [], [], []
        hotend, bed = heaters.get("hotend"), heaters.get("bed")
        if hotend is not None and hotend.target_c > STANDBY_C:
            back = b"M109 S%d" % round(hotend.target_c)
            self._cools.append((now_s + self._habits.keep_hot_s, b"M104 S%d" % STANDBY_C, back))
        if bed is not None and bed.target_c > 0:
            back = b"M190 S%d" % round(bed.target_c)
            self._cools.append((now_s + self._habits.keep_bed_s, b"M140 S0", back))
        return AT_THE_END

    def park(self, where: Position, modes: Modes, hotend: Temperature | None) -> list[bytes]:
        """Return the moves away from the part; without homed axes there is no safe one."""
        self.is_asking = False
        moves: list[bytes] = []
        self._undo = [modes.axes, modes.filament]
        if modes.feed:
            self._undo.append(b"G1 F%s" % modes.feed)
        if modes.fan:
            moves.append(b"M107")
            self._undo[:0] = [b"M106 S%d" % modes.fan]
        if hotend is not None and hotend.actual_c >= SOFT_C:
            moves += RETRACT
            self._undo[:0] = UNRETRACT
        if modes.is_homed:
            away, back = self._way(where)
            moves += [b"G91", *away, b"G90"]
            self._undo[:0] = back
        return moves

    def _way(self, where: Position) -> tuple[list[bytes], list[bytes]]:
        """Return the steps aside and those back: there and back by the same digits, nothing is rounded."""
        if self._habits.room_mm is None:
            up = b"G1 Z%.3f %s" % (LIFT_MM, CLIMB)
            return [up], [b"G90", b"G1 Z%.3f %s" % (where.z_mm, CLIMB)]
        _, depth_mm, height_mm = self._habits.room_mm
        lift_mm = max(0.0, min(LIFT_MM, height_mm - MARGIN_MM - where.z_mm))
        x_mm, y_mm = MARGIN_MM - where.x_mm, depth_mm - MARGIN_MM - where.y_mm
        away = [b"G1 Z%.2f %s" % (lift_mm, CLIMB), b"G1 X%.2f Y%.2f %s" % (x_mm, y_mm, TRAVEL)]
        down = b"G1 Z%.2f %s" % (-lift_mm, CLIMB)
        return away, [b"G91", b"G1 X%.2f Y%.2f %s" % (-x_mm, -y_mm, TRAVEL), down]

    @property
    def cools_s(self) -> float:
        """When the next heater has waited for long enough, if any."""
        return min((at_s for at_s, _, _ in self._cools), default=math.inf)

    def cool(self, now_s: float) -> list[bytes]:
        """Let what has waited for long enough wait cooler; at the end the bed is heated first."""
        due = [entry for entry in self._cools if entry[0] <= now_s]
        self._cools = [entry for entry in self._cools if entry[0] > now_s]
        self._heat = [*(back for _, _, back in reversed(due)), *self._heat]
        return [off for _, off, _ in due]

    def leave(self) -> list[bytes]:
        """Return what puts everything back."""
        undo = [*self._heat, *self._undo]
        self._heat, self._undo, self._cools = [], [], []
        self.is_asking = False
        return undo
