"""Engraves a picture row by row: the darker, the deeper."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image
from shapely.geometry import LineString

from jobs.arrays import FloatArray
from jobs.cam.carve import needed
from jobs.cam.drawing import MARGIN_MM, Drawing, Outline, Role
from jobs.cam.paths import ENGRAVE_RANK, ToolPath
from jobs.cam.plan import MillPlan
from jobs.errors import DesignRefusedError, Sentence

LONGEST_MIN: Final = 60.0
_MOST_CELLS: Final = 250_000
_FINEST_MM: Final = 0.15
_ROW_OF_TOOL: Final = 0.25
_ROW_OF_TIP_MM: Final = 0.3
_WIDER: Final = (1, 2, 3)
_SHALLOWEST_MM: Final = 0.03


@dataclass(frozen=True, slots=True)
class Relief:
    """The heights to reach (y upwards, first row lowest), cells of `cell_mm`, and the ways that make them."""

    heights_mm: FloatArray
    cell_mm: float
    paths: list[ToolPath]
    drawing: Drawing
    minutes: float


def relief(dark: FloatArray, width_mm: float, deepest_mm: float, plan: MillPlan) -> Relief:
    """Plan the engraving of a picture.

    Args:
        dark: How dark each pixel is, 0 to 1, y downwards.
        width_mm: Width on the sheet.
        deepest_mm: Depth of black.
        plan: Material and bit.

    Raises:
        DesignRefusedError: It would take longer than an hour however coarse the rows are.
    """
    height_mm = width_mm * dark.shape[0] / dark.shape[1]
    cell_mm = max(_FINEST_MM, float(np.sqrt(width_mm * height_mm / _MOST_CELLS)))
    size = (max(2, round(width_mm / cell_mm)), max(2, round(height_mm / cell_mm)))
    scaled = Image.fromarray(dark.astype(np.float32)).resize(size, Image.Resampling.BOX)
    wanted = -deepest_mm * np.asarray(scaled, np.float64)[::-1]
    reached = _tool_heights(wanted, plan, cell_mm)
    row_mm = _ROW_OF_TIP_MM if plan.tool.pointed else _ROW_OF_TOOL * plan.tool.diameter_mm
    for wider in _WIDER:
        paths = list(_rows(reached, cell_mm, max(1, round(row_mm * wider / cell_mm))))
        minutes = _minutes(paths, plan)
        if minutes <= LONGEST_MIN:
            return Relief(wanted, cell_mm, paths, _preview(paths, width_mm, height_mm), minutes)
    raise DesignRefusedError(
        "picture_too_long",
        Sentence(
            f"Graver cette image prendrait plus de {LONGEST_MIN:.0f} minutes. Choisis une image plus petite.",
            f"Engraving this picture would take more than {LONGEST_MIN:.0f} minutes. Choose a smaller one.",
        ),
    )


def _tool_heights(wanted: FloatArray, plan: MillPlan, cell_mm: float) -> FloatArray:
    """Return how low the tool may stand at each place without cutting any place too deep."""
    deepest_mm = -float(wanted.min())
    reach = int(plan.tool.radius_mm(deepest_mm) / cell_mm)
    rows, columns = wanted.shape
    around = np.pad(wanted, reach)
    reached = np.full_like(wanted, -deepest_mm)
    for up in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            away_mm = float(np.hypot(up, right)) * cell_mm
            rise_mm = plan.tool.depth_mm(away_mm) if plan.tool.pointed else 0.0
            if away_mm <= plan.tool.radius_mm(deepest_mm) and rise_mm <= deepest_mm:
                window = around[reach + up : reach + up + rows, reach + right : reach + right + columns]
                np.maximum(reached, window - rise_mm, out=reached)
    return reached


def _rows(reached: FloatArray, cell_mm: float, every: int) -> Iterator[ToolPath]:
    """Yield the stretches of every so many rows in which the tool cuts."""
    for row in range(every // 2, reached.shape[0], every):
        heights = reached[row]
        cutting = heights < -_SHALLOWEST_MM
        edges = np.flatnonzero(np.diff(cutting.astype(np.int8), prepend=0, append=0))
        for first, last in edges.reshape(-1, 2).tolist():
            columns = np.arange(first, last)
            points = np.column_stack([columns, np.full(len(columns), row), heights[first:last]])
            points[:, :2] = (points[:, :2] + 0.5) * cell_mm + MARGIN_MM
            kept = points[needed(points)] if len(points) > 1 else np.vstack([points, points])
            # A dot one cell wide is a dip of the tool: a way of a hundredth of a millimetre.
            kept[-1, 0] += 0.01 if len(points) == 1 else 0.0
            line = LineString(kept[:, :2])
            yield ToolPath(line, False, Role.ENGRAVE, ENGRAVE_RANK, tuple(kept[:, 2].tolist()))  # noqa: FBT003 - an open line


def _minutes(paths: list[ToolPath], plan: MillPlan) -> float:
    """Return roughly how long the ways take, all passes and plunges counted."""
    total = 0.0
    for path in paths:
        depth_mm = -min(path.heights_mm)
        passes = np.ceil(depth_mm / plan.pass_mm)
        total += passes * (path.line.length / plan.feed_mm_min + (depth_mm + 2.0) / plan.plunge_mm_min)
    return float(total)


def _preview(paths: list[ToolPath], width_mm: float, height_mm: float) -> Drawing:
    outlines = tuple(
        Outline(
            tuple((round(x, 2), round(y, 2)) for x, y in (path.line.coords[0], path.line.coords[-1])),
            closed=False,
            role=Role.ENGRAVE,
            shape=number,
        )
        for number, path in enumerate(paths)
    )
    return Drawing(outlines, width_mm, height_mm)
