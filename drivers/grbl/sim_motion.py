"""The virtual mill's planner and axes: blocks joined at junction speeds, run as trapezoids in time."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Vector = tuple[float, float, float]

PLANNER_BLOCKS: Final = 15
_STILL_MM_S: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Limits:
    """What the axes can do: speeds in mm/s, acceleration in mm/s², junction deviation in mm (`$11`)."""

    rapid_mm_s: Vector = (33.3, 33.3, 16.6)
    accel_mm_s2: float = 30.0
    junction_deviation_mm: float = 0.01
    planner_blocks: int = PLANNER_BLOCKS


@dataclass(slots=True)
class Block:
    """A straight move, with the fastest speed at which it may be entered."""

    start: Vector
    unit: Vector
    length_mm: float
    nominal_mm_s: float
    entry_limit_mm_s: float
    rapid: bool = False
    entry_mm_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Trapezoid:
    """Speed over the rest of a block: speed up, cruise, slow down; lengths in mm, speeds in mm/s."""

    start_mm_s: float
    peak_mm_s: float
    end_mm_s: float
    accel_mm_s2: float
    length_mm: float

    @classmethod
    def fit(
        cls, start_mm_s: float, nominal_mm_s: float, end_mm_s: float, accel: float, length: float
    ) -> "Trapezoid":
        """Find the peak that the length allows."""
        peak = math.sqrt(max(accel * length + (start_mm_s**2 + end_mm_s**2) / 2, 0.0))
        peak = max(min(peak, nominal_mm_s), start_mm_s, end_mm_s)
        return cls(start_mm_s, peak, end_mm_s, accel, length)

    def _phases(self) -> Iterator[tuple[float, float, float]]:
        """Yield duration, first speed and acceleration of each phase."""
        up_s = (self.peak_mm_s - self.start_mm_s) / self.accel_mm_s2
        down_s = (self.peak_mm_s - self.end_mm_s) / self.accel_mm_s2
        ramps_mm = (self.start_mm_s + self.peak_mm_s) / 2 * up_s + (
            self.peak_mm_s + self.end_mm_s
        ) / 2 * down_s
        cruise_mm = max(self.length_mm - ramps_mm, 0.0)
        yield up_s, self.start_mm_s, self.accel_mm_s2
        yield (cruise_mm / self.peak_mm_s if self.peak_mm_s > _STILL_MM_S else 0.0), self.peak_mm_s, 0.0
        yield down_s, self.peak_mm_s, -self.accel_mm_s2

    @property
    def duration_s(self) -> float:
        """Time from now to the end of the block."""
        return sum(phase[0] for phase in self._phases())

    def after(self, elapsed_s: float) -> tuple[float, float]:
        """Return the distance covered and the speed after a time."""
        done_mm, speed = 0.0, self.start_mm_s
        for duration_s, first, accel in self._phases():
            step_s = min(elapsed_s, duration_s)
            done_mm += first * step_s + accel * step_s**2 / 2
            speed = first + accel * step_s
            elapsed_s -= step_s
            if elapsed_s <= 0:
                break
        return min(done_mm, self.length_mm), max(speed, 0.0)


class Motion:
    """Where the tool is and what it will do; every method first needs `live(now_s)` up to its instant."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.blocks: deque[Block] = deque()
        self.planned: Vector = (0.0, 0.0, 0.0)
        self.holding = False
        self._now_s = 0.0
        self._done_mm = 0.0
        self._speed_mm_s = 0.0

    @property
    def free(self) -> int:
        """Blocks that can still be planned."""
        return self.limits.planner_blocks - len(self.blocks)

    @property
    def moving(self) -> bool:
        """Whether the axes turn; a held machine keeps its blocks and stands still."""
        return bool(self.blocks) and (not self.holding or self._speed_mm_s > _STILL_MM_S)

    @property
    def feeding(self) -> bool:
        """Whether the axes turn at a feed, as they do in the material."""
        return self.moving and not self.blocks[0].rapid

    @property
    def speed_mm_s(self) -> float:
        """Speed along the path."""
        return self._speed_mm_s if self.blocks else 0.0

    @property
    def position(self) -> Vector:
        """Machine position in mm."""
        if not self.blocks:
            return self.planned
        block = self.blocks[0]
        x, y, z = (s + u * self._done_mm for s, u in zip(block.start, block.unit, strict=True))
        return x, y, z

    def plan(self, target: Vector, feed_mm_s: float | None) -> None:
        """Queue a straight move; a feed of None is a rapid."""
        delta = tuple(t - p for t, p in zip(target, self.planned, strict=True))
        length = math.sqrt(sum(d * d for d in delta))
        if length < 1e-6:
            return
        unit = (delta[0] / length, delta[1] / length, delta[2] / length)
        ceiling = min(
            limit / abs(u) for limit, u in zip(self.limits.rapid_mm_s, unit, strict=True) if abs(u) > 1e-9
        )
        nominal = ceiling if feed_mm_s is None else min(feed_mm_s, ceiling)
        entry = self._junction(unit, nominal)
        self.blocks.append(Block(self.planned, unit, length, nominal, entry, rapid=feed_mm_s is None))
        self.planned = target
        self._replan()

    def _junction(self, unit: Vector, nominal: float) -> float:
        """Speed through the corner. Source: GRBL 1.1 planner.c, junction deviation."""
        if not self.blocks:
            return 0.0
        before = self.blocks[-1]
        cosine = -sum(a * b for a, b in zip(before.unit, unit, strict=True))
        slowest = min(before.nominal_mm_s, nominal)
        if cosine > 0.999999:
            return 0.0
        if cosine < -0.999999:
            return slowest
        half_sine = math.sqrt((1 - cosine) / 2)
        radius = self.limits.junction_deviation_mm * half_sine / (1 - half_sine)
        return min(math.sqrt(self.limits.accel_mm_s2 * radius), slowest)

    def _replan(self) -> None:
        """Backward, then forward pass over the blocks behind the one being run."""
        twice = 2 * self.limits.accel_mm_s2
        exit_mm_s = 0.0
        waiting = list(self.blocks)[1:]
        for block in reversed(waiting):
            exit_mm_s = min(block.entry_limit_mm_s, math.sqrt(exit_mm_s**2 + twice * block.length_mm))
            block.entry_mm_s = exit_mm_s
        reachable, length = self._speed_mm_s, self.blocks[0].length_mm - self._done_mm
        for block in waiting:
            block.entry_mm_s = min(block.entry_mm_s, math.sqrt(reachable**2 + twice * length))
            reachable, length = block.entry_mm_s, block.length_mm

    def _course(self) -> Trapezoid:
        """How the block being run goes on from here."""
        block = self.blocks[0]
        rest_mm, accel = max(block.length_mm - self._done_mm, 0.0), self.limits.accel_mm_s2
        if self.holding:
            stop_mm = self._speed_mm_s**2 / (2 * accel)
            end = math.sqrt(max(self._speed_mm_s**2 - 2 * accel * rest_mm, 0.0))
            return Trapezoid(self._speed_mm_s, self._speed_mm_s, end, accel, min(stop_mm, rest_mm))
        end = self.blocks[1].entry_mm_s if len(self.blocks) > 1 else 0.0
        return Trapezoid.fit(self._speed_mm_s, block.nominal_mm_s, end, accel, rest_mm)

    def next_event_s(self) -> float:
        """Return when the block ends or the hold is complete; infinity when standing still."""
        return self._now_s + self._course().duration_s if self.moving else math.inf

    def live(self, now_s: float) -> None:
        """Move on to an instant no later than `next_event_s`."""
        if self.moving:
            course = self._course()
            over = now_s >= self._now_s + course.duration_s - 1e-9
            done_mm, speed = course.after(now_s - self._now_s)
            self._done_mm += course.length_mm if over else done_mm
            self._speed_mm_s = course.end_mm_s if over else speed
            if self._done_mm >= self.blocks[0].length_mm - 1e-9 and over:
                self.blocks.popleft()
                self._done_mm = 0.0
                self._speed_mm_s = self._speed_mm_s if self.blocks else 0.0
        self._now_s = now_s

    def abort(self) -> None:
        """Stop where the tool is and forget what was planned."""
        self.planned = self.position
        self.blocks.clear()
        self.holding = False
        self._done_mm = self._speed_mm_s = 0.0
