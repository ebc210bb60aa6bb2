"""A medal: round, with a rim, words, a drawing or both, and a slot for a ribbon."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Final

from manifold3d import CrossSection as Area

from jobs.cam.drawing import Drawing, Role
from jobs.designs import pen
from jobs.designs.area import centred, circle, rounded, thick_enough, too_small
from jobs.designs.brought import Brought
from jobs.designs.letters import Letters
from jobs.designs.settings import Option, Values, choice, number, text
from jobs.designs.sheet import around, on_sheet, stroked
from jobs.designs.solid import embossed
from jobs.designs.strokes import Stroke, ink, strokes_of, within
from jobs.designs.writing import SMALLEST_CAPITAL_MM, Room, on_arc, written
from jobs.errors import Sentence
from jobs.intake.mesh import Mesh

RIM_MM: Final = 2.0
EDGE_MM: Final = 0.4
RELIEF_MM: Final = 1.0
GAP_MM: Final = 1.5
SLOT_MM: Final = 3.5
MILLED_SLOT_MM: Final = 4.5
LOOP_MM: Final = 3.5
_LINES: Final = 3
_LONGEST_ARC: Final = 0.6
"""Share of the circle that words may take below a drawing."""

_TEXT = text("text", Sentence("Texte", "Text"), 40, shortest=0)
_SIZE = Sentence("Diamètre", "Diameter")
_RIBBON = number("ribbon_mm", Sentence("Largeur du ruban", "Width of the ribbon"), 20.0, (8.0, 30.0))
PRINTED: Final = (
    _TEXT,
    number("size_mm", _SIZE, 60.0, (35.0, 120.0)),
    _RIBBON,
    choice(
        "style",
        Sentence("Motif", "Motif"),
        Option("raised", Sentence("en relief", "raised")),
        Option("engraved", Sentence("gravé", "engraved")),
    ),
    number("line_mm", Sentence("Épaisseur du trait", "Width of the line"), 1.6, (0.8, 4.0), 0.2),
    number("thickness_mm", Sentence("Épaisseur", "Thickness"), 3.0, (2.0, 5.0), 0.2),
)
MILLED: Final = (_TEXT, number("size_mm", _SIZE, 80.0, (50.0, 140.0)), _RIBBON, pen.bit("flat-1"))


@dataclass(frozen=True, slots=True)
class _Motif:
    """What stands on the disc: letters, and the lines of a drawing."""

    letters: Area
    strokes: list[Stroke]


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the medal.

    Raises:
        DesignRefusedError: there is neither text nor drawing, or one of them cannot be used.
    """
    thick_mm, radius_mm = values.number("thickness_mm"), values.number("size_mm") / 2
    motif = _motif(values, brought)
    shown = motif.letters
    if motif.strokes:
        shown += thick_enough(ink(motif.strokes, values.number("line_mm")))
    base = _disc(radius_mm, values.number("ribbon_mm"), SLOT_MM)
    if values.text("style") == "engraved":
        return embossed(base, shown, thick_mm, -RELIEF_MM)
    rim = circle(radius_mm - EDGE_MM) - circle(radius_mm - RIM_MM)
    return embossed(base, shown + rim, thick_mm, RELIEF_MM)


def milled(values: Values, brought: Brought) -> Drawing:
    """Draw the medal for the mill: the motif engraved, slot and contour cut.

    Raises:
        DesignRefusedError: there is neither text nor drawing, or one of them cannot be used.
    """
    lines = _engraved(values, brought, pen.BITS_MM[values.text("tool")])
    base = _disc(values.number("size_mm") / 2, values.number("ribbon_mm"), MILLED_SLOT_MM)
    return on_sheet([*stroked(lines), *around(base, Role.CUT)])


def _engraved(values: Values, brought: Brought, bit_mm: float) -> list[Stroke]:
    """The motif in lines as wide as the bit."""
    words, room_mm = values.text("text"), values.number("size_mm") / 2 - RIM_MM - GAP_MM
    brought.refuse_nothing(words)
    if brought.drawing is None:
        return pen.written(words, _middle(room_mm), bit_mm)
    if not words:
        return within(strokes_of(brought.drawing, room_mm), room_mm - GAP_MM)
    capital_mm = _arc_capital(pen.width(words), room_mm, pen.least_capital_mm(bit_mm))
    drawing = within(strokes_of(brought.drawing, room_mm), room_mm - 1.5 * capital_mm - GAP_MM)
    return [*drawing, *pen.on_arc(words, room_mm - 0.3 * capital_mm, capital_mm)]


def _middle(room_mm: float) -> Room:
    """Where words stand without a drawing."""
    return Room(1.7 * room_mm, 1.05 * room_mm, 0.6 * room_mm, lines=_LINES)


def _motif(values: Values, brought: Brought) -> _Motif:
    """Words in the middle, or the drawing in the middle with the words along the rim below it."""
    words, room_mm = values.text("text"), values.number("size_mm") / 2 - RIM_MM - GAP_MM
    brought.refuse_nothing(words)
    if brought.drawing is None:
        return _Motif(written(Letters(), words, _middle(room_mm)), [])
    if not words:
        return _Motif(Area(), within(strokes_of(brought.needed_drawing(), room_mm), room_mm - GAP_MM))
    letters = Letters()
    capital_mm = _arc_capital(letters.width(words), room_mm, SMALLEST_CAPITAL_MM)
    set_words = on_arc(letters, words, room_mm - 0.3 * capital_mm, capital_mm, top=False)
    drawing = within(strokes_of(brought.needed_drawing(), room_mm), room_mm - 1.5 * capital_mm - GAP_MM)
    return _Motif(thick_enough(set_words), drawing)


def _arc_capital(width: float, room_mm: float, least_mm: float) -> float:
    """How tall capitals along the rim may be for words of a width told in capitals.

    Raises:
        DesignRefusedError: the words would take too much of the rim.
    """
    capital_mm = max(0.24 * room_mm, least_mm)
    while width * capital_mm > _LONGEST_ARC * 2 * pi * (room_mm - 0.3 * capital_mm):
        capital_mm *= 0.95
        if capital_mm < least_mm:
            raise too_small()
    return capital_mm


def _disc(radius_mm: float, ribbon_mm: float, slot_mm: float) -> Area:
    """The disc with its loop on top."""
    wide_mm = min(ribbon_mm, 1.2 * radius_mm) + 2 * LOOP_MM
    foot = sqrt(radius_mm**2 - (wide_mm / 2) ** 2) - LOOP_MM
    top = radius_mm + slot_mm + LOOP_MM
    loop = rounded(wide_mm, top - foot, LOOP_MM).translate((-wide_mm / 2, foot))
    slot = rounded(wide_mm - 2 * LOOP_MM, slot_mm, slot_mm / 2)
    return circle(radius_mm) + loop - centred(slot, (0, radius_mm + slot_mm / 2))
