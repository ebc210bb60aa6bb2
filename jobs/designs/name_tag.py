"""A name tag with a ring hole: letters raised, engraved or cut out, on a plate or on their own contour."""

from dataclasses import dataclass
from typing import Final

from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs import pen
from jobs.designs.area import STROKE_MM, bar, circle, filled, grown, rounded
from jobs.designs.letters import Letters
from jobs.designs.settings import Option, Values, choice, number, text
from jobs.designs.sheet import around, on_sheet, stroked
from jobs.designs.solid import as_mesh, embossed, slab
from jobs.designs.stencil import stencil
from jobs.designs.strokes import ink
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
    Sentence("Fond", "Background"),
    Option("plate", Sentence("plaque", "plate")),
    Option("contour", Sentence("contour des lettres", "outline of the letters")),
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
    number("width_mm", _WIDTH, 160.0, (60.0, 250.0)),
    choice("style", _STYLE, _ENGRAVED, _CUT_OUT),
    _GROUND,
    pen.bit("flat-3.175"),
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
    room = _room(values.number("width_mm"), HOLE_MM, TALLEST_MM, STROKE_MM)
    letters = written(Letters(), values.text("text"), room)
    tag = _tag(letters, HOLE_MM, contour=values.text("ground") == "contour")
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
    words, contour = values.text("text"), values.text("ground") == "contour"
    bit_mm = pen.BITS_MM[values.text("tool")]
    room = _room(values.number("width_mm"), MILLED_HOLE_MM, TALLEST_MILLED_MM, bit_mm)
    if values.text("style") == "cut-out":
        tag = _tag(written(Letters(), words, room), MILLED_HOLE_MM, contour=contour)
        return on_sheet(around(stencil(tag.base, tag.letters, MILLED_BAR_MM), Role.CUT))
    lines = pen.written(words, room, bit_mm)
    tag = _tag(ink(lines, bit_mm), MILLED_HOLE_MM, contour=contour)
    return on_sheet([*stroked(lines), *around(tag.base, Role.CUT)])


def _room(width_mm: float, hole_mm: float, tallest_mm: float, stroke_mm: float) -> Room:
    """Where letters may stand beside the eye."""
    return Room(width_mm - hole_mm - 3 * MARGIN_MM, tallest_mm, tallest_mm, stroke_mm)


def _tag(letters: Area, hole_mm: float, *, contour: bool) -> _Tag:
    """Lay out the plate around letters, with the eye on their left."""
    eye_mm = hole_mm + 2 * MARGIN_MM
    left, bottom, right, top = letters.bounds()
    middle = (left - eye_mm / 2, (bottom + top) / 2)
    if contour:
        spine = bar((middle[0], middle[1] - MARGIN_MM), (right, middle[1] + MARGIN_MM))
        base = _smooth(filled(grown(letters, MARGIN_MM)) + spine + circle(eye_mm / 2, middle))
    else:
        high_mm = max(top - bottom + 2 * MARGIN_MM, eye_mm)
        plate = rounded(right - left + eye_mm + MARGIN_MM, high_mm, min(CORNER_MM, high_mm / 3))
        base = plate.translate((left - eye_mm, middle[1] - high_mm / 2))
    return _Tag(base - circle(hole_mm / 2, middle), letters)


def _smooth(area: Area) -> Area:
    """The area with its narrow bays filled."""
    return filled(grown(grown(area, MARGIN_MM), -MARGIN_MM))
