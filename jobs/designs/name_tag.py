"""A name tag made on the bike: a rounded plate with a ring hole and raised letters."""

from dataclasses import dataclass
from typing import Final

import manifold3d
import numpy as np
from numpy.typing import NDArray

from jobs.designs.letters import Letters
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh
from jobs.types import Parameter

LONGEST_TEXT: Final = 16
SMALLEST_MM: Final = 40.0
LARGEST_MM: Final = 150.0
PLATE_MM: Final = 2.0
RELIEF_MM: Final = 1.0
MARGIN_MM: Final = 3.0
HOLE_MM: Final = 4.0
SHORTEST_LETTER_MM: Final = 6.0
TALLEST_LETTER_MM: Final = 20.0
STROKE_MM: Final = 0.8
"""Two nozzle widths: thinner strokes do not print."""
SIMPLIFY_MM: Final = 0.01


@dataclass(frozen=True, slots=True)
class NameTag:
    """The text, trimmed, and the width asked for in millimetres."""

    text: str
    width_mm: float = 70.0


def read_parameters(parameters: dict[str, Parameter]) -> NameTag:
    """Take `text` (1 to 16 characters) and `width_mm` (40 to 150).

    Raises:
        DesignRefusedError: a parameter is missing, unknown or out of bounds.
    """
    text, width_mm = parameters.get("text", ""), parameters.get("width_mm", 70.0)
    if parameters.keys() - {"text", "width_mm"} or not isinstance(text, str):
        raise DesignRefusedError("parameters", Sentence("Un réglage est inconnu.", "A setting is unknown."))
    trimmed = " ".join(text.split())
    if not 1 <= len(trimmed) <= LONGEST_TEXT:
        raise DesignRefusedError(
            "text-length",
            Sentence(f"Écris de 1 à {LONGEST_TEXT} lettres.", f"Write 1 to {LONGEST_TEXT} letters."),
        )
    if isinstance(width_mm, str | bool) or not SMALLEST_MM <= width_mm <= LARGEST_MM:
        raise DesignRefusedError(
            "width",
            Sentence(
                f"La largeur va de {SMALLEST_MM:.0f} à {LARGEST_MM:.0f} mm.",
                f"The width goes from {SMALLEST_MM:.0f} to {LARGEST_MM:.0f} mm.",
            ),
        )
    return NameTag(trimmed, float(width_mm))


def name_tag(tag: NameTag) -> Mesh:
    """Make the tag: one closed part, standing at z = 0.

    Raises:
        DesignRefusedError: the font lacks a character of the text, which is named.
    """
    letters = _fitted(Letters().outline(tag.text), tag.width_mm)
    x_low, y_low, x_high, y_high = letters.bounds()
    height_mm = y_high - y_low + 2 * MARGIN_MM
    height_mm = max(height_mm, HOLE_MM + 2 * MARGIN_MM)
    eye_mm = HOLE_MM + 2 * MARGIN_MM
    width_mm = eye_mm + x_high - x_low + MARGIN_MM
    middle = height_mm / 2
    letters = letters.translate((eye_mm - x_low, middle - (y_low + y_high) / 2))
    plate = _rounded(width_mm, height_mm) - _circle(HOLE_MM / 2).translate((MARGIN_MM + HOLE_MM / 2, middle))
    relief = letters.simplify(SIMPLIFY_MM).extrude(RELIEF_MM + PLATE_MM / 2).translate((0, 0, PLATE_MM / 2))
    return _as_mesh(plate.simplify(SIMPLIFY_MM).extrude(PLATE_MM) + relief)


def _fitted(outline: manifold3d.CrossSection, width_mm: float) -> manifold3d.CrossSection:
    """Scale letters to the room beside the eye, within the heights that can be read and printed."""
    if outline.is_empty():
        raise DesignRefusedError(
            "text-length", Sentence("Écris au moins une lettre.", "Write at least one letter.")
        )
    x_low, y_low, x_high, y_high = outline.bounds()
    room_mm = width_mm - HOLE_MM - 3 * MARGIN_MM
    scale = min(room_mm / (x_high - x_low), TALLEST_LETTER_MM / (y_high - y_low))
    fitted = outline.scale((scale, scale))
    thin = fitted.offset(-STROKE_MM / 2).area() < 0.2 * fitted.area()
    if thin or scale * (y_high - y_low) < SHORTEST_LETTER_MM / 3:
        raise DesignRefusedError(
            "too-small",
            Sentence(
                "Les lettres seraient trop fines : choisis un texte plus court ou une plaque plus large.",
                "The letters would be too thin: choose a shorter text or a wider plate.",
            ),
        )
    return fitted


def _circle(radius_mm: float) -> manifold3d.CrossSection:
    return manifold3d.CrossSection.circle(radius_mm, 48)


def _rounded(width_mm: float, height_mm: float) -> manifold3d.CrossSection:
    """A rectangle from the origin with round corners."""
    radius = min(4.0, height_mm / 3)
    inner = manifold3d.CrossSection.square((width_mm - 2 * radius, height_mm - 2 * radius))
    return inner.translate((radius, radius)).offset(radius, manifold3d.JoinType.Round, 2.0, 48)


def _as_mesh(solid: manifold3d.Manifold) -> Mesh:
    """Take the triangles of a solid, near corners joined so that float32 keeps it closed."""
    made = solid.simplify(SIMPLIFY_MM).to_mesh()
    corners: NDArray[np.float32] = np.asarray(made.vert_properties, dtype=np.float32)[:, :3]
    return Mesh(np.ascontiguousarray(corners[np.asarray(made.tri_verts, dtype=np.int64)]))
