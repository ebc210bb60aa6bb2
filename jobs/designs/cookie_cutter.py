"""A cookie cutter: a thin wall along a closed line, and a flange to press on."""

from typing import Final

from manifold3d import CrossSection as Area

from jobs.designs import forms
from jobs.designs.area import STROKE_MM, filled, grown
from jobs.designs.brought import Brought
from jobs.designs.settings import Option, Values, choice, number
from jobs.designs.solid import OVERLAP_MM, as_mesh, slab
from jobs.designs.strokes import inside, strokes_of
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh

FLANGE_MM: Final = 5.0
FLANGE_HIGH_MM: Final = 2.4
EDGE_HIGH_MM: Final = 2.0
_DOUGH_MM: Final = 4.0
"""Dough tears in parts that are narrower, so they are rounded away."""
_BAY_MM: Final = 2.0
_LOST: Final = 0.15

PRINTED: Final = (
    choice(
        "form",
        Sentence("Forme", "Shape"),
        Option("drawing", Sentence("mon dessin", "my drawing")),
        *forms.OPTIONS,
    ),
    number("size_mm", Sentence("Taille", "Size"), 80.0, (40.0, 160.0)),
    number("height_mm", Sentence("Hauteur", "Height"), 14.0, (10.0, 24.0)),
    number("wall_mm", Sentence("Épaisseur de la paroi", "Thickness of the wall"), 1.2, (0.8, 2.4), 0.4),
)


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the cutter, standing on its flange: the edge that cuts is on top.

    Raises:
        DesignRefusedError: there is no closed line, or it is in several pieces.
    """
    cookie = _cookie(values, brought)
    high_mm, wall_mm = values.number("height_mm"), values.number("wall_mm")
    flange = slab(grown(cookie, FLANGE_MM), 0, FLANGE_HIGH_MM)
    wall = slab(grown(cookie, wall_mm), OVERLAP_MM, high_mm - EDGE_HIGH_MM)
    if wall_mm > STROKE_MM:
        wall += slab(grown(cookie, STROKE_MM), 2 * OVERLAP_MM, high_mm)
    else:
        wall = slab(grown(cookie, wall_mm), OVERLAP_MM, high_mm)
    return as_mesh(flange + wall - slab(cookie, -1, high_mm + 1))


def _cookie(values: Values, brought: Brought) -> Area:
    """The area of the cookie, rounded where dough would tear or stick."""
    name, size_mm = values.text("form"), values.number("size_mm")
    if name != "drawing":
        area = forms.form(name, size_mm)
    else:
        area = filled(inside(strokes_of(brought.needed_drawing(), size_mm)))
    open_mm = _DOUGH_MM / 2
    smooth = filled(grown(grown(grown(area, -open_mm), open_mm + _BAY_MM), -_BAY_MM))
    parts = sorted(smooth.decompose(), key=lambda part: -part.area())
    if not parts or parts[0].area() < (1 - _LOST) * area.area():
        raise DesignRefusedError(
            "several-parts",
            Sentence(
                "Dessine le bord d'un seul biscuit, assez large partout.",
                "Draw the edge of one cookie only, wide enough everywhere.",
            ),
        )
    return parts[0]
