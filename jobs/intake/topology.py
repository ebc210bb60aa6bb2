"""How the triangles of a mesh hang together: its edges, counted by direction."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.intake.mesh import Mesh, corner_ids

Ids = NDArray[np.int64]
_SHIFT: Final = np.int64(2**31)


@dataclass(frozen=True, slots=True)
class Topology:
    """Counts of edges: open ones, ones of three triangles or more, ones whose two triangles disagree."""

    open_edges: int
    crowded_edges: int
    flipped_edges: int


def topology(mesh: Mesh) -> Topology:
    """Count what is wrong with the edges of a mesh; all zero for a closed, well-turned surface."""
    starts, ends = directed_edges(real_faces(mesh))
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    keys, first, counts = np.unique(low * _SHIFT + high, return_inverse=True, return_counts=True)
    forward = np.bincount(first, weights=(starts < ends).astype(np.float64), minlength=len(keys))
    disagree = (counts == 2) & (forward != 1)
    return Topology(int((counts % 2).sum()), int((counts > 2).sum()), int(disagree.sum()))


def real_faces(mesh: Mesh) -> Ids:
    """Corners of each triangle by number, shape (n, 3), without those that shrank to a line."""
    ids = corner_ids(mesh.triangles)
    real: Ids = ids[(ids[:, 0] != ids[:, 1]) & (ids[:, 1] != ids[:, 2]) & (ids[:, 2] != ids[:, 0])]
    return real


def directed_edges(faces: Ids) -> tuple[Ids, Ids]:
    """Start and end of the three sides of each triangle."""
    return faces.ravel(), np.roll(faces, -1, axis=1).ravel()


def lonely_edges(faces: Ids) -> tuple[Ids, Ids]:
    """The sides that no other triangle shares, in the direction of their own triangle."""
    starts, ends = directed_edges(faces)
    keys = np.minimum(starts, ends) * _SHIFT + np.maximum(starts, ends)
    _, first, counts = np.unique(keys, return_index=True, return_counts=True)
    lonely = first[counts == 1]
    return starts[lonely], ends[lonely]
