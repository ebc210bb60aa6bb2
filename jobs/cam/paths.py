"""Works out where the tool's centre goes: offsets, nesting, pockets, carving."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from jobs.arrays import FloatArray
from jobs.cam.carve import carved
from jobs.cam.drawing import Drawing, Outline, Role
from jobs.cam.plan import MillPlan
from jobs.cam.regions import SIMPLIFY_MM, cut_rings, filled, nesting, pocket_floor, polygons
from jobs.errors import DesignRefusedError, Sentence

_STEP_OVER: Final = 0.45
"""Share of the tool's width by which each ring of a pocket lies inside the last."""

ENGRAVE_RANK: Final = 0
POCKET_RANK: Final = 1
_OPEN_CUT_RANK: Final = 2

_ARC_QUARTER: Final = 16


@dataclass(frozen=True, slots=True)
class ToolPath:
    """The way of the tool's centre; `rank` says when: lower ranks are cut first.

    `heights_mm` is how deep the tool finally stands at each point when that changes along the way. `room` is
    where the tool may go from the last path to this one without rising; `outer` marks the way round a part.
    """

    line: LineString
    closed: bool
    role: Role
    rank: int
    heights_mm: tuple[float, ...] = ()
    room: BaseGeometry | None = None
    outer: bool = False


def tool_paths(drawing: Drawing, plan: MillPlan) -> list[ToolPath]:
    """Return the ways to mill a drawing: engraving, then pockets, then holes, outlines last.

    A V-bit makes the engravings only.

    Raises:
        DesignRefusedError: A hole or a pocket is smaller than the tool, or two parts are too close.
    """
    if plan.tool.pointed:
        return list(_carvings(drawing, plan))
    tool_mm = plan.tool.diameter_mm
    engraved = [_engraving(outline) for outline in drawing.outlines if outline.role is Role.ENGRAVE]
    pockets = list(_pockets(pocket_floor(drawing), tool_mm))
    return engraved + pockets + list(_open_cuts(drawing)) + list(_cuts(cut_rings(drawing), tool_mm))


def _carvings(drawing: Drawing, plan: MillPlan) -> Iterator[ToolPath]:
    """Yield lines at a fixed depth, and filled letters as deep as they are wide."""
    depth_mm = min(plan.engrave_mm, plan.material.engrave_mm)
    for outline in drawing.outlines:
        if outline.role is Role.ENGRAVE and not outline.colour:
            path = _engraving(outline)
            heights_mm = (-depth_mm,) * len(path.line.coords)
            yield ToolPath(path.line, path.closed, Role.ENGRAVE, ENGRAVE_RANK, heights_mm)
    for letter in filled(drawing, Role.ENGRAVE):
        for points in carved(letter, plan.tool, plan.engrave_mm):
            yield _carving(points)


def _carving(points_mm: FloatArray) -> ToolPath:
    closed = bool(np.allclose(points_mm[0], points_mm[-1]))
    heights_mm = tuple(points_mm[:, 2].tolist())
    return ToolPath(LineString(points_mm[:, :2]), closed, Role.ENGRAVE, ENGRAVE_RANK, heights_mm)


def _engraving(outline: Outline) -> ToolPath:
    points = list(outline.points_mm)
    ends = points[:1] if outline.closed else []
    return ToolPath(LineString(points + ends), outline.closed, Role.ENGRAVE, ENGRAVE_RANK)


def _open_cuts(drawing: Drawing) -> Iterator[ToolPath]:
    """Yield the open lines that are cut through: the tool goes on the line, before any outline."""
    for outline in drawing.outlines:
        if outline.role is Role.CUT and not outline.closed:
            yield ToolPath(LineString(outline.points_mm), closed=False, role=Role.CUT, rank=_OPEN_CUT_RANK)


def _cuts(rings: list[Polygon], tool_mm: float) -> Iterator[ToolPath]:
    """Yield the ways round each ring: outside of parts, inside of holes, the innermost ranked first."""
    if not rings:
        return
    depths = nesting(rings)
    deepest = max(depths)
    _refuse_close_parts(rings, depths, tool_mm)
    for ring, depth in zip(rings, depths, strict=True):
        outside = depth % 2 == 0
        offset = ring.buffer(tool_mm / 2 if outside else -tool_mm / 2, quad_segs=_ARC_QUARTER)
        ways = list(_boundaries(offset, clockwise=outside))
        if not ways:
            raise _too_small("Un trou", "A hole", tool_mm)
        for way in ways:
            rank = _OPEN_CUT_RANK + 1 + deepest - depth
            yield ToolPath(way, closed=True, role=Role.CUT, rank=rank, outer=outside)


def _refuse_close_parts(rings: list[Polygon], depths: list[int], tool_mm: float) -> None:
    """Refuse rings that cross, or with less than a tool's width of waste between: it would bite into a part.

    What lies between two rings is waste when the deeper nested one is the outside of a part.
    """
    lines = [ring.exterior for ring in rings]
    first, second = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=tool_mm * 0.999)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        waste_between = max(depths[one], depths[other]) % 2 == 0
        if one != other and (waste_between or lines[one].intersects(lines[other])):
            raise DesignRefusedError(
                "parts_too_close",
                Sentence(
                    f"Deux formes se touchent ou sont à moins de {tool_mm:.1f} mm. Écarte-les.",
                    f"Two shapes touch or are less than {tool_mm:.1f} mm apart. Move them apart.",
                ),
            )


def _pockets(floors: list[Polygon], tool_mm: float) -> Iterator[ToolPath]:
    """Yield the rings that clear each pocket, from its middle outwards."""
    for floor in floors:
        room = floor.buffer(-tool_mm / 2, quad_segs=_ARC_QUARTER)
        ways = list(_shrinking(room, tool_mm * _STEP_OVER))
        if not ways:
            raise _too_small("Une poche", "A pocket", tool_mm)
        reach = room.buffer(SIMPLIFY_MM)
        for way in reversed(ways):
            yield ToolPath(way, closed=True, role=Role.POCKET, rank=POCKET_RANK, room=reach)


def _shrinking(shape: BaseGeometry, step_mm: float) -> Iterator[LineString]:
    """Yield the rings round a shape, then round what is left a step further in, until nothing is."""
    while not shape.is_empty:
        yield from _boundaries(shape.simplify(SIMPLIFY_MM), clockwise=False)
        shape = shape.buffer(-step_mm, quad_segs=_ARC_QUARTER)


def _boundaries(shape: BaseGeometry, *, clockwise: bool) -> Iterator[LineString]:
    """Yield the rings round a shape, turned so that the spindle climbs."""
    for polygon in polygons(shape):
        turned = orient(polygon, sign=-1.0 if clockwise else 1.0)
        for ring in (turned.exterior, *turned.interiors):
            yield _as_line(ring)


def _as_line(ring: LinearRing) -> LineString:
    return LineString(ring.simplify(SIMPLIFY_MM).coords)


def _too_small(what_fr: str, what_en: str, tool_mm: float) -> DesignRefusedError:
    return DesignRefusedError(
        "smaller_than_tool",
        Sentence(
            f"{what_fr} est plus étroit que la fraise ({tool_mm:.1f} mm). Agrandis-le.",
            f"{what_en} is narrower than the tool ({tool_mm:.1f} mm). Make it larger.",
        ),
    )
