"""A name tag with a ring hole: letters raised, engraved or cut out, on a plate or on their own contour."""

from dataclasses import dataclass
from typing import Final

from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs.area import STROKE_MM, bar, circle, filled, grown, rounded, size
from jobs.designs.letters import Letters
from jobs.designs.settings import Option, Values, choice, number, text
from jobs.designs.sheet import TOOL_MM, around, on_sheet
from jobs.designs.solid import as_mesh, embossed, slab
from jobs.designs.stencil import stencil
from jobs.designs.writing import Room, written
from jobs.errors import Sentence
from jobs.intake.mesh import Mesh

LONGEST_TEXT: Final = 16
MARGIN_MM: Final = 3.0
HOLE_MM: Final = 4.0
MILLED_HOLE_MM: Final = 5.0
RELIEF_MM: Final = 1.0
ENGRAVED_MM: Final = 1.0
CORNER_MM: Final = 4.0
TALLEST_MM: Final = 20.0
TALLEST_MILLED_MM: Final = 60.0
BAR_MM: Final = 1.2
MILLED_BAR_MM: Final = 3.0

_TEXT = text("text", Sentence("Prénom", "Name"), LONGEST_TEXT)
_WIDTH = Sentence("Largeur", "Width")
_RAISED = Option("raised", Sentence("en relief", "raised"))
_ENGRAVED = Option("engraved", Sentence("gravées", "engraved"))
_CUT_OUT = Option("cut-out", Sentence("découpées", "cut out"))
_STYLE = Sentence("Lettres", "Letters")
_GROUND = choice(
    "ground",
    Sentence("Fond", "Ground"),
    Option("plate", Sentence("plaque", "plate")),
    Option("contour", Sentence("contour des lettres", "contour of the letters")),
)
PRINTED: Final = (
    _TEXT,
    number("width_mm", _WIDTH, 70.0, (40.0, 150.0)),
    choice("style", _STYLE, _RAISED, _ENGRAVED, _CUT_OUT),
    _GROUND,
    number("thickness_mm", Sentence("Épaisseur", "Thickness"), 2.0, (1.6, 4.0), 0.2),
)
MILLED: Final = (
    _TEXT,
    number("width_mm", _WIDTH, 120.0, (60.0, 250.0)),
    choice("style", _STYLE, _ENGRAVED, _CUT_OUT),
    _GROUND,
)


@dataclass(frozen=True, slots=True)
class _Tag:
    """The plate with its hole, and the letters on it."""

    base: Area
    letters: Area


def printed(values: Values) -> Mesh:
    """Make the tag: one closed part, standing at z = 0.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin.
    """
    thick_mm = values.number("thickness_mm")
    tag = _tag(values, HOLE_MM, Room(values.number("width_mm"), TALLEST_MM, TALLEST_MM))
    match values.text("style"):
        case "raised":
            return embossed(tag.base, tag.letters, thick_mm, RELIEF_MM)
        case "engraved":
            return embossed(tag.base, tag.letters, thick_mm, -min(ENGRAVED_MM, thick_mm / 2))
        case _:
            return as_mesh(slab(stencil(tag.base, tag.letters, BAR_MM), 0, thick_mm))


def milled(values: Values) -> Drawing:
    """Draw the tag for the mill: the letters engraved or cut, then hole and contour cut.

    Raises:
        DesignRefusedError: a letter is missing or would be too thin for the tool.
    """
    cut_out = values.text("style") == "cut-out"
    stroke_mm = TOOL_MM if cut_out else STROKE_MM
    room = Room(values.number("width_mm"), TALLEST_MILLED_MM, TALLEST_MILLED_MM, stroke_mm)
    tag = _tag(values, MILLED_HOLE_MM, room)
    if cut_out:
        return on_sheet(around(stencil(tag.base, tag.letters, MILLED_BAR_MM), Role.CUT))
    return on_sheet([*around(tag.letters, Role.ENGRAVE), *around(tag.base, Role.CUT)])


def _tag(values: Values, hole_mm: float, room: Room) -> _Tag:
    """Lay out the letters round the origin, with the eye on their left."""
    eye_mm = hole_mm + 2 * MARGIN_MM
    inside = Room(room.width_mm - eye_mm - MARGIN_MM, room.height_mm, room.capital_mm, room.stroke_mm)
    letters = written(Letters(), values.text("text"), inside)
    width_mm, height_mm = size(letters)
    left = -width_mm / 2
    middle = (left - eye_mm / 2, 0.0)
    if values.text("ground") == "contour":
        spine = bar((middle[0], -MARGIN_MM), (-left, MARGIN_MM))
        base = _smooth(filled(grown(letters, MARGIN_MM)) + spine + circle(eye_mm / 2, middle))
    else:
        high_mm = max(height_mm + 2 * MARGIN_MM, eye_mm)
        plate = rounded(width_mm + eye_mm + MARGIN_MM, high_mm, min(CORNER_MM, high_mm / 3))
        base = plate.translate((left - eye_mm, -high_mm / 2))
    return _Tag(base - circle(hole_mm / 2, middle), letters)


def _smooth(area: Area) -> Area:
    """The area with its narrow bays filled."""
    return filled(grown(grown(area, MARGIN_MM), -MARGIN_MM))
