"""A mesh and what can be measured of it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Triangles = NDArray[np.float32]
"""Shape (n, 3, 3): triangle, corner, axis; millimetres."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles in millimetres, every coordinate finite."""

    triangles: Triangles

    @property
    def low_mm(self) -> NDArray[np.float64]:
        """The smallest X, Y and Z."""
        low: NDArray[np.float64] = self.triangles.min(axis=(0, 1)).astype(np.float64)
        return low

    @property
    def high_mm(self) -> NDArray[np.float64]:
        """The largest X, Y and Z."""
        high: NDArray[np.float64] = self.triangles.max(axis=(0, 1)).astype(np.float64)
        return high

    @property
    def size_mm(self) -> tuple[float, float, float]:
        """Width, depth and height."""
        x, y, z = (self.high_mm - self.low_mm).tolist()
        return x, y, z

    @property
    def volume_mm3(self) -> float:
        """Volume enclosed; negative when the mesh is inside out, without meaning when it is open."""
        first, second, third = np.moveaxis(self.triangles.astype(np.float64) - self.low_mm, 1, 0)
        return float(np.einsum("ij,ij->", first, np.cross(second, third)) / 6)

    def moved(self, shift_mm: NDArray[np.float64]) -> "Mesh":
        """The same shape elsewhere."""
        return Mesh((self.triangles + shift_mm).astype(np.float32))

    def scaled(self, factor: float) -> "Mesh":
        """The same shape, larger or smaller."""
        return Mesh((self.triangles * np.float32(factor)).astype(np.float32))

    def rotated(self, matrix: NDArray[np.float64]) -> "Mesh":
        """The same shape, turned by a 3×3 matrix for column vectors."""
        return Mesh((self.triangles.astype(np.float64) @ matrix.T).astype(np.float32))

    def turned(self) -> "Mesh":
        """The same shape, turned 90° on the bed."""
        x, y, z = np.moveaxis(self.triangles, 2, 0)
        return Mesh(np.stack((-y, x, z), axis=2))


def open_edges(mesh: Mesh) -> int:
    """Count the edges that no second triangle shares: 0 for a closed mesh."""
    corners = corner_ids(mesh.triangles)
    real = (
        (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2]) & (corners[:, 2] != corners[:, 0])
    )
    kept = corners[real]
    starts = kept.ravel()
    ends = np.roll(kept, -1, axis=1).ravel()
    keys = np.minimum(starts, ends) * np.int64(2**31) + np.maximum(starts, ends)
    _, counts = np.unique(keys, return_counts=True)
    return int((counts % 2).sum())


def is_flat(mesh: Mesh) -> bool:
    """Whether a mesh has no thickness at all in one direction."""
    return min(mesh.size_mm) <= 1e-4 * max(mesh.size_mm) or math.isclose(max(mesh.size_mm), 0.0)


def corner_ids(triangles: Triangles) -> NDArray[np.int64]:
    """Number equal corners equally, shape (n, 3); corners are equal when all their bits are."""
    bits = (triangles + np.float32(0.0)).reshape(-1, 3).view(np.uint32).astype(np.uint64)
    mixed = np.zeros(len(bits), dtype=np.uint64)
    for column in range(3):
        mixed = (mixed ^ bits[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, ids = np.unique(mixed, return_inverse=True)
    return ids.reshape(-1, 3).astype(np.int64)
