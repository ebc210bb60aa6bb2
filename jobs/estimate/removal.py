"""How much material a milling program removes, painted on a grid of the stock as the program goes."""

from itertools import pairwise
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.estimate.moves import Moves

_CELL_MM: Final = 0.25
_MOST_CELLS: Final = 1600
"""Cells along the longer side: a program for a larger place gets a coarser grid, not more memory."""

_MOST_SAMPLES: Final = 500_000


def cutting(moves: Moves) -> BoolArray:
    """Say of each move whether it cuts: it is no rapid and goes below the top of the stock, Z = 0."""
    end_mm = moves.end_mm[:, 2]
    return ~moves.rapid & (np.minimum(end_mm, end_mm - moves.delta_mm[:, 2]) < 0.0)


def removed_mm3(moves: Moves, tool_mm: float) -> float:
    """Return the volume that a whole program cuts away."""
    stock = Stock(tool_mm)
    stock.cut(moves)
    return stock.removed_mm3()


class Stock:
    """Notes for each cell the deepest point the tool's centre reached; what is gone is not counted again."""

    def __init__(self, tool_mm: float) -> None:
        self._tool_mm = tool_mm
        self._cell_mm = _CELL_MM
        self._first = np.zeros(2, np.int64)
        self._deepest_mm = np.zeros((0, 0))
        self._bounds_mm = np.array([[np.inf, np.inf], [-np.inf, -np.inf]])

    def cut(self, moves: Moves) -> None:
        """Lower the cells under the moves that cut."""
        cuts = cutting(moves)
        if not cuts.any():
            return
        end_mm = moves.end_mm[cuts, :3]
        start_mm = end_mm - moves.delta_mm[cuts, :3]
        self._make_room(np.minimum(start_mm, end_mm)[:, :2], np.maximum(start_mm, end_mm)[:, :2])
        for part in self._portions(start_mm, end_mm):
            points = _samples(start_mm[part], end_mm[part], self._cell_mm)
            self._lower(self._cells(points[:, :2]), points[:, 2])

    def removed_mm3(self) -> float:
        """Return the volume gone: each cell is as low as the deepest one within the tool's radius."""
        if not self._deepest_mm.size:
            return 0.0
        spread = _spread(self._deepest_mm, self._tool_mm / 2 / self._cell_mm)
        return float(-spread.sum()) * self._cell_mm**2

    def _cells(self, points_mm: FloatArray) -> IntArray:
        return np.floor(points_mm / self._cell_mm).astype(np.int64)

    def _portions(self, start_mm: FloatArray, end_mm: FloatArray) -> list[slice]:
        """Cut a run of moves so that none has too many samples at once."""
        samples = np.cumsum(np.hypot(*(end_mm - start_mm)[:, :2].T) / self._cell_mm + 1)
        marks = np.arange(0, samples[-1] + _MOST_SAMPLES, _MOST_SAMPLES)
        edges = np.unique(np.append(np.searchsorted(samples, marks), samples.size)).tolist()
        return [slice(start, end) for start, end in pairwise(edges)]

    def _lower(self, cells: IntArray, depth_mm: FloatArray) -> None:
        own = cells - self._first
        np.minimum.at(self._deepest_mm, (own[:, 0], own[:, 1]), depth_mm)

    def _make_room(self, low_mm: FloatArray, high_mm: FloatArray) -> None:
        """Widen the grid, and make it coarser where it would get too large."""
        bounds_mm = np.stack([low_mm.min(axis=0), high_mm.max(axis=0)])
        bounds_mm = np.stack(
            [np.minimum(bounds_mm[0], self._bounds_mm[0]), np.maximum(bounds_mm[1], self._bounds_mm[1])]
        )
        if (bounds_mm == self._bounds_mm).all():
            return
        self._bounds_mm = bounds_mm
        cell_mm = self._cell_mm
        while float(np.ptp(bounds_mm, axis=0).max()) > cell_mm * _MOST_CELLS:
            cell_mm *= 2
        margin_mm = float(np.ceil(self._tool_mm / 2 / cell_mm) + 1) * cell_mm
        self._rebuild(bounds_mm[0] - margin_mm, bounds_mm[1] + margin_mm, cell_mm)

    def _rebuild(self, low_mm: FloatArray, high_mm: FloatArray, cell_mm: float) -> None:
        """Paint what is known onto another grid."""
        at = np.argwhere(self._deepest_mm < 0)
        depths = self._deepest_mm[at[:, 0], at[:, 1]]
        centres_mm = np.asarray((at + self._first + 0.5) * self._cell_mm, np.float64)
        self._cell_mm = cell_mm
        self._first = self._cells(low_mm)
        self._deepest_mm = np.zeros(tuple((self._cells(high_mm) - self._first + 1).tolist()))
        self._lower(self._cells(centres_mm), depths)


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
