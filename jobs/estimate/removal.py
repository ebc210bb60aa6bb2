"""How much material a milling program removes, painted on a grid of the stock."""

from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.estimate.moves import Moves

_CELL_MM: Final = 0.25
_MOST_CELLS: Final = 1600
"""Cells along the longer side: a program for a larger place gets a coarser grid, not more memory."""


def cutting(moves: Moves) -> BoolArray:
    """Say of each move whether it cuts: it is no rapid and goes below the top of the stock, Z = 0."""
    lowest_mm = np.minimum(moves.end_mm[:, 2], moves.start_mm[:, 2])
    return ~moves.rapid & (lowest_mm < 0.0)


def removed_mm3(moves: Moves, tool_mm: float) -> float:
    """Return the volume cut away; material already gone is not counted again.

    The deepest point the tool's centre reaches is noted for each cell, then spread over the tool's disc.
    """
    cuts = cutting(moves)
    if not cuts.any():
        return 0.0
    start_mm, end_mm = moves.start_mm[cuts, :3], moves.end_mm[cuts, :3]
    corner_mm = np.minimum(start_mm, end_mm)[:, :2].min(axis=0)
    extent_mm = np.maximum(start_mm, end_mm)[:, :2].max(axis=0) - corner_mm
    cell_mm = max(_CELL_MM, float(extent_mm.max()) / _MOST_CELLS)
    points = _samples(start_mm, end_mm, cell_mm)
    margin = int(np.ceil(tool_mm / 2 / cell_mm)) + 1
    cells = np.floor((points[:, :2] - corner_mm) / cell_mm).astype(np.int64) + margin
    deepest = np.zeros(cells.max(axis=0) + 1 + margin)
    np.minimum.at(deepest, (cells[:, 0], cells[:, 1]), points[:, 2])
    return float(-_spread(deepest, tool_mm / 2 / cell_mm).sum()) * cell_mm**2


def _samples(start_mm: FloatArray, end_mm: FloatArray, step_mm: float) -> FloatArray:
    """Return points along the cuts, no further apart than a step."""
    length_mm = np.hypot(*(end_mm - start_mm)[:, :2].T)
    count = np.maximum(np.ceil(length_mm / step_mm), 1).astype(np.int64)
    row = np.repeat(np.arange(count.size), count)
    step = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count) + 1
    points: FloatArray = start_mm[row] + (end_mm - start_mm)[row] * (step / count[row])[:, None]
    return points


def _spread(deepest: FloatArray, radius_cells: float) -> FloatArray:
    """Lower each cell to the deepest one within the tool's radius."""
    spread = deepest.copy()
    reach = int(radius_cells)
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            if np.hypot(row, column) <= radius_cells:
                spread = np.minimum(spread, np.roll(deepest, (row, column), axis=(0, 1)))
    return spread
