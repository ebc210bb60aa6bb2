"""A plant label: a sign with words on a stake that goes into the ground."""

from typing import Final

import numpy as np
from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs import pen
from jobs.designs.area import bar, centred, grown, rounded, size
from jobs.designs.letters import Letters
from jobs.designs.settings import Option, Values, choice, number, text
from jobs.designs.sheet import around, on_sheet, stroked
from jobs.designs.solid import embossed
from jobs.designs.strokes import Stroke, ink
from jobs.designs.writing import Room, written
from jobs.errors import Sentence
from jobs.intake.mesh import Mesh

MARGIN_MM: Final = 3.5
RELIEF_MM: Final = 0.8
STAKE_MM: Final = 10.0
TIP_MM: Final = 22.0
FILLET_MM: Final = 3.0
TALLEST_MM: Final = 16.0
TALLEST_MILLED_MM: Final = 30.0
_LINES: Final = 2
_QUARTER_TURN: Final = np.array([[0.0, 1.0], [-1.0, 0.0]])

_TEXT = text("text", Sentence("Nom de la plante", "Name of the plant"), 30)
_WIDTH = Sentence("Largeur du panneau", "Width of the sign")
_STAKE = number("stake_mm", Sentence("Longueur du piquet", "Length of the stake"), 90.0, (50.0, 150.0), 5.0)
PRINTED: Final = (
    _TEXT,
    number("width_mm", _WIDTH, 70.0, (40.0, 150.0)),
    _STAKE,
    choice(
        "style",
        Sentence("Lettres", "Letters"),
        Option("raised", Sentence("en relief", "raised")),
        Option("engraved", Sentence("gravées", "engraved")),
    ),
    number("thickness_mm", Sentence("Épaisseur", "Thickness"), 2.4, (2.0, 4.0), 0.2),
)
MILLED: Final = (
    _TEXT,
    number("width_mm", _WIDTH, 130.0, (60.0, 150.0)),
    _STAKE,
    pen.bit("flat-3.175"),
)


def printed(values: Values) -> Mesh:
    """Make the label.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin.
    """
    letters = written(Letters(), values.text("text"), _room(values, TALLEST_MM))
    base = _around(letters, values.number("stake_mm"))
    step_mm = RELIEF_MM if values.text("style") == "raised" else -RELIEF_MM
    return embossed(base, letters, values.number("thickness_mm"), step_mm)


def milled(values: Values) -> Drawing:
    """Draw the label for the mill, lying along the longer side of the machine.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin.
    """
    bit_mm = pen.BITS_MM[values.text("tool")]
    lines = pen.written(values.text("text"), _room(values, TALLEST_MILLED_MM), bit_mm)
    base = _around(ink(lines, bit_mm), values.number("stake_mm"))
    turned = [Stroke(stroke.points_mm @ _QUARTER_TURN, stroke.closed) for stroke in lines]
    return on_sheet([*stroked(turned), *around(base.rotate(90), Role.CUT)])


def _room(values: Values, tallest_mm: float) -> Room:
    """Where letters may stand on the sign."""
    width_mm = values.number("width_mm") - 2 * MARGIN_MM
    return Room(width_mm, 2.5 * tallest_mm, tallest_mm, lines=_LINES)


def _around(letters: Area, stake_mm: float) -> Area:
    """The sign around letters, with the stake below it."""
    high_mm = max(size(letters)[1] + 2 * MARGIN_MM, STAKE_MM)
    wide_mm = max(size(letters)[0] + 2 * MARGIN_MM, 2 * STAKE_MM)
    sign = centred(rounded(wide_mm, high_mm, high_mm / 4))
    bottom = -high_mm / 2 - stake_mm
    shoulder = bar((-STAKE_MM / 2, bottom + TIP_MM), (STAKE_MM / 2, 0))
    tip = (shoulder + bar((-1, bottom), (1, bottom + 1))) ^ bar(
        (-STAKE_MM, bottom), (STAKE_MM, bottom + TIP_MM + 1)
    )
    whole = sign + shoulder + tip.hull()
    return grown(grown(whole, FILLET_MM), -FILLET_MM)
