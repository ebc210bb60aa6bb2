"""Solids built of flat areas, and their triangles."""

from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import Manifold, triangulate
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.designs.area import FINE_MM, tidy
from jobs.intake.mesh import Mesh

OVERLAP_MM: Final = 0.5
"""How deep one slab stands in the next, so that no two faces lie in one plane."""
_CLEAR_MM: Final = 0.1


def slab(area: Area, low_mm: float, high_mm: float) -> Manifold:
    """An area raised from one height to another."""
    return tidy(area).extrude(high_mm - low_mm).translate((0, 0, low_mm))


def as_mesh(solid: Manifold) -> Mesh:
    """Take the triangles of a solid, near corners joined so that float32 keeps it closed."""
    made = solid.simplify(FINE_MM).to_mesh()
    corners: NDArray[np.float32] = np.asarray(made.vert_properties, dtype=np.float32)[:, :3]
    return Mesh(np.ascontiguousarray(corners[np.asarray(made.tri_verts, dtype=np.int64)]))


def embossed(base: Area, shown: Area, thick_mm: float, step_mm: float) -> Mesh:
    """A plate on which an area stands higher by a step, or lies lower by a negative one.

    The two levels share their corners, which spares the union of two solids: three quarters of the time.
    """
    plate, motif = tidy(base), tidy(shown)
    if not (motif - plate.offset(-_CLEAR_MM)).is_empty():
        return _united(base, shown, thick_mm, step_mm)
    outer, inner = plate.to_polygons(), motif.to_polygons()
    above_mm = thick_mm + step_mm
    triangles = [
        _face(outer, 0.0)[:, ::-1],
        _face([*outer, *(ring[::-1] for ring in inner)], thick_mm),
        _face(inner, above_mm),
        *(_wall(ring, 0.0, thick_mm) for ring in outer),
        *(_wall(ring, thick_mm, above_mm) for ring in inner),
    ]
    return Mesh(np.ascontiguousarray(np.concatenate(triangles), dtype=np.float32))


def _united(base: Area, shown: Area, thick_mm: float, step_mm: float) -> Mesh:
    """The same where the motif reaches the border of its plate."""
    plate = slab(base, 0, thick_mm)
    if step_mm > 0:
        return as_mesh(plate + slab(shown, thick_mm - OVERLAP_MM, thick_mm + step_mm))
    return as_mesh(plate - slab(shown, thick_mm + step_mm, thick_mm + 1))


def _face(rings: list[FloatArray], z_mm: float) -> FloatArray:
    """The triangles of a flat face that looks up, shape (n, 3, 3)."""
    corners = np.concatenate(rings)
    corners = np.column_stack((corners, np.full(len(corners), z_mm)))
    face: FloatArray = corners[np.asarray(triangulate(rings), dtype=np.int64)]
    return face


def _wall(ring: FloatArray, low_mm: float, high_mm: float) -> FloatArray:
    """The triangles of a wall that looks to the right of its ring, shape (n, 3, 3)."""
    low = np.column_stack((ring, np.full(len(ring), low_mm)))
    high = np.column_stack((ring, np.full(len(ring), high_mm)))
    next_low, next_high = np.roll(low, -1, axis=0), np.roll(high, -1, axis=0)
    first = np.stack((low, next_low, next_high), axis=1)
    second = np.stack((low, next_high, high), axis=1)
    wall: FloatArray = np.concatenate((first, second))
    return wall
