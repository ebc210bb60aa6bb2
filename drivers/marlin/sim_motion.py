"""Axes of a simulated printer: a planner of 16 blocks and moves that take the time acceleration needs."""

import math
from collections import deque
from typing import Final, TypeAlias

Words: TypeAlias = dict[str, float]

AXES: Final = "XYZE"
BLOCKS: Final = 16
ACCELERATION_MM_S2: Final = 1000.0
HIGHEST_MM_S: Final = (300.0, 300.0, 10.0, 60.0)
HOMING_MM_S: Final = 50.0
HOMING_S: Final = 4.0


class Motion:
    """Where the tool goes and when each planned block ends."""

    def __init__(self) -> None:
        self.position_mm = [0.0, 0.0, 0.0, 0.0]
        self._is_relative = False
        self._is_e_relative = False
        self._feed_mm_s = 25.0
        self._ends_s: deque[float] = deque()
        self._last_end_s = 0.0
        self._last_speed_mm_s = 0.0
        self._last_way: tuple[float, ...] = (0.0, 0.0, 0.0)

    @property
    def end_s(self) -> float:
        """When the last planned block ends."""
        return self._last_end_s

    def is_moving(self, now_s: float) -> bool:
        """Some block is not yet executed."""
        return self._last_end_s > now_s

    def room_s(self, now_s: float) -> float:
        """The instant at which one more block fits."""
        while self._ends_s and self._ends_s[0] <= now_s:
            self._ends_s.popleft()
        return now_s if len(self._ends_s) < BLOCKS else self._ends_s[0]

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

    def home(self, now_s: float) -> None:
        """Obey G28."""
        way_mm = max(map(abs, self.position_mm[:3]))
        self.position_mm[:3] = [0.0, 0.0, 0.0]
        self._plan(now_s, HOMING_S + way_mm / HOMING_MM_S)

    def wait(self, now_s: float, seconds: float) -> None:
        """Obey G4."""
        self._plan(now_s, seconds)

    def move(self, words: Words, now_s: float) -> None:
        """Plan G0 or G1, or an arc by its chord and its I and J."""
        self._feed_mm_s = words.get("F", self._feed_mm_s * 60) / 60
        begin = list(self.position_mm)
        for axis, letter in enumerate(AXES):
            if letter in words:
                relative = self._is_e_relative if letter == "E" else self._is_relative
                self.position_mm[axis] = words[letter] + (begin[axis] if relative else 0.0)
        delta = [after - before for after, before in zip(self.position_mm, begin, strict=True)]
        self._plan(now_s, self._duration_s(delta, _length_mm(delta, words), now_s))

    def drop(self, now_s: float) -> None:
        """Stop at once."""
        self._ends_s.clear()
        self._last_end_s = now_s

    def _plan(self, now_s: float, duration_s: float) -> None:
        self._last_end_s = max(now_s, self._last_end_s) + duration_s
        self._ends_s.append(self._last_end_s)

    def _duration_s(self, delta: list[float], length_mm: float, now_s: float) -> float:
        """Cruise time, and what braking of the last block and speeding up of this one cost on top.

        Speeding up from u to v over the distance it needs takes (v-u)²/2av longer than cruising it.
        """
        if length_mm <= 0:
            return 0.0
        way = tuple(component / length_mm for component in delta[:3])
        junction_mm_s = self._junction_mm_s(way) if self.is_moving(now_s) else 0.0
        reachable_mm_s = math.sqrt(junction_mm_s**2 + 2 * ACCELERATION_MM_S2 * length_mm)
        cruise_mm_s = min(self._limit_mm_s(delta, length_mm), max(reachable_mm_s, 0.1))
        extra_s = _change_s(junction_mm_s, cruise_mm_s) + _change_s(junction_mm_s, self._last_speed_mm_s)
        self._last_way, self._last_speed_mm_s = way, cruise_mm_s
        return length_mm / cruise_mm_s + extra_s

    def _limit_mm_s(self, delta: list[float], length_mm: float) -> float:
        limits = (
            highest * length_mm / abs(part)
            for part, highest in zip(delta, HIGHEST_MM_S, strict=True)
            if abs(part) > 1e-9
        )
        return max(0.1, min(self._feed_mm_s, *limits, HIGHEST_MM_S[0]))

    def _junction_mm_s(self, way: tuple[float, ...]) -> float:
        cosine = sum(a * b for a, b in zip(way, self._last_way, strict=True))
        return max(0.0, cosine) * min(self._last_speed_mm_s, self._feed_mm_s)


def _change_s(slow_mm_s: float, fast_mm_s: float) -> float:
    if fast_mm_s <= slow_mm_s:
        return 0.0
    return (fast_mm_s - slow_mm_s) ** 2 / (2 * ACCELERATION_MM_S2 * fast_mm_s)


def _length_mm(delta: list[float], words: Words) -> float:
    """Length of the way of the tool, of an arc when there is a centre, of the filament when only it moves."""
    if "I" in words or "J" in words:
        i_mm, j_mm = words.get("I", 0.0), words.get("J", 0.0)
        radius_mm = math.hypot(i_mm, j_mm)
        half = min(1.0, math.hypot(delta[0], delta[1]) / (2 * radius_mm)) if radius_mm else 0.0
        turn = 2 * math.asin(half) if half else 2 * math.pi
        return math.hypot(radius_mm * turn, delta[2])
    return math.hypot(*delta[:3]) or abs(delta[3])
