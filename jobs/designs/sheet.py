"""From areas to what the mill reads: outlines with what it does along each of them."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from manifold3d import CrossSection as Area

from jobs.arrays import FloatArray
from jobs.cam.drawing import MARGIN_MM, Drawing, Outline, Role
from jobs.designs.area import tidy
from jobs.designs.strokes import Stroke
from jobs.machines import MILL

TOOL_MM: Final = MILL.tool_mm


def around(area: Area, role: Role) -> list[Outline]:
    """The border of an area, holes included, as closed outlines."""
    return [Outline(_points(ring), closed=True, role=role) for ring in tidy(area).to_polygons()]


def stroked(strokes: Iterable[Stroke]) -> list[Outline]:
    """Lines of a drawing, to be engraved."""
    return [Outline(_points(stroke.points_mm), stroke.closed, Role.ENGRAVE) for stroke in strokes]


def on_sheet(outlines: Iterable[Outline]) -> Drawing:
    """All outlines together, their lower left corner at the margin."""
    found = tuple(outlines)
    everything = np.vstack([outline.points_mm for outline in found])
    low, high = everything.min(axis=0), everything.max(axis=0)
    shift = MARGIN_MM - low
    width_mm, height_mm = (high - low).tolist()
    moved = tuple(
        Outline(_points(np.array(outline.points_mm) + shift), outline.closed, outline.role)
        for outline in found
    )
    return Drawing(moved, width_mm, height_mm)


def _points(ring: FloatArray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in np.asarray(ring).round(3))
