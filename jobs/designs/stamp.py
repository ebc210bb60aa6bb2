"""A stamp: words, a drawing or both in mirrored relief on a handle that prints without supports."""

from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import Manifold

from jobs.arrays import FloatArray
from jobs.designs.area import centred, rounded, size, thick_enough
from jobs.designs.brought import Brought
from jobs.designs.letters import Letters
from jobs.designs.settings import Values, number, text
from jobs.designs.solid import OVERLAP_MM, as_mesh, slab
from jobs.designs.strokes import ink, strokes_of
from jobs.designs.writing import Room, written
from jobs.errors import Sentence
from jobs.intake.mesh import Mesh

RELIEF_MM: Final = 2.0
MARGIN_MM: Final = 2.0
GAP_MM: Final = 2.0
CORNER_MM: Final = 4.0
NARROWEST_MM: Final = 16.0
_GRIP_MM: Final = 3.5
_DIVISIONS: Final = 12
_LINES: Final = 3

PRINTED: Final = (
    text("text", Sentence("Texte", "Text"), 30, shortest=0),
    number("size_mm", Sentence("Taille", "Size"), 40.0, (20.0, 90.0)),
    number("line_mm", Sentence("Épaisseur du trait", "Width of the line"), 1.6, (0.8, 4.0), 0.2),
    number("handle_mm", Sentence("Hauteur de la poignée", "Height of the handle"), 18.0, (12.0, 30.0)),
)


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the stamp, its face upwards; what it prints reads from the left.

    Raises:
        DesignRefusedError: there is neither text nor drawing, or one of them cannot be used.
    """
    handle_mm = values.number("handle_mm")
    face = centred(_face(values, brought))
    width_mm, height_mm = (max(side + 2 * MARGIN_MM, NARROWEST_MM) for side in size(face))
    body = centred(rounded(width_mm, height_mm, CORNER_MM))
    relief = slab(face.mirror((1, 0)), handle_mm - OVERLAP_MM, handle_mm + RELIEF_MM)
    return as_mesh(_handle(body, handle_mm) + relief)


def _face(values: Values, brought: Brought) -> Area:
    """What the stamp prints, not mirrored yet: the drawing above, the words below."""
    words, size_mm = values.text("text"), values.number("size_mm")
    brought.refuse_nothing(words)
    drawn = (
        ink(strokes_of(brought.needed_drawing(), size_mm), values.number("line_mm"))
        if brought.drawing
        else Area()
    )
    if not words:
        return thick_enough(drawn)
    lines = Room(size_mm, size_mm / 3 if brought.drawing else size_mm, lines=1 if brought.drawing else _LINES)
    letters = written(Letters(), words, lines)
    if brought.drawing is None:
        return letters
    down_mm = (size(drawn)[1] + size(letters)[1]) / 2 + GAP_MM
    return drawn + letters.translate((0, -down_mm))


def _handle(body: Area, height_mm: float) -> Manifold:
    """A block with a waist to hold it by, nowhere flatter than 45°."""
    width_mm, depth_mm = size(body)
    grip_mm = min(_GRIP_MM, height_mm / 4)

    def waist(points: FloatArray) -> FloatArray:
        inset = grip_mm * (1 - np.cos(2 * np.pi * points[:, 2] / height_mm)) / 2
        shrunk: FloatArray = points.copy()
        shrunk[:, 0] *= 1 - 2 * inset / width_mm
        shrunk[:, 1] *= 1 - 2 * inset / depth_mm
        return shrunk

    return body.extrude(height_mm, _DIVISIONS).warp_batch(waist)
