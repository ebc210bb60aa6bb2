"""Works out where the tool's centre goes: offsets, nesting, pockets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from jobs.cam.drawing import Drawing, Outline, Role
from jobs.errors import DesignRefusedError, Sentence

_STEP_OVER: Final = 0.45
"""Share of the tool's width by which each ring of a pocket lies inside the last."""

POCKET_RANK: Final = 1

_SIMPLIFY_MM: Final = 0.01
_ARC_QUARTER: Final = 16


@dataclass(frozen=True, slots=True)
class ToolPath:
    """The way of the tool's centre; `rank` says when: lower ranks are cut first."""

    line: LineString
    closed: bool
    role: Role
    rank: int


def tool_paths(drawing: Drawing, tool_mm: float) -> list[ToolPath]:
    """Return the ways to mill a drawing: engraving, then pockets, then holes, outlines last.

    Raises:
        DesignRefusedError: A hole or a pocket is smaller than the tool, or two parts are too close.
    """
    engraved = [_engraving(outline) for outline in drawing.outlines if outline.role is Role.ENGRAVE]
    pockets = list(_pockets(_rings(drawing, Role.POCKET), tool_mm))
    return engraved + pockets + list(_cuts(_rings(drawing, Role.CUT), tool_mm)) + list(_open_cuts(drawing))


def _engraving(outline: Outline) -> ToolPath:
    points = list(outline.points_mm)
    ends = points[:1] if outline.closed else []
    return ToolPath(LineString(points + ends), outline.closed, Role.ENGRAVE, 0)


def _open_cuts(drawing: Drawing) -> Iterator[ToolPath]:
    """Yield the open lines that are cut through: the tool goes on the line, before any outline."""
    for outline in drawing.outlines:
        if outline.role is Role.CUT and not outline.closed:
            yield ToolPath(LineString(outline.points_mm), closed=False, role=Role.CUT, rank=2)


def _rings(drawing: Drawing, role: Role) -> list[Polygon]:
    """Return the closed outlines of a role as simple polygons, each drawn shape once."""
    found: dict[bytes, Polygon] = {}
    for outline in drawing.outlines:
        if outline.role is role and outline.closed:
            whole = shapely.make_valid(Polygon(outline.points_mm))
            for polygon in _polygons(whole):
                for ring in (polygon.exterior, *polygon.interiors):
                    for simple in _polygons(Polygon(ring).simplify(_SIMPLIFY_MM)):
                        found.setdefault(shapely.set_precision(simple, 0.01).normalize().wkb, simple)
    return [polygon for polygon in found.values() if polygon.area > _SIMPLIFY_MM]


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    parts: list[Polygon] = []
    for part in getattr(shape, "geoms", ()):
        parts += _polygons(part)
    return parts


def _cuts(rings: list[Polygon], tool_mm: float) -> Iterator[ToolPath]:
    """Yield the ways round each ring: outside of parts, inside of holes, the innermost ranked first."""
    if not rings:
        return
    depths = _nesting(rings)
    deepest = max(depths)
    _refuse_close_parts(rings, depths, tool_mm)
    for ring, depth in zip(rings, depths, strict=True):
        outside = depth % 2 == 0
        offset = ring.buffer(tool_mm / 2 if outside else -tool_mm / 2, quad_segs=_ARC_QUARTER)
        ways = list(_boundaries(offset, clockwise=outside))
        if not ways:
            raise _too_small("Un trou", "A hole", tool_mm)
        for way in ways:
            yield ToolPath(way, closed=True, role=Role.CUT, rank=3 + deepest - depth)


def _nesting(rings: list[Polygon]) -> list[int]:
    """Return how many other rings hold each ring."""
    tree = shapely.STRtree(rings)
    depths = []
    for ring in rings:
        inside = ring.representative_point()
        holders = tree.query(inside, predicate="within")
        depths.append(sum(rings[int(row)].area > ring.area for row in holders))
    return depths


def _refuse_close_parts(rings: list[Polygon], depths: list[int], tool_mm: float) -> None:
    """Refuse two rings with less than a tool's width of waste between them: it would bite into a part.

    What lies between two rings is waste when the deeper nested one is the outside of a part.
    """
    lines = [ring.exterior for ring in rings]
    first, second = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=tool_mm * 0.999)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one != other and max(depths[one], depths[other]) % 2 == 0:
            raise DesignRefusedError(
                "parts_too_close",
                Sentence(
                    f"Deux formes se touchent ou sont à moins de {tool_mm:.1f} mm. Écarte-les.",
                    f"Two shapes touch or are less than {tool_mm:.1f} mm apart. Move them apart.",
                ),
            )


def _pockets(rings: list[Polygon], tool_mm: float) -> Iterator[ToolPath]:
    """Yield the rings that clear each pocket, from its middle outwards; a ring within a ring is an island."""
    depths = _nesting(rings)
    floor: BaseGeometry = Polygon()
    for level in range(max(depths, default=-1) + 1):
        same = [ring for ring, depth in zip(rings, depths, strict=True) if depth == level]
        floor = floor.symmetric_difference(shapely.union_all(same))
    for pocket in _polygons(floor):
        ways = list(_shrinking(pocket.buffer(-tool_mm / 2, quad_segs=_ARC_QUARTER), tool_mm * _STEP_OVER))
        if not ways:
            raise _too_small("Une poche", "A pocket", tool_mm)
        yield from (ToolPath(way, closed=True, role=Role.POCKET, rank=POCKET_RANK) for way in reversed(ways))


def _shrinking(shape: BaseGeometry, step_mm: float) -> Iterator[LineString]:
    """Yield the rings round a shape, then round what is left a step further in, until nothing is."""
    while not shape.is_empty:
        yield from _boundaries(shape.simplify(_SIMPLIFY_MM), clockwise=False)
        shape = shape.buffer(-step_mm, quad_segs=_ARC_QUARTER)


def _boundaries(shape: BaseGeometry, *, clockwise: bool) -> Iterator[LineString]:
    """Yield the rings round a shape, turned so that the spindle climbs."""
    for polygon in _polygons(shape):
        turned = orient(polygon, sign=-1.0 if clockwise else 1.0)
        for ring in (turned.exterior, *turned.interiors):
            yield _as_line(ring)


def _as_line(ring: LinearRing) -> LineString:
    return LineString(ring.simplify(_SIMPLIFY_MM).coords)


def _too_small(what_fr: str, what_en: str, tool_mm: float) -> DesignRefusedError:
    return DesignRefusedError(
        "smaller_than_tool",
        Sentence(
            f"{what_fr} est plus étroit que la fraise ({tool_mm:.1f} mm). Agrandis-le.",
            f"{what_en} is narrower than the tool ({tool_mm:.1f} mm). Make it larger.",
        ),
    )
