"""A key ring from a finger drawing: lines raised or engraved on their contour, or nothing but the lines."""

from typing import Final

from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs import pen
from jobs.designs.brought import Brought
from jobs.designs.joining import bridged, contour, eye_on_top
from jobs.designs.settings import Option, Values, choice, number
from jobs.designs.sheet import around, on_sheet, stroked
from jobs.designs.solid import as_mesh, embossed, slab
from jobs.designs.strokes import ink, strokes_of
from jobs.errors import Sentence
from jobs.intake.mesh import Mesh

HOLE_MM: Final = 5.0
MARGIN_MM: Final = 2.5
MILLED_MARGIN_MM: Final = 5.0
RELIEF_MM: Final = 1.0

_SIZE = Sentence("Taille", "Size")
_LINE = number("line_mm", Sentence("Épaisseur du trait", "Width of the line"), 2.0, (1.0, 6.0), 0.5)
_THICKNESS = number("thickness_mm", Sentence("Épaisseur", "Thickness"), 2.4, (1.6, 4.0), 0.2)
PRINTED: Final = (
    number("size_mm", _SIZE, 50.0, (25.0, 120.0)),
    choice(
        "style",
        Sentence("Dessin", "Drawing"),
        Option("raised", Sentence("en relief", "raised")),
        Option("engraved", Sentence("gravé", "engraved")),
        Option("lines", Sentence("seulement les traits", "only the lines")),
    ),
    _LINE,
    _THICKNESS,
)
MILLED: Final = (number("size_mm", _SIZE, 60.0, (30.0, 150.0)), pen.bit("flat-3.175"))


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the key ring: one closed part with a hole on top.

    Raises:
        DesignRefusedError: the drawing cannot be used.
    """
    lines = ink(strokes_of(brought.needed_drawing(), values.number("size_mm")), values.number("line_mm"))
    thick_mm = values.number("thickness_mm")
    match values.text("style"):
        case "raised":
            return embossed(_with_eye(contour(lines, MARGIN_MM)), lines, thick_mm, RELIEF_MM)
        case "engraved":
            return embossed(_with_eye(contour(lines, MARGIN_MM)), lines, thick_mm, -thick_mm / 2)
        case _:
            held = bridged(lines, values.number("line_mm"))
            return as_mesh(slab(_with_eye(held), 0, thick_mm))


def milled(values: Values, brought: Brought) -> Drawing:
    """Draw the key ring for the mill: the lines engraved, hole and contour cut.

    Raises:
        DesignRefusedError: the drawing cannot be used.
    """
    strokes = strokes_of(brought.needed_drawing(), values.number("size_mm"))
    base = _with_eye(contour(ink(strokes, 1.0), MILLED_MARGIN_MM))
    return on_sheet([*stroked(strokes), *around(base, Role.CUT)])


def _with_eye(base: Area) -> Area:
    eye = eye_on_top(base, HOLE_MM)
    return base + eye.rim - eye.hole
