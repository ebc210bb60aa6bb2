"""What a finger drew: lines at a size, as ink of a width or as the area inside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from manifold3d import CrossSection as Area
from manifold3d import FillRule
from shapely.geometry.base import BaseGeometry

from jobs.arrays import FloatArray
from jobs.cam.drawing import Drawing
from jobs.errors import DesignRefusedError, Sentence

_STEP_MM: Final = 0.05
_MOST_POINTS: Final = 4000
_GAP: Final = 0.2
"""Share of its length by which a line may miss its own beginning and still be meant as closed."""
_QUARTER: Final = 8
_PIECE: Final = 8


@dataclass(frozen=True, slots=True)
class Stroke:
    """Points of one line in millimetres, shape (n, 2); a closed one does not repeat its first."""

    points_mm: FloatArray
    closed: bool


def strokes_of(drawing: Drawing, size_mm: float) -> list[Stroke]:
    """Take the lines of a drawing, its longer side as long as asked, its middle on the origin.

    Raises:
        DesignRefusedError: it is empty, or has too much detail.
    """
    strokes = [stroke for stroke in _scaled(drawing, size_mm) if len(stroke.points_mm) > 1]
    if not strokes:
        raise _nothing_drawn()
    if sum(len(stroke.points_mm) for stroke in strokes) > _MOST_POINTS:
        raise DesignRefusedError(
            "too-detailed",
            Sentence(
                "Ce dessin a trop de détails. Fais-en un plus simple.",
                "This drawing has too much detail. Make a simpler one.",
            ),
        )
    return strokes


def _scaled(drawing: Drawing, size_mm: float) -> list[Stroke]:
    everything = np.vstack([outline.points_mm for outline in drawing.outlines])
    low, high = everything.min(axis=0), everything.max(axis=0)
    factor = size_mm / float((high - low).max())
    strokes = []
    for outline in drawing.outlines:
        points = (np.array(outline.points_mm) - (low + high) / 2) * factor
        ring = np.vstack([points, points[:1]]) if outline.closed else points
        kept = shapely.get_coordinates(shapely.LineString(ring).simplify(_STEP_MM))
        closed = outline.closed and len(kept) > 3
        strokes.append(Stroke(kept[:-1] if closed else kept, closed))
    return strokes


def within(strokes: list[Stroke], radius_mm: float) -> list[Stroke]:
    """The same lines, as large as a circle round the origin allows."""
    farthest = max(float(np.hypot(*stroke.points_mm.T).max()) for stroke in strokes)
    return [Stroke(stroke.points_mm * (radius_mm / farthest), stroke.closed) for stroke in strokes]


def ink(strokes: list[Stroke], width_mm: float) -> Area:
    """The lines drawn with a round pen."""
    pieces = [piece for stroke in strokes for piece in _pieces(stroke)]
    return as_area(shapely.union_all(shapely.buffer(np.array(pieces), width_mm / 2, quad_segs=_QUARTER)))


def _pieces(stroke: Stroke) -> Iterator[shapely.LineString]:
    """A line in short pieces: a scribble that crosses itself takes fifty times as long in one."""
    points = np.vstack([stroke.points_mm, stroke.points_mm[:1]]) if stroke.closed else stroke.points_mm
    for first in range(0, len(points) - 1, _PIECE):
        yield shapely.LineString(points[first : first + _PIECE + 1])


def inside(strokes: list[Stroke]) -> Area:
    """The area inside all closed lines; a line that nearly meets its beginning counts as closed.

    Raises:
        DesignRefusedError: no line is closed.
    """
    rings = [stroke.points_mm for stroke in strokes if stroke.closed or _nearly_closed(stroke.points_mm)]
    polygons = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) > 2]
    area = as_area(shapely.union_all(polygons))
    if area.is_empty():
        raise DesignRefusedError(
            "no-closed-line",
            Sentence(
                "Ta ligne n'est pas fermée : finis-la là où tu l'as commencée.",
                "Your line is not closed: end it where you began it.",
            ),
        )
    return area


def as_area(shape: BaseGeometry) -> Area:
    """Take over polygons with their holes."""
    rings = []
    for polygon in shapely.get_parts(shape):
        if isinstance(polygon, shapely.Polygon):
            rings += [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(polygon)]
    return Area(rings, FillRule.EvenOdd) if rings else Area()


def _nearly_closed(points_mm: FloatArray) -> bool:
    length_mm = float(np.hypot(*np.diff(points_mm, axis=0).T).sum())
    return float(np.hypot(*(points_mm[0] - points_mm[-1]))) <= _GAP * length_mm


def _nothing_drawn() -> DesignRefusedError:
    return DesignRefusedError(
        "no-drawing", Sentence("Dessine d'abord quelque chose.", "Draw something first.")
    )
