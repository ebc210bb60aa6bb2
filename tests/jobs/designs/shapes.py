"""What every test of a shape looks at: is it whole, and where is there plastic at a height?"""

import numpy as np
from numpy.typing import NDArray

from jobs.intake.mesh import Mesh
from jobs.intake.placing import place
from jobs.machines import I3

Grid = NDArray[np.bool_]


def parts(mesh: Mesh) -> int:
    """Check that every edge is shared by exactly two triangles, turned against each other; count the parts.

    Corners are compared by their float32 bits, as a slicer reads them.
    """
    corners = mesh.triangles.reshape(-1, 3)
    _, ids = np.unique(corners, axis=0, return_inverse=True)
    faces = ids.reshape(-1, 3)
    assert (faces != np.roll(faces, 1, axis=1)).all(), "a triangle without area"
    count = int(ids.max()) + 1
    starts, ends = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    there, back = np.sort(starts * count + ends), np.sort(ends * count + starts)
    assert (np.diff(there) > 0).all(), "an edge with more than two triangles"
    assert (there == back).all(), "an edge with one triangle"
    return _components(faces, count)


def _components(faces: NDArray[np.int64], count: int) -> int:
    """How many sets of corners hang together."""
    group = np.arange(count)
    while True:
        least = group[faces].min(axis=1)
        fresh = group.copy()
        np.minimum.at(fresh, faces.ravel(), np.repeat(least, 3))
        fresh = fresh[fresh]
        if (fresh == group).all():
            return len(np.unique(group))
        group = fresh


def is_sound(mesh: Mesh) -> None:
    """Assert one closed part, right side out, standing at z = 0, that fits the printer."""
    assert parts(mesh) == 1
    assert mesh.volume_mm3 > 0
    assert mesh.low_mm[2] == 0
    place(mesh, I3.bed_mm)


def raster(mesh: Mesh, z_mm: float, step_mm: float = 0.25) -> Grid:
    """Where there is plastic at a height, a cell each step; row 0 is the lowest."""
    low, high = mesh.low_mm, mesh.high_mm
    xs = np.arange(low[0] + step_mm / 2, high[0], step_mm)
    ys = np.arange(low[1] + step_mm / 2, high[1], step_mm) + 1.7e-5
    starts, ends = _slice(mesh, z_mm)
    grid = np.zeros((len(ys), len(xs)), dtype=np.bool_)
    for row, y in enumerate(ys):
        over = (starts[:, 1] > y) != (ends[:, 1] > y)
        first, second = starts[over], ends[over]
        at = first[:, 0] + (y - first[:, 1]) * (second - first)[:, 0] / (second - first)[:, 1]
        grid[row] = (at[:, None] < xs).sum(axis=0) % 2 == 1
    return grid


def _slice(mesh: Mesh, z_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both ends of the line in which each triangle meets a height."""
    triangles = mesh.triangles.astype(np.float64)
    crossed = triangles[(triangles[:, :, 2] > z_mm).any(axis=1) & (triangles[:, :, 2] <= z_mm).any(axis=1)]
    ends = []
    for triangle in crossed:
        found = []
        for one, other in zip(triangle, np.roll(triangle, -1, axis=0), strict=True):
            if (one[2] > z_mm) != (other[2] > z_mm):
                found.append(one + (z_mm - one[2]) / (other[2] - one[2]) * (other - one))
        ends.append(found)
    both = np.array(ends).reshape(-1, 2, 3)
    return both[:, 0, :2], both[:, 1, :2]


def holes(plastic: Grid) -> int:
    """How many separate patches of air lie inside the plastic."""
    air = np.pad(~plastic, 1, constant_values=True)
    label = np.where(air, np.arange(air.size).reshape(air.shape) + 1, 0)
    while True:
        fresh = label.copy()
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            fresh = np.where(air, np.maximum(fresh, np.roll(fresh, step, axis)), 0)
        if (fresh == label).all():
            return len(np.unique(label[air])) - 1
        label = fresh
