"""What the outlines of a drawing enclose: parts with their holes, pockets, filled letters."""

from collections.abc import Iterable, Iterator

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from jobs.cam.drawing import Drawing, Outline, Role

SIMPLIFY_MM = 0.01


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape, whatever else is in it."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    parts: list[Polygon] = []
    for part in getattr(shape, "geoms", ()):
        parts += polygons(part)
    return parts


def filled(drawing: Drawing, role: Role) -> list[Polygon]:
    """Return what the filled shapes of a role cover, shapes over each other as one."""
    shapes = [_covered(rings) for _, rings in _by_shape(drawing, role, painted=True)]
    return polygons(shapely.union_all(shapes)) if shapes else []


def pocket_floor(drawing: Drawing) -> list[Polygon]:
    """Return the floors of pockets; of lines without a fill, one within another is an island."""
    lines = [ring for _, rings in _by_shape(drawing, Role.POCKET, painted=False) for ring in rings]
    floor = shapely.union_all([*filled(drawing, Role.POCKET), _covered(lines)])
    return polygons(floor)


def cut_rings(drawing: Drawing) -> list[Polygon]:
    """Return the rings to cut along, each once; filled shapes of one colour that cross are one shape."""
    lines = [ring for _, rings in _by_shape(drawing, Role.CUT, painted=False) for ring in rings]
    shapes = [(colour, _covered(rings)) for colour, rings in _by_shape(drawing, Role.CUT, painted=True)]
    whole = [polygon for ring in lines for polygon in polygons(_polygon(ring))]
    for merged in _melted(shapes):
        whole += polygons(merged)
    found: dict[bytes, Polygon] = {}
    for polygon in whole:
        for ring in (polygon.exterior, *polygon.interiors):
            for simple in polygons(Polygon(ring).simplify(SIMPLIFY_MM)):
                found.setdefault(shapely.set_precision(simple, 0.01).normalize().wkb, simple)
    return [polygon for polygon in found.values() if polygon.area > SIMPLIFY_MM]


def nesting(rings: list[Polygon]) -> list[int]:
    """Return how many other rings hold each ring."""
    tree = shapely.STRtree(rings)
    depths = []
    for ring in rings:
        holders = tree.query(ring.representative_point(), predicate="within")
        depths.append(sum(rings[int(row)].area > ring.area for row in holders))
    return depths


def _by_shape(drawing: Drawing, role: Role, *, painted: bool) -> Iterator[tuple[str, list[Outline]]]:
    """Yield the closed outlines of a role shape by shape, with the colour of the shape."""
    shapes: dict[int, list[Outline]] = {}
    for outline in drawing.outlines:
        if outline.role is role and outline.closed and bool(outline.colour) is painted:
            shapes.setdefault(outline.shape, []).append(outline)
    for rings in shapes.values():
        yield rings[0].colour, rings


def _polygon(outline: Outline) -> BaseGeometry:
    return shapely.make_valid(Polygon(outline.points_mm))


def _covered(rings: Iterable[Outline]) -> BaseGeometry:
    """Return what lies inside an odd number of rings."""
    whole: BaseGeometry = Polygon()
    for ring in rings:
        whole = whole.symmetric_difference(_polygon(ring))
    return whole


def _melted(shapes: list[tuple[str, BaseGeometry]]) -> list[BaseGeometry]:
    """Join shapes of one colour that cross; what lies wholly within another stays for itself."""
    left = list(shapes)
    done: list[BaseGeometry] = []
    while left:
        colour, shape = left.pop()
        crossing = [
            index for index, (other, each) in enumerate(left) if other == colour and _cross(shape, each)
        ]
        if not crossing:
            done.append(shape)
            continue
        joined = shapely.union_all([shape, *(left[index][1] for index in crossing)])
        left = [each for index, each in enumerate(left) if index not in crossing]
        left.append((colour, joined))
    return done


def _cross(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(one.overlaps(other))
