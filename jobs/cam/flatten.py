"""Turns the curves of an SVG path into short straight lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from svgelements import Arc, Close, CubicBezier, Move, Path, PathSegment, QuadraticBezier

from jobs.arrays import FloatArray

_BINOMIALS: Final = {3: (1.0, 2.0, 1.0), 4: (1.0, 3.0, 3.0, 1.0)}

_FARTHEST: Final = 1e7
"""Beyond this a coordinate is a mistake, and its curves would ask for endless points."""


@dataclass(frozen=True, slots=True)
class Run:
    """Points drawn without lifting the pen, (n, 2)."""

    points: FloatArray
    closed: bool


def flatten(path: Path, tolerance: float) -> Iterator[Run]:
    """Yield each run of a path; no point of a curve lies further than the tolerance from its chord."""
    pen: list[FloatArray] = []
    for segment in path:
        match segment:
            case Move():
                yield from _lifted(pen, closed=False)
                pen = [_points([segment.end])]
            case Close():
                yield from _lifted(pen, closed=True)
                pen = [_points([segment.end])] if segment.end is not None else []
            case _:
                pen += _drawn(segment, tolerance)
    yield from _lifted(pen, closed=False)


def _drawn(segment: PathSegment, tolerance: float) -> list[FloatArray]:
    """Return the points one segment adds behind the pen."""
    match segment:
        case Arc():
            return [_curve(_corners(curve), tolerance) for curve in segment.as_cubic_curves()]
        case CubicBezier():
            return [_curve(_corners(segment), tolerance)]
        case QuadraticBezier():
            return [_curve([segment.start, segment.control, segment.end], tolerance)]
        case _:
            return [_points([segment.end])]


def _corners(curve: CubicBezier) -> list[Sequence[float]]:
    return [curve.start, curve.control1, curve.control2, curve.end]


def _lifted(pen: list[FloatArray], *, closed: bool) -> Iterator[Run]:
    """Yield what was drawn, if it is more than a dot; ends that meet make it closed.

    Raises:
        ValueError: A coordinate is not finite or absurdly far.
    """
    points = np.vstack(pen) if pen else np.empty((0, 2))
    if not np.isfinite(points).all() or np.abs(points).max(initial=0.0) > _FARTHEST:
        raise ValueError("a coordinate is not finite or out of any range")
    if len(points) > 1:
        keep = np.append(np.any(np.diff(points, axis=0) != 0.0, axis=1), True)
        points = points[keep]
    if len(points) < 2:
        return
    meets = bool(np.hypot(*(points[0] - points[-1])) < 1e-6)
    if meets:
        points = points[:-1]
    ring = (closed or meets) and len(points) >= 3
    yield Run(points, ring)


def _points(corners: Sequence[Sequence[float]]) -> FloatArray:
    return np.array([[corner[0], corner[1]] for corner in corners], np.float64)


def _curve(controls: Sequence[Sequence[float]], tolerance: float) -> FloatArray:
    """Return the points of a Bézier curve after its start, evenly spaced in its parameter."""
    polygon = _points(controls)
    if not np.isfinite(polygon).all():
        return polygon
    degree = len(polygon) - 1
    bend = float(np.abs(np.diff(polygon, 2, axis=0)).sum(axis=1).max())
    wished = np.sqrt(degree * (degree - 1) / 8.0 * bend / tolerance)
    steps = int(np.clip(np.ceil(wished), 1, 2000))
    t = np.arange(1, steps + 1)[:, None] / steps
    place: FloatArray = sum(
        (
            factor * t**power * (1.0 - t) ** (degree - power) * polygon[power]
            for power, factor in enumerate(_BINOMIALS[len(polygon)])
        ),
        start=np.zeros((steps, 2)),
    )
    return place
