"""A pause that leaves the part alone: retract, lift, keep the heat for a while, and put all back."""

from typing import Final

from drivers.marlin.commands import AT_THE_END
from drivers.marlin.modes import Modes
from drivers.types import Position, Temperature

KEEP_HOT_S: Final = 600.0
STANDBY_C: Final = 120
"""Below this nothing drips; the bed keeps its heat, or the part comes off."""
SOFT_C: Final = 170.0
RETRACT: Final = (b"M83", b"G1 E-2 F2100")
UNRETRACT: Final = (b"M83", b"G1 E2 F2100")
LIFT: Final = (b"G91", b"G1 Z10 F600", b"G90")
"""Relative, so that it suits a printer of any size; the firmware's own end stops bound it."""


class Parking:
    """What was done for a pause and what undoes it."""

    def __init__(self) -> None:
        self.is_asking = False
        self._undo: list[bytes] = []
        self._target_c = 0.0
        self.standby_s: float | None = None

    def begin(self, hotend: Temperature | None, now_s: float) -> tuple[bytes, ...]:
        """Return the questions: where does the tool stand once every move has ended?"""
        self.is_asking = True
        self._undo, self.standby_s = [], None
        if hotend is not None and hotend.target_c > STANDBY_C:
            self._target_c = hotend.target_c
            self.standby_s = now_s + KEEP_HOT_S
        return AT_THE_END

    def park(self, where: Position, modes: Modes, hotend: Temperature | None) -> list[bytes]:
        """Return the moves away from the part; without homed axes there is no safe one."""
        self.is_asking = False
        moves: list[bytes] = []
        self._undo = [modes.axes, modes.filament]
        if modes.feed:
            self._undo.append(b"G1 F%s" % modes.feed)
        if hotend is not None and hotend.actual_c >= SOFT_C:
            moves += RETRACT
            self._undo[:0] = UNRETRACT
        if modes.is_homed:
            moves += LIFT
            self._undo[:0] = (b"G90", b"G1 Z%.3f F600" % where.z_mm)
        return moves

    def cool(self) -> list[bytes]:
        """Let the hotend wait cooler."""
        self.standby_s = None
        self._undo.insert(0, b"M109 S%d" % round(self._target_c))
        return [b"M104 S%d" % STANDBY_C]

    def leave(self) -> list[bytes]:
        """Return what puts everything back."""
        undo, self._undo = self._undo, []
        self.is_asking = False
        self.standby_s = None
        return undo
