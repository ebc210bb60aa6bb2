"""Separate parts of a flat shape made one, and eyes for rings put on it."""

from dataclasses import dataclass
from typing import Final

import shapely
from manifold3d import CrossSection as Area
from shapely.geometry.base import BaseGeometry

from jobs.designs.area import bar, circle, filled, grown
from jobs.designs.strokes import as_area

_REACHES_MM: Final = (2.0, 5.0, 12.0, 30.0)
WALL_MM: Final = 3.0
_NARROW_MM: Final = 0.5
_FAR_MM: Final = 1000.0
_FREE: Final = 0.01
_STEP_MM: Final = 0.25


@dataclass(frozen=True, slots=True)
class Eye:
    """A ring: what is added and the hole that goes through all of it."""

    rim: Area
    hole: Area


def contour(area: Area, margin_mm: float) -> Area:
    """One rounded area around everything, without holes."""
    border = filled(grown(area, margin_mm))
    for reach_mm in _REACHES_MM:
        whole = filled(grown(grown(border, reach_mm), -reach_mm))
        if len(whole.decompose()) == 1:
            return whole
    return grown(area.hull(), margin_mm)


def bridged(area: Area, width_mm: float) -> Area:
    """The area in one piece, each other part held by a bar on the shortest way."""
    shapes = [_polygon(part) for part in area.decompose()]
    shapes.sort(key=lambda shape: -shape.area)
    whole: BaseGeometry = shapes[0]
    waiting = shapes[1:]
    while waiting:
        nearest = min(waiting, key=whole.distance)
        way = shapely.shortest_line(whole, nearest).buffer(width_mm / 2)
        whole = shapely.union_all([whole, nearest, way])
        waiting.remove(nearest)
    return as_area(whole)


def eye_on_top(area: Area, hole_mm: float) -> Eye:
    """An eye above the middle of an area's weight, so that it hangs straight, clear of the area itself."""
    x = _middle_of_weight(area)
    column = area ^ bar((x - _NARROW_MM, -_FAR_MM), (x + _NARROW_MM, _FAR_MM))
    y = column.bounds()[3] + hole_mm / 2
    while (circle(hole_mm / 2, (x, y)) ^ area).area() > _FREE * hole_mm**2:
        y += _STEP_MM
    return Eye(circle(hole_mm / 2 + WALL_MM, (x, y)), circle(hole_mm / 2, (x, y)))


def _middle_of_weight(area: Area) -> float:
    """Where between left and right an area balances."""
    return float(shapely.MultiPolygon([_polygon(part) for part in area.decompose()]).centroid.x)


def _polygon(part: Area) -> shapely.Polygon:
    """A connected area, its holes included."""
    rings = part.to_polygons()
    outer = max(rings, key=lambda ring: shapely.Polygon(ring).area)
    return shapely.Polygon(outer, [ring for ring in rings if ring is not outer])
