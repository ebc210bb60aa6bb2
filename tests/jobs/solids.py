"""Solids whose measures are known, for tests about standing, walls and mending."""

import manifold3d
import numpy as np

from jobs.intake.mesh import Mesh

Solid = manifold3d.Manifold


def block(x_mm: float, y_mm: float, z_mm: float, at: tuple[float, float, float] = (0, 0, 0)) -> Solid:
    """A box with its first corner at a place."""
    return manifold3d.Manifold.cube((x_mm, y_mm, z_mm)).translate(at)


def round_bar(height_mm: float, low_mm: float, high_mm: float | None = None) -> Solid:
    """A cylinder, or a cone with another radius at the top."""
    return manifold3d.Manifold.cylinder(height_mm, low_mm, low_mm if high_mm is None else high_mm, 96)


def ball(radius_mm: float) -> Solid:
    """A sphere of 64 segments."""
    return manifold3d.Manifold.sphere(radius_mm, 64)


def roof() -> Solid:
    """A prism of 50 mm with a ridge."""
    corners = [[0, 0, 0], [50, 0, 0], [0, 20, 0], [50, 20, 0], [0, 10, 12], [50, 10, 12]]
    return manifold3d.Manifold.hull_points(np.array(corners, dtype=float))


def meshes_of(solids: dict[str, Solid]) -> dict[str, Mesh]:
    """The triangles of several solids by name."""
    return {name: mesh(solid) for name, solid in solids.items()}


def mesh(solid: Solid) -> Mesh:
    """The triangles of a solid."""
    made = solid.to_mesh()
    corners = np.asarray(made.vert_properties, dtype=np.float32)[:, :3]
    return Mesh(np.ascontiguousarray(corners[np.asarray(made.tri_verts, dtype=np.int64)]))
