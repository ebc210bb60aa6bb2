"""Solids built of flat slabs, and their triangles."""

from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import Manifold
from numpy.typing import NDArray

from jobs.designs.area import FINE_MM, tidy
from jobs.intake.mesh import Mesh

OVERLAP_MM: Final = 0.5
"""How deep one slab stands in the next, so that no two faces lie in one plane."""


def slab(area: Area, low_mm: float, high_mm: float) -> Manifold:
    """An area raised from one height to another."""
    return tidy(area).extrude(high_mm - low_mm).translate((0, 0, low_mm))


def as_mesh(solid: Manifold) -> Mesh:
    """Take the triangles of a solid, near corners joined so that float32 keeps it closed."""
    made = solid.simplify(FINE_MM).to_mesh()
    corners: NDArray[np.float32] = np.asarray(made.vert_properties, dtype=np.float32)[:, :3]
    return Mesh(np.ascontiguousarray(corners[np.asarray(made.tri_verts, dtype=np.int64)]))
