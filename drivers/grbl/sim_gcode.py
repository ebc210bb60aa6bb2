"""The virtual mill's G-code interpreter: one line in, an error code or actions out."""

import math
import re
from dataclasses import dataclass, field, replace
from typing import Final

from drivers.grbl.sim_motion import Vector

_WORD: Final = re.compile(r"([A-Z])([-+]?(?:\d+\.?\d*|\.\d+))")
_MODAL_G: Final[dict[float, str]] = {
    0: "motion", 1: "motion", 2: "motion", 3: "motion", 80: "motion",
    4: "dwell", 10: "offset", 38.2: "motion", 17: "plane", 20: "units", 21: "units", 54: "system",
    90: "distance", 91: "distance", 94: "feed mode",
}  # fmt: skip
_MODAL_M: Final[dict[float, str]] = {2: "flow", 30: "flow", 3: "spindle", 4: "spindle", 5: "spindle"}
_AXES: Final = "XYZ"
PROBE: Final = 38.2
SET_HERE: Final = 20
_JOG_G: Final = frozenset({20, 21, 90, 91})


class GcodeError(Exception):
    """The line is refused with one of GRBL's numbered errors."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error:{code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Move:
    """A straight move to a machine position; a feed of None is a rapid."""

    target: Vector
    feed_mm_s: float | None


@dataclass(frozen=True, slots=True)
class Touch:
    """A straight move that ends where the probe touches (G38.2)."""

    target: Vector
    feed_mm_s: float


@dataclass(frozen=True, slots=True)
class Offset:
    """A new G54 offset, once the planner is empty."""

    g54: Vector


@dataclass(frozen=True, slots=True)
class Dwell:
    """Stand still once the planner is empty."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class Spindle:
    """Switch the spindle once the planner is empty; 0 is off."""

    rpm: float


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """Spindle off and modes back to their defaults once the planner is empty."""


Action = Move | Touch | Offset | Dwell | Spindle | ProgramEnd


