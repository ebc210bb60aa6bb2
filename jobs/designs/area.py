"""Flat areas in millimetres: the few figures and checks that all shapes are made of."""

from typing import Final

import numpy as np
import shapely
from manifold3d import CrossSection as Area
from manifold3d import FillRule, JoinType, OpType

from jobs.arrays import FloatArray
from jobs.errors import DesignRefusedError, Sentence

STROKE_MM: Final = 0.8
"""Two nozzle widths: thinner strokes do not print."""
FINE_MM: Final = 0.01
"""Corners nearer than this are one."""
DETAIL_MM: Final = 0.02
"""Details below this are noise to every machine here."""
_ROUND: Final = 48
_KEPT: Final = 0.97
_APART_MM: Final = 0.02


def circle(radius_mm: float, at: tuple[float, float] = (0.0, 0.0)) -> Area:
    """A disc."""
    return Area.circle(radius_mm, max(_ROUND, int(4 * radius_mm))).translate(at)


def rounded(width_mm: float, height_mm: float, radius_mm: float) -> Area:
    """A rectangle whose lower left corner is the origin, with round corners."""
    radius = min(radius_mm, width_mm / 2 - FINE_MM, height_mm / 2 - FINE_MM)
    inner = Area.square((width_mm - 2 * radius, height_mm - 2 * radius)).translate((radius, radius))
    return grown(inner, radius)


def bar(low: tuple[float, float], high: tuple[float, float]) -> Area:
    """A rectangle from corner to corner."""
    return Area.square((high[0] - low[0], high[1] - low[1])).translate(low)


def grown(area: Area, by_mm: float) -> Area:
    """The area with a round border around it, or without its border when `by_mm` is negative."""
    if by_mm == 0.0:
        return area
    # All letters of a plate at once take Clipper ten times as long as one by one.
    moved = [part.offset(by_mm, JoinType.Round, 2.0, _ROUND) for part in area.decompose()]
    return Area.batch_boolean(moved, OpType.Add) if moved else area


def size(area: Area) -> tuple[float, float]:
    """Width and height."""
    left, bottom, right, top = area.bounds()
    return right - left, top - bottom


def centred(area: Area, at: tuple[float, float] = (0.0, 0.0)) -> Area:
    """The area with the middle of its box at a place."""
    left, bottom, right, top = area.bounds()
    return area.translate((at[0] - (left + right) / 2, at[1] - (bottom + top) / 2))


def filled(area: Area) -> Area:
    """The area with its holes closed."""
    return Area([ring for ring in area.to_polygons() if _turns_left(ring)], FillRule.NonZero)


def _turns_left(ring: FloatArray) -> bool:
    """Whether a ring is the outside of an area: holes run the other way."""
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) > 0


def tidy(area: Area) -> Area:
    """The area without details that no machine makes, and without corners that touch in one point only.

    Parts which meet in a point would share an edge of four faces when raised.
    """
    fine = area.simplify(DETAIL_MM)
    if not _touches(fine):
        return fine
    apart = fine.offset(-_APART_MM).offset(2 * _APART_MM).offset(-_APART_MM)
    return apart.simplify(FINE_MM)


def _touches(area: Area) -> bool:
    """Whether two corners of an area are nearly in the same place."""
    corners = np.asarray(shapely.points(np.vstack(area.to_polygons() or [np.empty((0, 2))])))
    near = shapely.STRtree(corners).query(corners, predicate="dwithin", distance=_APART_MM / 2)
    return bool(near.shape[1] > len(corners))


def is_thick(area: Area, stroke_mm: float = STROKE_MM) -> bool:
    """Whether a round tip of that width reaches all of an area but the ends of its corners."""
    half = stroke_mm / 2 - FINE_MM
    reached = sum(_sharp(_sharp(part, -half), half).area() for part in area.decompose())
    return bool(reached >= _KEPT * area.area())


def thick_enough(area: Area, stroke_mm: float = STROKE_MM) -> Area:
    """The area, its strokes made a little bolder where they would be too thin.

    Raises:
        DesignRefusedError: they are much too thin.
    """
    return grown(area, lacking(area, stroke_mm))


def lacking(area: Area, stroke_mm: float = STROKE_MM) -> float:
    """How much border an area needs for its strokes to be thick enough, in millimetres.

    Raises:
        DesignRefusedError: more than makes letters run.
    """
    fine = area.simplify(DETAIL_MM)
    for share in (0.0, 0.1, 0.2, 0.3, 0.4):
        if is_thick(grown(fine, share * stroke_mm), stroke_mm):
            return share * stroke_mm
    raise too_small()


def _sharp(area: Area, by_mm: float) -> Area:
    """The area grown or shrunk with pointed corners."""
    return area.offset(by_mm, JoinType.Miter, 4.0)


def too_small() -> DesignRefusedError:
    """The refusal of letters that no tip could make."""
    return DesignRefusedError(
        "too-small",
        Sentence(
            "Les lettres seraient trop fines : choisis un texte plus court ou une forme plus grande.",
            "The letters would be too thin: choose a shorter text or a larger shape.",
        ),
    )
