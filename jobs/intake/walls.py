"""How thick the walls of a mesh are: parallel lines are sent through it, level and from four sides.

What counts is the width of a wall in a layer, so every line is level. A wall's normal is at most 22.5° from
one of the four directions; the length inside is taken across the wall.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.intake.mesh import Mesh

STEEP: Final = 0.6
"""How much of a normal may point up: roofs and tips end thin without being walls."""
ALONG: Final = 0.9
TRIES_LIMIT: Final = 2_000_000
"""Lines times triangles looked at in one direction; the grid is coarser where it would be more."""
FINEST_MM: Final = 0.25
THIN_AREA_MM2: Final = 3.0
"""Less wall than this is a corner or a tip."""


@dataclass(frozen=True, slots=True)
class _Hits:
    """Where lines meet triangles: line number, place along it, the normal's share along and up."""

    line: IntArray
    x_mm: FloatArray
    along: FloatArray
    up: FloatArray


def thinnest_mm(mesh: Mesh, limit_mm: float) -> float | None:
    """How thin the thinnest walls under a limit are, None when all are thicker; their area must matter."""
    widths: list[FloatArray] = []
    areas: list[FloatArray] = []
    for turn in np.radians([0.0, 45.0, 90.0, 135.0]):
        hits, cell_mm2 = _shoot(_turned(mesh, float(turn)))
        found = _widths(hits)
        thin = found[found < limit_mm]
        widths.append(thin)
        areas.append(np.full(len(thin), cell_mm2))
    width, area = np.concatenate(widths), np.concatenate(areas)
    order = np.argsort(width)
    reached = np.flatnonzero(np.cumsum(area[order]) >= THIN_AREA_MM2)
    return float(width[order][reached[0]]) if len(reached) else None


def _turned(mesh: Mesh, turn: float) -> FloatArray:
    """Corners turned about the vertical, so that every line runs along X."""
    x, y, z = np.moveaxis(mesh.triangles.astype(np.float64), 2, 0)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack((x * cos + y * sin, y * cos - x * sin, z), axis=2)


def _shoot(corners: FloatArray) -> tuple[_Hits, float]:
    """Meet all lines with all triangles; returns the hits and the area that each line stands for."""
    flat = corners[:, :, 1:] - corners[:, :, 1:].min(axis=(0, 1))
    pitch_mm, first, counts = _grid(flat)
    cells = counts[:, 0] * counts[:, 1]
    which = np.repeat(np.arange(len(cells)), cells)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(cells) - cells, cells)
    column = first[which, 0] + nth // np.maximum(counts[which, 1], 1)
    row = first[which, 1] + nth % np.maximum(counts[which, 1], 1)
    points = (np.stack((column, row), axis=1) + _OFFSET) * pitch_mm
    inside, x_mm = _meet(flat[which], corners[which, :, 0], points)
    normals = _normals(corners)[which[inside]]
    level = np.maximum(np.hypot(normals[:, 0], normals[:, 1]), 1e-12)
    line = column[inside] * np.int64(2**31) + row[inside]
    return _Hits(line, x_mm[inside], normals[:, 0] / level, normals[:, 2]), pitch_mm**2


_OFFSET: Final = np.array([0.5037, 0.4971])
"""Off the middle, so that no line runs along the edges of what people draw on a round grid."""


def _grid(flat: FloatArray) -> tuple[float, IntArray, IntArray]:
    """A pitch for which the boxes of all triangles hold few enough lines; their first line and how many."""
    low, high = flat.min(axis=1), flat.max(axis=1)
    pitch_mm = max(FINEST_MM, float(high.max()) / 400)
    while True:
        first = np.ceil(low / pitch_mm - _OFFSET).astype(np.int64)
        counts = np.maximum(np.floor(high / pitch_mm - _OFFSET).astype(np.int64) - first + 1, 0)
        if int((counts[:, 0] * counts[:, 1]).sum()) <= TRIES_LIMIT:
            return pitch_mm, first, counts
        pitch_mm *= 1.4


def _meet(flat: FloatArray, x_mm: FloatArray, points: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Whether each point lies in its triangle, seen along X, and where along X the triangle is there."""
    side, other = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    span = points - flat[:, 0]
    double = side[:, 0] * other[:, 1] - side[:, 1] * other[:, 0]
    safe = np.where(double == 0, 1.0, double)
    second = (span[:, 0] * other[:, 1] - span[:, 1] * other[:, 0]) / safe
    third = (side[:, 0] * span[:, 1] - side[:, 1] * span[:, 0]) / safe
    inside: BoolArray = (double != 0) & (second >= 0) & (third >= 0) & (second + third <= 1)
    at = x_mm[:, 0] + second * (x_mm[:, 1] - x_mm[:, 0]) + third * (x_mm[:, 2] - x_mm[:, 0])
    return inside, at


def _normals(corners: FloatArray) -> NDArray[np.float64]:
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths: FloatArray = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: NDArray[np.float64] = normals / np.where(lengths > 0, lengths, 1)
    return unit


def _widths(hits: _Hits) -> FloatArray:
    """The widths of walls: from each way in to the next way out of one line, where both faces look at it."""
    order = np.lexsort((hits.x_mm, hits.line))
    line, x_mm, along, up = (part[order] for part in (hits.line, hits.x_mm, hits.along, hits.up))
    wall = (line[1:] == line[:-1]) & (along[:-1] < -ALONG) & (along[1:] > ALONG)
    wall &= (np.abs(up[:-1]) < STEEP) & (np.abs(up[1:]) < STEEP)
    widths: FloatArray = ((x_mm[1:] - x_mm[:-1]) * (along[1:] - along[:-1]) / 2)[wall]
    return widths[widths > 1e-4]