@dataclass(slots=True)
class Interpreter:
    """The modal state of GRBL 1.1; offsets are in mm and survive a soft reset only where GRBL keeps them."""

    position: Vector = (0.0, 0.0, 0.0)
    g54: Vector = (0.0, 0.0, 0.0)
    arc_tolerance_mm: float = 0.002
    motion: float = 1
    relative: bool = False
    inches: bool = False
    feed_mm_min: float = 0.0
    speed_rpm: float = 0.0
    spindle_rpm: float = 0.0
    _words: dict[str, float] = field(default_factory=dict)

    def reset(self) -> None:
        """Take the modes that a reset or a program end leaves."""
        self.motion, self.relative, self.inches = 0, False, False
        self.feed_mm_min = self.speed_rpm = self.spindle_rpm = 0.0

    def state_line(self) -> str:
        """Return the answer to `$G`."""
        distance, units = ("G91" if self.relative else "G90"), ("G20" if self.inches else "G21")
        spindle = "M3" if self.spindle_rpm else "M5"
        modes = f"G{self.motion:.0f} G54 G17 {units} {distance} G94 {spindle} M9 T0"
        return f"[GC:{modes} F{self.feed_mm_min:g} S{self.speed_rpm:g}]"

    def jog(self, line: str) -> Move:
        """Return where a `$J=` line leads; the modes stay as they are. Source: GRBL 1.1 jogging.md.

        Raises:
            GcodeError: it is no jog, or it has no feed.
        """
        g_codes, m_codes, words = _parse(line)
        if m_codes or not set(g_codes) <= _JOG_G or not set(words) <= {*_AXES, "F", "N"}:
            raise GcodeError(16)
        if not any(axis in words for axis in _AXES):
            raise GcodeError(26)
        _need(words, "F", 22)
        action = replace(self).execute("G1" + line)[-1]
        if not isinstance(action, Move):
            raise GcodeError(16)
        self.position = action.target
        return action

    def execute(self, line: str) -> list[Action]:
        """Return what a line asks for.

        Raises:
            GcodeError: the line is wrong; nothing of it was taken.
        """
        g_codes, m_codes, words = _parse(line)
        groups = {_MODAL_G[code]: code for code in g_codes}
        self._words = words
        relative = groups.get("distance", 91 if self.relative else 90) == 91
        inches = groups.get("units", 20 if self.inches else 21) == 20
        scale = 25.4 if inches else 1.0
        feed = words["F"] * scale if "F" in words else self.feed_mm_min
        motion = groups.get("motion", self.motion)
        moves: list[Action] = []
        if "offset" in groups:
            return [self._offset(words, scale)]
        if any(axis in words for axis in _AXES):
            if "dwell" in groups:
                raise GcodeError(24)
            moves = self._moves(motion, self._target(words, scale, relative=relative), feed, scale)
        elif motion in {2, 3} and "motion" in groups:
            raise GcodeError(26)
        dwell: list[Action] = [Dwell(_need(words, "P", 28))] if "dwell" in groups else []
        self.relative, self.inches, self.feed_mm_min, self.motion = relative, inches, feed, motion
        self.speed_rpm = words.get("S", self.speed_rpm)
        before, after = self._machine(m_codes)
        if moves and isinstance(moves[-1], Move):
            self.position = moves[-1].target
        return [*before, *dwell, *moves, *after]

    def _machine(self, m_codes: list[float]) -> tuple[list[Action], list[Action]]:
        """Return what the M words do before and after the move."""
        if any(_MODAL_M[code] == "flow" for code in m_codes):
            self.reset()
            return [], [ProgramEnd()]
        if m_codes:
            self.spindle_rpm = 0.0 if m_codes[-1] == 5 else max(self.speed_rpm, 1.0)
            return [Spindle(self.spindle_rpm)], []
        if self.spindle_rpm and "S" in self._words:
            self.spindle_rpm = max(self.speed_rpm, 1.0)
            return [Spindle(self.spindle_rpm)], []
        return [], []

    def _target(self, words: dict[str, float], scale: float, *, relative: bool) -> Vector:
        values = []
        for axis, here, offset in zip(_AXES, self.position, self.g54, strict=True):
            given = words[axis] * scale if axis in words else None
            values.append(here if given is None else here + given if relative else offset + given)
        return values[0], values[1], values[2]

    def _offset(self, words: dict[str, float], scale: float) -> Offset:
        """G10 L20 P1: the place of now gets the given work coordinates. Source: GRBL 1.1 gcode.c."""
        if words.get("L") != SET_HERE or words.get("P") not in {0, 1}:
            raise GcodeError(20)
        if not any(axis in words for axis in _AXES):
            raise GcodeError(26)
        places = zip(_AXES, self.position, self.g54, strict=True)
        x, y, z = (here - words[a] * scale if a in words else old for a, here, old in places)
        return Offset((x, y, z))

    def _moves(self, motion: float, target: Vector, feed_mm_min: float, scale: float) -> list[Action]:
        if motion == 80:
            raise GcodeError(31)
        if motion == 0:
            return [Move(target, None)]
        if feed_mm_min <= 0:
            raise GcodeError(22)
        if motion == PROBE:
            return [Touch(target, feed_mm_min / 60)]
        if motion == 1:
            return [Move(target, feed_mm_min / 60)]
        return list(self._arc(target, feed_mm_min / 60, scale, clockwise=motion == 2))

    def _arc(self, target: Vector, feed_mm_s: float, scale: float, *, clockwise: bool) -> list[Move]:
        """Cut an arc into chords within the tolerance. Source: GRBL 1.1 motion_control.c and gcode.c."""
        if "I" not in self._words and "J" not in self._words:
            raise GcodeError(35)
        (x, y, z), (to_x, to_y, to_z) = self.position, target
        centre_x, centre_y = x + self._words.get("I", 0.0) * scale, y + self._words.get("J", 0.0) * scale
        radius = math.hypot(x - centre_x, y - centre_y)
        mismatch = abs(radius - math.hypot(to_x - centre_x, to_y - centre_y))
        if mismatch > 0.5 or (mismatch > 0.005 and mismatch > 0.001 * radius):
            raise GcodeError(33)
        first = math.atan2(y - centre_y, x - centre_x)
        sweep = math.atan2(to_y - centre_y, to_x - centre_x) - first
        if clockwise and sweep >= -5e-7:
            sweep -= 2 * math.pi
        if not clockwise and sweep <= 5e-7:
            sweep += 2 * math.pi
        chord = math.sqrt(self.arc_tolerance_mm * (2 * radius - self.arc_tolerance_mm))
        count = max(int(abs(0.5 * sweep * radius) / chord), 1)
        moves = []
        for step in range(1, count):
            angle, share = first + sweep * step / count, step / count
            point = (
                centre_x + radius * math.cos(angle),
                centre_y + radius * math.sin(angle),
                z + (to_z - z) * share,
            )
            moves.append(Move(point, feed_mm_s))
        return [*moves, Move(target, feed_mm_s)]


def _need(words: dict[str, float], letter: str, code: int) -> float:
    if letter not in words:
        raise GcodeError(code)
    return words[letter]


def _parse(line: str) -> tuple[list[float], list[float], dict[str, float]]:
    """Split a line into G codes, M codes and value words."""
    g_codes: list[float] = []
    m_codes: list[float] = []
    words: dict[str, float] = {}
    end = 0
    for match in _WORD.finditer(line):
        if match.start() != end:
            break
        end = match.end()
        letter, value = match[1], float(match[2])
        if letter in "GM":
            known, codes = (_MODAL_G, g_codes) if letter == "G" else (_MODAL_M, m_codes)
            _take_code(known, codes, value)
        elif letter not in "XYZIJFSPNTL":
            raise GcodeError(20)
        elif letter in words:
            raise GcodeError(25)
        else:
            words[letter] = value
    if end != len(line):
        raise GcodeError(2 if line[end].isalpha() else 1)
    if min(words.get("F", 1), words.get("S", 1), words.get("P", 1)) < 0:
        raise GcodeError(4)
    return g_codes, m_codes, words


def _take_code(known: dict[float, str], codes: list[float], value: float) -> None:
    if value not in known:
        raise GcodeError(20)
    if any(known[code] == known[value] for code in codes):
        raise GcodeError(21)
    codes.append(value)
