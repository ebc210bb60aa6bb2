"""On which side a shape should stand: flat, low and with little hanging in the air."""

from dataclasses import dataclass
from typing import Final

import manifold3d
import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.errors import Sentence
from jobs.intake.choices import Orientation
from jobs.intake.mesh import Mesh

BED: Final = 0.999
"""A face that looks down as much as this lies on the bed, if it is at the bottom."""
HANGS: Final = 0.766
"""A face flatter than 40° from level cannot be printed over air; so says support_material_threshold."""
BOTTOM_MM: Final = 0.05
FIRST_LAYER_MM: Final = 0.3
SIDES_TRIED: Final = 8
HEIGHT_WORTH: Final = 30.0
CONTACT_WORTH: Final = 0.5
CONTACT_ENOUGH_MM2: Final = 1000.0
WOBBLY_MM2: Final = 20.0
WOBBLE: Final = 500.0
SUPPORT_WORTH: Final = 0.2
LAID: Final = Sentence(
    "La forme est posée sur un autre côté : elle tient mieux.",
    "The shape stands on another side: it stands better.",
    "laid-down",
)
CLEARLY_BETTER: Final = 300.0
"""How much less trouble another side must be before a shape is turned from how it was drawn."""


@dataclass(frozen=True, slots=True)
class Resting:
    """What standing on one side means: area on the bed, area over air, room under it, height."""

    contact_mm2: float
    overhang_mm2: float
    support_mm3: float
    height_mm: float

    @property
    def trouble(self) -> float:
        """The lower the better."""
        contact = min(self.contact_mm2, CONTACT_ENOUGH_MM2)
        wobble = WOBBLE if self.contact_mm2 < WOBBLY_MM2 else 0.0
        return (
            wobble
            + SUPPORT_WORTH * self.support_mm3
            + HEIGHT_WORTH * self.height_mm
            - CONTACT_WORTH * contact
        )


class Faces:
    """The triangles of a mesh as seen from any side; computed once for many sides."""

    def __init__(self, mesh: Mesh) -> None:
        self._corners = mesh.triangles.astype(np.float64)
        cross = np.cross(self._corners[:, 1] - self._corners[:, 0], self._corners[:, 2] - self._corners[:, 0])
        self._areas: FloatArray = np.linalg.norm(cross, axis=1) / 2
        self._normals = cross / np.where(self._areas > 0, 2 * self._areas, 1)[:, None]

    def resting(self, down: FloatArray) -> Resting:
        """Measure what it means that `down`, of length 1, becomes the side that lies on the bed."""
        heights = -(self._corners @ down)
        heights -= heights.min()
        facing = self._normals @ down
        lowest, highest = heights.min(axis=1), heights.max(axis=1)
        bottom: BoolArray = (facing > BED) & (highest < BOTTOM_MM)
        hangs: BoolArray = (facing > HANGS) & (lowest > FIRST_LAYER_MM)
        over_air = self._areas[hangs] * facing[hangs]
        return Resting(
            float(self._areas[bottom].sum()),
            float(over_air.sum()),
            float((over_air * heights[hangs].mean(axis=1)).sum()),
            float(highest.max()),
        )


DOWN: Final = np.array([0.0, 0.0, -1.0])
_SIDES: Final = {
    Orientation.UPSIDE_DOWN: np.array([0.0, 0.0, 1.0]),
    Orientation.ON_SIDE: np.array([1.0, 0.0, 0.0]),
    Orientation.ON_BACK: np.array([0.0, 1.0, 0.0]),
}


def oriented(mesh: Mesh, orientation: Orientation) -> Mesh:
    """Stand a shape as asked for; AUTO keeps it as drawn unless another side is clearly better."""
    match orientation:
        case Orientation.AS_IS:
            return mesh
        case Orientation.TURNED:
            return mesh.turned()
        case Orientation.AUTO:
            return _best(mesh)
        case _:
            return _laid(mesh, _SIDES[orientation])


def resting(mesh: Mesh) -> Resting:
    """Measure a shape as it stands."""
    return Faces(mesh).resting(DOWN)


def _best(mesh: Mesh) -> Mesh:
    """Stand a shape on the side with the least trouble."""
    faces = Faces(mesh)
    sides = _resting_sides(mesh)
    if not sides:
        return mesh
    best = min(sides, key=lambda side: faces.resting(side).trouble)
    gain = faces.resting(DOWN).trouble - faces.resting(best).trouble
    return _laid(mesh, best) if gain > CLEARLY_BETTER else mesh


def _resting_sides(mesh: Mesh) -> list[FloatArray]:
    """The largest flat sides of the shape's hull on which it does not topple."""
    hull = manifold3d.Manifold.hull_points(mesh.triangles.reshape(-1, 3)).to_mesh()
    corners = np.asarray(hull.vert_properties, dtype=np.float64)[np.asarray(hull.tri_verts, dtype=np.int64)]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas: FloatArray = np.linalg.norm(cross, axis=1)
    normals = cross / np.where(areas > 0, areas, 1)[:, None]
    _, first, group = np.unique(normals.round(2), axis=0, return_index=True, return_inverse=True)
    sizes = np.bincount(group.ravel(), weights=areas)
    largest = np.argsort(sizes)[::-1][:SIDES_TRIED]
    centre = corners.mean(axis=(0, 1))
    return [
        normals[first[side]]
        for side in largest
        if _stands(corners[group.ravel() == side], normals[first[side]], centre)
    ]


def _stands(side: FloatArray, normal: FloatArray, centre: FloatArray) -> bool:
    """Whether the middle of a shape lies over one of the triangles of its side."""
    along = np.roll(side, -1, axis=1) - side
    turns = np.einsum("tcx,x->tc", np.cross(along, centre - side), normal)
    return bool((turns >= -1e-9).all(axis=1).any())


def _laid(mesh: Mesh, down: FloatArray) -> Mesh:
    """Turn a shape by the shortest way so that `down` looks at the bed."""
    axis, cosine = np.cross(down, DOWN), float(down @ DOWN)
    if cosine < -1 + 1e-9:
        return mesh.rotated(np.diag([1.0, -1.0, -1.0]))
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return mesh.rotated(np.eye(3) + skew + skew @ skew / (1 + cosine))
