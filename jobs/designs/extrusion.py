"""A drawing made solid, so that a printer can make what was drawn for the mill."""

from typing import Final

import manifold3d
import numpy as np

from jobs.cam.drawing import Drawing
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh

HEIGHT_MM: Final = 3.0
SIMPLIFY_MM: Final = 0.01


def extruded(drawing: Drawing) -> Mesh:
    """Raise the closed lines of a drawing; a line inside another one is a hole.

    Raises:
        DesignRefusedError: no line is closed.
    """
    rings = [np.array(outline.points_mm) for outline in drawing.outlines if outline.closed]
    area = manifold3d.CrossSection(rings, manifold3d.FillRule.EvenOdd).simplify(SIMPLIFY_MM)
    if area.is_empty():
        raise DesignRefusedError(
            "no-closed-line",
            Sentence(
                "Ce dessin n'a aucune ligne fermée : l'imprimante ne peut pas lui donner d'épaisseur.",
                "This drawing has no closed line: the printer cannot give it a thickness.",
            ),
        )
    made = area.extrude(HEIGHT_MM).to_mesh()
    corners = np.asarray(made.vert_properties, dtype=np.float32)[:, :3]
    return Mesh(np.ascontiguousarray(corners[np.asarray(made.tri_verts, dtype=np.int64)]))
