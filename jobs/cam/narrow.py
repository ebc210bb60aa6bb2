"""Says in a sentence what of a drawing the bit is too wide for."""

from collections.abc import Iterator
from typing import Final

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from jobs.cam.drawing import Drawing, Role
from jobs.cam.plan import MillPlan
from jobs.cam.regions import cut_rings, nesting, pocket_floor, polygons
from jobs.errors import Sentence

_SLOT_AREA: Final = 1.0
"""What a round bit leaves in a corner of 60° has 0.7 of its radius squared: more than 1 is a slot."""

_SLACK_MM: Final = 0.02
_MERGED_SHARE: Final = 0.7
_ROUGH: Final = 0.1
"""In widths of the bit: coarse enough to be quick, fine enough to tell seven tenths from all."""


def unreached(drawing: Drawing, plan: MillPlan) -> Iterator[Sentence]:
    """Yield a sentence for the places the bit cannot reach and one for what another bit has to make."""
    if plan.tool.pointed:
        if any(outline.role is not Role.ENGRAVE for outline in drawing.outlines):
            yield Sentence(
                "La fraise en V ne fait que la gravure : découpe ensuite avec une fraise droite.",
                "The V-bit makes the engraving only: cut with a flat bit afterwards.",
                "engraving-only",
            )
        return
    if _run_together(drawing, plan):
        yield Sentence(
            "Les lignes gravées se rejoignent : cette fraise est trop large. Prends une fraise plus fine.",
            "The engraved lines run together: this bit is too wide for them. Take a finer one.",
            "lines-merge",
        )
    slots = sum(1 for _ in _slots(drawing, plan.tool.diameter_mm / 2))
    if slots:
        width = f"{plan.tool.diameter_mm:g}"
        yield Sentence(
            f"La fraise de {width} mm n'entre pas dans {slots} endroit(s) étroit(s) : la matière y reste.",
            f"The {width} mm bit does not get into {slots} narrow place(s): material stays there.",
            "narrow",
        )


def _run_together(drawing: Drawing, plan: MillPlan) -> bool:
    """Say whether the bit, following the engraved lines, covers much of the same ground twice."""
    ways = [
        LineString([*line.points_mm, *line.points_mm[:1]] if line.closed else line.points_mm)
        for line in drawing.outlines
        if line.role is Role.ENGRAVE
    ]
    expected_mm2 = sum(way.length for way in ways) * plan.tool.diameter_mm
    rough = [way.simplify(_ROUGH * plan.tool.diameter_mm) for way in ways]
    covered = shapely.union_all([way.buffer(plan.tool.diameter_mm / 2, quad_segs=2) for way in rough])
    return bool(expected_mm2) and covered.area < _MERGED_SHARE * expected_mm2


def _slots(drawing: Drawing, radius_mm: float) -> Iterator[BaseGeometry]:
    """Yield what is to be milled away but too narrow for the bit; a round corner is none."""
    rings = cut_rings(drawing)
    holes = list(pocket_floor(drawing))
    for ring, depth in zip(rings, nesting(rings), strict=True):
        if depth % 2:
            holes.append(ring)
            continue
        outside = ring.buffer(radius_mm).buffer(-radius_mm)
        yield from _large(outside.difference(ring.buffer(_SLACK_MM)), radius_mm)
    for hole in holes:
        inside = hole.buffer(-radius_mm).buffer(radius_mm + _SLACK_MM)
        yield from _large(hole.difference(inside), radius_mm)


def _large(left: BaseGeometry, radius_mm: float) -> Iterator[BaseGeometry]:
    yield from (piece for piece in polygons(left) if piece.area > _SLOT_AREA * radius_mm**2)
