"""Where the tool must be, reckoned from the lines that were sent: GRBL has no checksum to prove it."""

import math
import re
from dataclasses import dataclass
from typing import Final

from drivers.gcode import Program
from drivers.types import Position

TOLERANCE_MM: Final = 0.05
"""Steps of a hobby mill and three decimals of a report stay far below, a wrong digit seldom does."""
_WORD: Final = re.compile(rb"([A-Z])([-+]?(?:\d+\.?\d*|\.\d+))")
_NUMBER: Final = rb"([-+]?(?:\d+\.?\d*|\.\d+))"
_STRAIGHT: Final = re.compile(
    rb"G0?[01] ?(?:X%b)? ?(?:Y%b)? ?(?:Z%b)? ?(?:F[\d.]+)?" % (_NUMBER, _NUMBER, _NUMBER)
)
"""What nearly every line of a program is."""
_AXES: Final = (b"X", b"Y", b"Z")
_ELSEWHERE: Final = frozenset(
    {10, 28, 28.1, 30, 30.1, 38.2, 38.3, 38.4, 38.5, 43.1, 49, 53, *range(54, 60), 92, 92.1}
)
"""Codes after which work coordinates are no longer known from the text alone."""
_MOTIONS: Final = frozenset({0, 1, 2, 3, 80})


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rectangle that a program works in, in work coordinates."""

    x_min_mm: float
    y_min_mm: float
    x_max_mm: float
    y_max_mm: float


@dataclass(slots=True)
class Axis:
    """One axis: where it is, None when the text does not tell, and how far it went."""

    at_mm: float | None = None
    low_mm: float = math.inf
    high_mm: float = -math.inf

    def go(self, to_mm: float | None, reach_mm: float = 0.0) -> None:
        """Move; an arc may reach beyond its ends, and from somewhere unknown everything is possible."""
        lows = [end for end in (self.at_mm, to_mm) if end is not None]
        self.at_mm = to_mm
        if to_mm is None:
            self.low_mm, self.high_mm = -math.inf, math.inf
        else:
            self.low_mm = min(self.low_mm, min(lows) - reach_mm)
            self.high_mm = max(self.high_mm, max(lows) + reach_mm)

    def reach(self, to_mm: float) -> None:
        """Move straight to a place that the text tells."""
        if self.at_mm is None:
            self.go(to_mm)
        else:  # where it was is within its bounds already
            self.at_mm = to_mm
            self.low_mm, self.high_mm = min(self.low_mm, to_mm), max(self.high_mm, to_mm)

    def begin(self, at_mm: float | None) -> None:
        """Forget how far it went; from an unknown place the first way may lead through anything."""
        self.at_mm = at_mm
        self.low_mm = -math.inf if at_mm is None else at_mm
        self.high_mm = math.inf if at_mm is None else at_mm


class Reckoning:
    """Follows the modes and moves of all programs since the last reset of the machine."""

    def __init__(self) -> None:
        self._axes = (Axis(), Axis(), Axis())
        self._inches = self._relative = False
        self._motion = 0.0

    def begin(self, at: Position | None) -> None:
        """Start a program from a reported position; the modes of the one before still hold."""
        places = (None, None, None) if at is None else (at.x_mm, at.y_mm, at.z_mm)
        for axis, place in zip(self._axes, places, strict=True):
            axis.begin(place)

    def follow(self, line: bytes) -> None:
        """Take one line that was sent, a straight move by the shortest way."""
        if self._inches or self._relative or not (straight := _STRAIGHT.fullmatch(line.rstrip())):
            self._follow_words(line)
            return
        self._motion = 1.0
        for axis, to_mm in zip(self._axes, straight.groups(), strict=True):
            if to_mm is not None:
                axis.reach(float(to_mm))

    def _follow_words(self, line: bytes) -> None:
        words = _WORD.findall(line.upper().replace(b" ", b""))
        values = {letter: float(value) for letter, value in words if letter not in b"GM"}
        codes = {float(value) for letter, value in words if letter == b"G"}
        if codes:
            self._take_modes(codes)
        elsewhere = codes & _ELSEWHERE
        if elsewhere == {54} and self._is_fresh:
            return  # the coordinates that every program of ours works in, chosen before its first move
        if elsewhere:
            self._lose(values if elsewhere == {53} else dict.fromkeys(_AXES, 0.0))
        elif 4 not in codes:
            self._move(values)
        if any(letter == b"M" and float(value) in {2, 30} for letter, value in words):
            self._relative, self._motion = False, 1.0

    @property
    def _is_fresh(self) -> bool:
        """Whether nothing is known and nothing has moved."""
        return all(axis.low_mm > axis.high_mm for axis in self._axes)

    def _take_modes(self, codes: set[float]) -> None:
        self._inches = 20 in codes or (self._inches and 21 not in codes)
        self._relative = 91 in codes or (self._relative and 90 not in codes)
        self._motion = next(iter(codes & _MOTIONS), self._motion)

    def _lose(self, values: dict[bytes, float]) -> None:
        for letter, axis in zip(_AXES, self._axes, strict=True):
            if letter in values:
                axis.go(None)

    def _move(self, values: dict[bytes, float]) -> None:
        scale = 25.4 if self._inches else 1.0
        reach_mm = self._reach(values) * scale
        for letter, axis in zip(_AXES, self._axes, strict=True):
            value = values.get(letter)
            if value is not None and not self._relative:
                axis.go(value * scale, reach_mm)
            elif axis.at_mm is not None and (reach_mm or value is not None):
                axis.go(axis.at_mm + (value or 0.0) * scale, reach_mm)
            elif value is not None:
                axis.go(None)

    def _reach(self, values: dict[bytes, float]) -> float:
        """How far an arc can leave its ends: never more than its diameter."""
        if self._motion not in {2, 3}:
            return 0.0
        offsets = (values.get(letter, 0.0) for letter in (b"I", b"J", b"K"))
        return 2 * max(math.hypot(*offsets), abs(values.get(b"R", 0.0)))

    def misses(self, at: Position) -> bool:
        """Whether the tool is not where the lines end."""
        places = zip(self._axes, (at.x_mm, at.y_mm, at.z_mm), strict=True)
        return any(
            axis.at_mm is not None and abs(axis.at_mm - place) > TOLERANCE_MM for axis, place in places
        )

    def strays(self, at: Position) -> bool:
        """Whether the tool is where no line has sent it."""
        places = zip(self._axes, (at.x_mm, at.y_mm, at.z_mm), strict=True)
        return any(
            not axis.low_mm - TOLERANCE_MM <= place <= axis.high_mm + TOLERANCE_MM
            for axis, place in places
            if axis.low_mm <= axis.high_mm
        )

    @property
    def end(self) -> str:
        """The end in words; a place that is not known is left out."""
        named = zip("XYZ", self._axes, strict=True)
        return " ".join(f"{name}{axis.at_mm:.3f}" for name, axis in named if axis.at_mm is not None)

    @property
    def bounds(self) -> Bounds | None:
        """How far the lines reach in X and Y, None when that cannot be told."""
        x, y, _z = self._axes
        edges = x.low_mm, y.low_mm, x.high_mm, y.high_mm
        return Bounds(*edges) if all(map(math.isfinite, edges)) else None


def bounds_of(program: Program) -> Bounds | None:
    """Return the rectangle that a program works in, None when its text does not tell."""
    reckoning = Reckoning()
    for line in program:
        reckoning.follow(line)
    return reckoning.bounds
