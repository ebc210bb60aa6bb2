"""Axes of a simulated printer: positions, modes and the way from a command to a block of the planner."""

import math
from typing import Final, TypeAlias

from drivers.marlin.sim_planner import Block, Planner

Words: TypeAlias = dict[str, float]

AXES: Final = "XYZE"
HIGHEST_MM_S: Final = (300.0, 300.0, 10.0, 60.0)
HOMING_MM_S: Final = 50.0
HOMING_S: Final = 4.0
ROOM_MM: Final = (220.0, 220.0, 250.0)
"""X, Y and Z_MAX_POS of the virtual i3."""
PROBE_POINTS, PROBE_S = 9, 2.0
"""A grid of 3 by 3 (GRID_MAX_POINTS_X), about so long each."""


class Motion:
    """Where the tool goes; an instant machine is there at once."""

    def __init__(self, planner: Planner, *, is_instant: bool) -> None:
        self.planner = planner
        self.position_mm = [0.0, 0.0, 0.0, 0.0]
        self.moves = 0
        self._is_instant = is_instant
        self._is_relative = False
        self._is_e_relative = False
        self._feed_mm_s = 25.0
        self.homed: set[str] = set()
        self.speed_pct = self.flow_pct = 100.0

    def set_mode(self, code: str) -> None:
        """Obey G90, G91, M82 and M83."""
        if code in {"G90", "G91"}:
            self._is_relative = self._is_e_relative = code == "G91"
        else:
            self._is_e_relative = code == "M83"

    def set_position(self, words: Words) -> None:
        """Obey G92."""
        for axis, letter in enumerate(AXES):
            self.position_mm[axis] = words.get(letter, self.position_mm[axis])

    def home(self, letters: str = "XYZ") -> float:
        """Obey G28 and return the seconds it takes."""
        way_mm = max(map(abs, self.position_mm[:3]))
        for letter in letters:
            self.position_mm[AXES.index(letter)] = 0.0
        self.homed |= set(letters)
        return 0.0 if self._is_instant else HOMING_S + way_mm / HOMING_MM_S

    def move(self, words: Words, now_s: float) -> None:
        """Plan G0 or G1, or an arc by its chord and its I and J."""
        self.moves += 1
        self._feed_mm_s = words.get("F", self._feed_mm_s * 60) / 60
        begin = list(self.position_mm)
        for axis, letter in enumerate(AXES):
            if letter in words:
                relative = self._is_e_relative if letter == "E" else self._is_relative
                place_mm = words[letter] + (begin[axis] if relative else 0.0)
                self.position_mm[axis] = self._within(letter, axis, place_mm)
        delta = [after - before for after, before in zip(self.position_mm, begin, strict=True)]
        length_mm = _length_mm(delta, words)
        if length_mm > 0 and not self._is_instant:
            way = tuple(component / length_mm for component in delta)
            self.planner.add(Block(length_mm, self._limit_mm_s(way), way), now_s)

    def _within(self, letter: str, axis: int, place_mm: float) -> float:
        """Software end stops, of axes that are homed. Source: Marlin's apply_motion_limits."""
        return min(ROOM_MM[axis], max(0.0, place_mm)) if letter in self.homed else place_mm

    def _limit_mm_s(self, way: tuple[float, ...]) -> float:
        limits = (
            highest / abs(part) for part, highest in zip(way, HIGHEST_MM_S, strict=True) if abs(part) > 1e-9
        )
        return max(0.1, min(self._feed_mm_s * self.speed_pct / 100, *limits, HIGHEST_MM_S[0]))


def _length_mm(delta: list[float], words: Words) -> float:
    """Length of the way of the tool, of an arc when there is a centre, of the filament when only it moves."""
    if "I" in words or "J" in words:
        i_mm, j_mm = words.get("I", 0.0), words.get("J", 0.0)
        radius_mm = math.hypot(i_mm, j_mm)
        half = min(1.0, math.hypot(delta[0], delta[1]) / (2 * radius_mm)) if radius_mm else 0.0
        turn = 2 * math.asin(half) if half else 2 * math.pi
        return math.hypot(radius_mm * turn, delta[2])
    return math.hypot(*delta[:3]) or abs(delta[3])
