"""What the sheet looks like after a program: a map of heights."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jobs.arrays import FloatArray
from jobs.cam.tools import Tool

Heights = npt.NDArray[np.int16]
"""Micrometres above the top of the stock, row by row from the lowest y."""

_FINEST_MM: Final = 0.1
_MOST_CELLS: Final = 900_000
_SAMPLES_AT_ONCE: Final = 2_000_000
_DEEPEST_MM: Final = 32.0


@dataclass(frozen=True, slots=True)
class Stock:
    """A rectangle of the sheet, whose lower left corner is at `corner_mm`."""

    heights_um: Heights
    cell_mm: float
    corner_mm: tuple[float, float]

    def height_mm(self, points_mm: FloatArray) -> FloatArray:
        """Return the height at each point, 0 outside of the rectangle."""
        cells = np.floor((points_mm - self.corner_mm) / self.cell_mm).astype(np.int64)
        rows, columns = self.heights_um.shape
        inside = (cells >= 0).all(axis=1) & (cells < (columns, rows)).all(axis=1)
        found = np.zeros(len(points_mm))
        found[inside] = self.heights_um[cells[inside, 1], cells[inside, 0]] / 1000.0
        return found


def simulate(moves_mm: FloatArray, tool: Tool, area_mm: tuple[float, float, float, float]) -> Stock:
    """Run a tool along moves (x, y, z before and after) through a sheet and return what is left of it.

    Args:
        moves_mm: The moves that reach the top of the stock, (n, 6).
        tool: The tool in the spindle.
        area_mm: The rectangle looked at: x and y of its lower left and upper right corner.
    """
    low, high = np.array(area_mm[:2]), np.array(area_mm[2:])
    cell_mm = max(_FINEST_MM, float(np.sqrt((high - low).prod() / _MOST_CELLS)))
    columns, rows = np.ceil((high - low) / cell_mm).astype(np.int64)
    deepest = np.zeros((rows, columns), np.int16)
    for part in _parts(moves_mm, cell_mm):
        points = _samples(part, cell_mm)
        cells = np.floor((points[:, :2] - low) / cell_mm).astype(np.int64)
        inside = (cells >= 0).all(axis=1) & (cells < (columns, rows)).all(axis=1)
        depth = (np.clip(points[inside, 2], -_DEEPEST_MM, 0.0) * 1000.0).round().astype(np.int16)
        np.minimum.at(deepest, (cells[inside, 1], cells[inside, 0]), depth)
    spread = _cone(deepest, tool, cell_mm) if tool.pointed else _disc(deepest, tool.diameter_mm / 2 / cell_mm)
    return Stock(spread, cell_mm, (float(low[0]), float(low[1])))


def _parts(moves_mm: FloatArray, cell_mm: float) -> list[FloatArray]:
    """Divide moves so that no part has endless samples."""
    samples = np.cumsum(np.hypot(*(moves_mm[:, 3:5] - moves_mm[:, :2]).T) / cell_mm + 1.0)
    parts = int(samples[-1] // _SAMPLES_AT_ONCE) + 1 if len(samples) else 1
    return np.array_split(moves_mm, parts)


def _samples(moves_mm: FloatArray, step_mm: float) -> FloatArray:
    """Return points along moves, no further apart than a step."""
    start, way = moves_mm[:, :3], moves_mm[:, 3:] - moves_mm[:, :3]
    count = np.maximum(np.ceil(np.hypot(*way[:, :2].T) / step_mm), 1).astype(np.int64)
    row = np.repeat(np.arange(count.size), count)
    step = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count) + 1
    points: FloatArray = start[row] + way[row] * (step / count[row])[:, None]
    return points


def _disc(deepest: Heights, radius: float) -> Heights:
    """Lower each cell to the deepest one within a radius in cells."""
    reach = int(radius)
    rows, columns = deepest.shape
    wide = np.pad(deepest, reach)
    spread = np.zeros_like(deepest)
    # Rows of the disc from the narrowest on: each window holds the one before.
    window = wide[:, reach : reach + columns].copy()
    half = 0
    for up in range(reach, -1, -1):
        for half_now in range(half + 1, int(np.sqrt(radius**2 - up**2)) + 1):
            np.minimum(window, wide[:, reach - half_now : reach - half_now + columns], out=window)
            np.minimum(window, wide[:, reach + half_now : reach + half_now + columns], out=window)
            half = half_now
        for offset in {up, -up}:
            np.minimum(spread, window[reach + offset : reach + offset + rows], out=spread)
    return spread


def _cone(deepest: Heights, tool: Tool, cell_mm: float) -> Heights:
    """Lower each cell to what a V-bit leaves there: its tip at the deepest, rising to all sides."""
    lowest_mm = -float(deepest.min(initial=0)) / 1000.0
    reach = int(np.ceil(tool.radius_mm(lowest_mm) / cell_mm))
    rows, columns = deepest.shape
    wide = np.pad(deepest, reach)
    spread = np.zeros_like(deepest)
    for up in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            rise_mm = tool.depth_mm(float(np.hypot(up, right)) * cell_mm)
            if rise_mm < lowest_mm:
                window = wide[reach + up : reach + up + rows, reach + right : reach + right + columns]
                np.minimum(spread, window + np.int16(rise_mm * 1000.0), out=spread)
    return spread
