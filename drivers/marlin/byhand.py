"""What a person has a Marlin printer do at rest, as lines, and what is known of its axes."""

import re
from collections.abc import Iterator
from typing import Final, assert_never

from drivers.byhand import (
    Axis,
    HandLimits,
    HandReason,
    HandRefusedError,
    Heat,
    Home,
    Level,
    Load,
    PrinterAction,
    Rest,
    Step,
    Unload,
)
from drivers.gcode import Program
from drivers.types import Position

ALL: Final = frozenset(Axis)
STAY: Final = b"M84 S0"
"""Motors that stay on keep the place of their axes. Source: Marlin's M18_M84.cpp, S is the idle time."""
LET_GO: Final = (b"M84 S120", b"M84")
"""Marlin's own idle time again (DEFAULT_STEPPER_DEACTIVE_TIME), and the motors off now."""
SPEED: Final[dict[Axis, bytes]] = {Axis.X: b"F3000", Axis.Y: b"F3000", Axis.Z: b"F600"}
CLEAR_MM: Final = 5.0
"""Below this height the nozzle may scratch the bed: it is lifted before it moves aside."""
PURGE_AT_MM: Final = 50.0
_HOMING: Final = re.compile(rb"^G28\b([^\n]*)", re.MULTILINE)
_LETTING_GO: Final = re.compile(rb"^M(?:84|18)(?: *[XYZE][^\n]*)?$", re.MULTILINE)


class Standing:
    """Which axes are homed, where the tool stands, and whether speed and flow are as the program says."""

    def __init__(self) -> None:
        self.homed: frozenset[Axis] = frozenset()
        self.at: Position | None = None
        self.overrides_pct = (100, 100)
        self._stays = False

    def lose(self) -> None:
        """Nothing is known of the axes any more."""
        self.homed, self.at, self._stays = frozenset(), None, False

    def ran(self, program: Program, at: Position) -> None:
        """A program has come to its end here; motors that may let go by themselves keep no place."""
        self._stays = (self._stays or STAY in program.data) and LET_GO[0] not in program.data
        released = max((found.end() for found in _LETTING_GO.finditer(program.data)), default=-1)
        homed = frozenset() if released >= 0 else self.homed
        for found in _HOMING.finditer(program.data, max(released, 0)):
            named = frozenset(axis for axis in Axis if axis.upper().encode() in found[1])
            homed |= named or ALL
        self.homed, self.at = homed if self._stays else frozenset(), at


def lines_of(action: PrinterAction, limits: HandLimits, standing: Standing, *, levels: bool) -> Program:
    """Return the lines for an action.

    Raises:
        HandRefusedError: it may not be, and why.
    """
    match action:
        case Heat():
            lines = _heat(action, limits)
        case Rest():
            lines = iter((b"M104 S0", b"M140 S0", b"M107", *LET_GO))
        case Step():
            lines = _step(action, limits, standing)
        case Home():
            letters = "" if frozenset(action.axes) == ALL else "".join(f" {a.upper()}" for a in action.axes)
            lines = iter((STAY, b"G28" + letters.encode()))
        case Level():
            lines = _level(levels=levels)
        case Load() | Unload():
            lines = _filament(action, limits, standing)
        case _:
            assert_never(action)
    return Program.from_lines(lines)


def _heat(heat: Heat, limits: HandLimits) -> Iterator[bytes]:
    """Bounded by the profile, whatever was asked."""
    for wanted_c, most_c, code in (
        (heat.bed_c, limits.bed_c, b"M140"),
        (heat.hotend_c, limits.hotend_c, b"M104"),
    ):
        if wanted_c is None:
            continue
        if not 0 <= wanted_c <= most_c:
            raise HandRefusedError(HandReason.TOO_HOT)
        yield b"%b S%d" % (code, round(wanted_c))


def _step(step: Step, limits: HandLimits, standing: Standing) -> Iterator[bytes]:
    """Absolute, so that no line can lead further than its own digits say."""
    at = standing.at
    if standing.homed != ALL or at is None:
        raise HandRefusedError(HandReason.NOT_HOMED)
    index = list(Axis).index(step.axis)
    to_mm = round((at.x_mm, at.y_mm, at.z_mm)[index] + step.by_mm, 2)
    if not 0 <= to_mm <= limits.room_mm[index]:
        raise HandRefusedError(HandReason.OUTSIDE)
    yield from (b"G21", b"G90")
    if step.axis is not Axis.Z and at.z_mm < CLEAR_MM:
        yield b"G1 Z%.2f %b" % (CLEAR_MM, SPEED[Axis.Z])
    yield b"G1 %b%.2f %b" % (step.axis.upper().encode(), to_mm, SPEED[step.axis])


def _level(*, levels: bool) -> Iterator[bytes]:
    if not levels:
        raise HandRefusedError(HandReason.NO_PROBE)
    yield from (STAY, b"G28", b"G29", b"G90", b"G1 Z%.2f %b" % (CLEAR_MM, SPEED[Axis.Z]))


def _filament(action: Load | Unload, limits: HandLimits, standing: Standing) -> Iterator[bytes]:
    """Heat and wait, lift out of the way, then move filament; never below what may be extruded."""
    if action.hotend_c > limits.hotend_c:
        raise HandRefusedError(HandReason.TOO_HOT)
    if action.hotend_c < limits.coldest_extrusion_c:
        raise HandRefusedError(HandReason.TOO_COLD)
    yield from (b"G21", b"G90", b"M83")
    if standing.homed == ALL and standing.at is not None and standing.at.z_mm < PURGE_AT_MM:
        yield b"G1 Z%.2f %b" % (PURGE_AT_MM, SPEED[Axis.Z])
    yield b"M109 S%d" % round(action.hotend_c)
    if isinstance(action, Load):
        yield from (b"G1 E60 F300", b"G1 E30 F150")
    else:  # a short push first: it leaves a thin tip instead of a plug
        yield from (b"G1 E8 F300", b"G1 E-90 F1200")
