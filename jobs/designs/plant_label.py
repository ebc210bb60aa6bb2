"""A plant label: a sign with words on a stake that goes into the ground."""

from dataclasses import dataclass
from typing import Final

from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs.area import bar, centred, grown, rounded, size
from jobs.designs.letters import Letters
from jobs.designs.settings import Option, Values, choice, number, text
from jobs.designs.sheet import around, on_sheet
from jobs.designs.solid import embossed
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
MILLED: Final = (_TEXT, number("width_mm", _WIDTH, 90.0, (60.0, 150.0)), _STAKE)


@dataclass(frozen=True, slots=True)
class _Label:
    """The sign with its stake, and the letters on it."""

    base: Area
    letters: Area


def printed(values: Values) -> Mesh:
    """Make the label.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin.
    """
    thick_mm = values.number("thickness_mm")
    label = _label(values, TALLEST_MM)
    step_mm = RELIEF_MM if values.text("style") == "raised" else -RELIEF_MM
    return embossed(label.base, label.letters, thick_mm, step_mm)


def milled(values: Values) -> Drawing:
    """Draw the label for the mill, lying along the longer side of the machine.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin.
    """
    label = _label(values, TALLEST_MILLED_MM)
    engraved = around(label.letters.rotate(90), Role.ENGRAVE)
    return on_sheet([*engraved, *around(label.base.rotate(90), Role.CUT)])


def _label(values: Values, tallest_mm: float) -> _Label:
    """Lay out the sign round the origin, the stake below it."""
    room_mm = values.number("width_mm") - 2 * MARGIN_MM
    letters = written(
        Letters(), values.text("text"), Room(room_mm, 2.5 * tallest_mm, tallest_mm, lines=_LINES)
    )
    high_mm = max(size(letters)[1] + 2 * MARGIN_MM, STAKE_MM)
    wide_mm = max(size(letters)[0] + 2 * MARGIN_MM, 2 * STAKE_MM)
    sign = centred(rounded(wide_mm, high_mm, high_mm / 4))
    bottom = -high_mm / 2 - values.number("stake_mm")
    shoulder = bar((-STAKE_MM / 2, bottom + TIP_MM), (STAKE_MM / 2, 0))
    tip = (shoulder + bar((-1, bottom), (1, bottom + 1))) ^ bar(
        (-STAKE_MM, bottom), (STAKE_MM, bottom + TIP_MM + 1)
    )
    whole = sign + shoulder + tip.hull()
    return _Label(grown(grown(whole, FILLET_MM), -FILLET_MM), letters)
