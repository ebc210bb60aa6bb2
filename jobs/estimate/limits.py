"""The limits of motion that hold for each move: the machine's own, or those the program sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.estimate.words import Words
from jobs.machines import Motion

_SETTERS: Final = (201.0, 203.0, 204.0, 205.0)
_LEAST: Final = 1e-3
Values = dict[str, float]
Axes = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits a row for each move, or one row for all of them.

    Attributes:
        max_mm_s: (n, 4) or (1, 4).
        axis_accel_mm_s2: the same shape.
        jerk_mm_s: the same shape; None for a machine that knows junction deviation.
        extruding_mm_s2: (n,) or (1,), moves that extrude.
        travel_mm_s2: the same shape, moves that do not.
        retract_mm_s2: the same shape, moves of the extruder alone.
        junction_deviation_mm: GRBL's `$11`.
    """

    max_mm_s: FloatArray
    axis_accel_mm_s2: FloatArray
    jerk_mm_s: FloatArray | None
    extruding_mm_s2: FloatArray
    travel_mm_s2: FloatArray
    retract_mm_s2: FloatArray
    junction_deviation_mm: float


def limits_of(motions: list[Motion], row: IntArray) -> Limits:
    """Spread the limits over the moves that each of them holds for."""
    chosen = np.zeros(1, np.int64) if len(motions) == 1 else row
    jerks = [motion.jerk_mm_s for motion in motions if motion.jerk_mm_s is not None]
    return Limits(
        max_mm_s=np.array([motion.max_mm_s for motion in motions])[chosen],
        axis_accel_mm_s2=np.array([motion.axis_accel_mm_s2 for motion in motions])[chosen],
        jerk_mm_s=np.array(jerks)[chosen] if len(jerks) == len(motions) else None,
        extruding_mm_s2=np.array([motion.accel_mm_s2 for motion in motions])[chosen],
        travel_mm_s2=np.array([motion.travel_accel_mm_s2 for motion in motions])[chosen],
        retract_mm_s2=np.array([motion.retract_accel_mm_s2 for motion in motions])[chosen],
        junction_deviation_mm=motions[0].junction_deviation_mm,
    )


@dataclass(slots=True)
class LimitBook:
    """Follows M201, M203, M204 and M205 as Marlin does; a mill has none of them.

    `ceiling` holds what a slicer said the machine allows at most, where it said so: its own estimate keeps
    accelerations of M204 below it.
    """

    motion: Motion
    ceiling: Motion | None = None

    def rows(self, words: Words, line: IntArray) -> tuple[list[Motion], IntArray]:
        """Return the limits that hold in some lines, and which of them holds for each move's line."""
        motions, since = [self.motion], [-1]
        if self.motion.jerk_mm_s is not None and words.has("M"):
            for at, code, values in _set_lines(words):
                self.motion = _SET[code](self.motion, values, self.ceiling)
                motions.append(self.motion)
                since.append(at)
        return motions, np.searchsorted(np.array(since), line, side="left") - 1


def _set_lines(words: Words) -> Iterator[tuple[int, float, Values]]:
    """Yield the line, the command and the values of each line that sets limits."""
    is_setter = words.lines_with("M", *_SETTERS)
    if not is_setter.any():
        return
    own = is_setter[words.line]
    rows = zip(words.line[own].tolist(), words.letter[own].tolist(), words.number[own].tolist(), strict=True)
    for line, group in groupby(rows, key=lambda row: row[0]):
        values = {chr(letter): number for _, letter, number in group if number == number}  # noqa: PLR0124 - NaN
        if values.get("M") in _SETTERS:
            yield line, values["M"], values


def _axes(before: Axes, values: Values) -> Axes:
    x, y, z, e = (max(values.get(letter, old), _LEAST) for letter, old in zip("XYZE", before, strict=True))
    return x, y, z, e


def _set_axis_accel(motion: Motion, values: Values, _ceiling: Motion | None) -> Motion:
    return replace(motion, axis_accel_mm_s2=_axes(motion.axis_accel_mm_s2, values))


def _set_speed(motion: Motion, values: Values, _ceiling: Motion | None) -> Motion:
    return replace(motion, max_mm_s=_axes(motion.max_mm_s, values))


def _set_jerk(motion: Motion, values: Values, _ceiling: Motion | None) -> Motion:
    return motion if motion.jerk_mm_s is None else replace(motion, jerk_mm_s=_axes(motion.jerk_mm_s, values))


def _set_accel(motion: Motion, values: Values, ceiling: Motion | None) -> Motion:
    """M204 P R T, or the older M204 S T, where S is for all moves and T for the extruder alone."""
    older = "S" in values
    printing = values.get("S" if older else "P", motion.accel_mm_s2)
    travel = values.get("S" if older else "T", motion.travel_accel_mm_s2)
    retract = values.get("T" if older else "R", motion.retract_accel_mm_s2)
    if ceiling is not None:
        printing = min(printing, ceiling.accel_mm_s2)
        travel = min(travel, ceiling.travel_accel_mm_s2)
        retract = min(retract, ceiling.retract_accel_mm_s2)
    return replace(
        motion,
        accel_mm_s2=max(printing, _LEAST),
        travel_accel_mm_s2=max(travel, _LEAST),
        retract_accel_mm_s2=max(retract, _LEAST),
    )


_SET: Final[dict[float, Callable[[Motion, Values, Motion | None], Motion]]] = {
    201.0: _set_axis_accel,
    203.0: _set_speed,
    204.0: _set_accel,
    205.0: _set_jerk,
}
