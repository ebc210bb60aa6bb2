"""Splits G2 and G3 arcs of the XY plane into chords, as the firmware does."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray

_FULL_TURN: Final = 2.0 * np.pi
_MOST_CHORDS: Final = 10_000
"""More than any arc that fits a machine needs; an absurd radius costs no memory."""

_MOST_AT_ONCE: Final = 1_000_000
_FEWEST_CHORDS: Final = 16
"""Many absurd arcs at once get fewer chords each."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs as the program gives them.

    Attributes:
        start_mm: (n, 4) X, Y, Z, E.
        end_mm: (n, 4).
        centre_mm: (n, 2) the words I and J, from the start; unused where `radius_mm` is given.
        radius_mm: (n,) the word R, NaN where the centre is given.
        clockwise: (n,) G2 rather than G3.
    """

    start_mm: FloatArray
    end_mm: FloatArray
    centre_mm: FloatArray
    radius_mm: FloatArray
    clockwise: BoolArray


def split_arcs(arcs: Arcs, tolerance_mm: float) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return of each chord: its arc's row, its end (m, 4) and how far it goes (m, 4).

    Source: GRBL 1.1 `mc_arc`: the chord's sagitta is the tolerance.
    """
    to_centre = _centres(arcs)
    radius = np.maximum(np.hypot(to_centre[:, 0], to_centre[:, 1]), 1e-9)
    from_angle = np.arctan2(-to_centre[:, 1], -to_centre[:, 0])
    sweep = _sweeps(arcs, arcs.start_mm[:, :2] + to_centre, from_angle)
    tolerance = np.minimum(tolerance_mm, radius)
    count = np.floor(np.abs(0.5 * sweep * radius) / np.sqrt(tolerance * (2 * radius - tolerance)))
    most = min(_MOST_CHORDS, max(_FEWEST_CHORDS, _MOST_AT_ONCE // max(count.size, 1)))
    chords = np.clip(count, 1, most).astype(np.int64)
    row = np.repeat(np.arange(chords.size), chords)
    step = np.arange(row.size) - np.repeat(np.cumsum(chords) - chords, chords)
    ends = _at(arcs, to_centre, radius, from_angle, sweep, row, (step + 1) / chords[row])
    starts = _at(arcs, to_centre, radius, from_angle, sweep, row, step / chords[row])
    return row, ends, ends - starts


def _at(
    arcs: Arcs,
    to_centre: FloatArray,
    radius: FloatArray,
    from_angle: FloatArray,
    sweep: FloatArray,
    row: IntArray,
    share: FloatArray,
) -> FloatArray:
    points = arcs.start_mm[row] + (arcs.end_mm - arcs.start_mm)[row] * share[:, None]
    angle = from_angle[row] + sweep[row] * share
    centre = (arcs.start_mm[:, :2] + to_centre)[row]
    inner = (share > 0) & (share < 1)
    on_circle = centre + radius[row, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points[inner, :2] = on_circle[inner]
    return points


def _sweeps(arcs: Arcs, centre: FloatArray, from_angle: FloatArray) -> FloatArray:
    """Return the signed angle of each arc; an arc that ends where it starts is a full circle."""
    end = arcs.end_mm[:, :2] - centre
    turned = np.mod(np.arctan2(end[:, 1], end[:, 0]) - from_angle, _FULL_TURN)
    turned = np.where(turned < 1e-9, _FULL_TURN, turned)
    back = np.where(turned > _FULL_TURN - 1e-9, _FULL_TURN, _FULL_TURN - turned)
    return np.where(arcs.clockwise, np.where(turned == _FULL_TURN, -_FULL_TURN, -back), turned)


def _centres(arcs: Arcs) -> FloatArray:
    """Return the way from each start to its centre, worked out from R where that is what the line gives."""
    chord = (arcs.end_mm - arcs.start_mm)[:, :2]
    length = np.maximum(np.hypot(chord[:, 0], chord[:, 1]), 1e-9)
    radius = np.nan_to_num(arcs.radius_mm, nan=1.0)
    height = np.sqrt(np.maximum(radius**2 - (length / 2) ** 2, 0.0)) / length
    side = np.where(arcs.clockwise == (radius > 0), 1.0, -1.0)[:, None]
    normal = np.stack([chord[:, 1], -chord[:, 0]], axis=1) * height[:, None]
    return np.where(np.isnan(arcs.radius_mm)[:, None], arcs.centre_mm, chord / 2 + side * normal)
