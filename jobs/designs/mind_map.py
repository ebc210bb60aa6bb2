"""A plate with a mind map, raised, engraved or milled."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import OpType

from jobs.arrays import FloatArray
from jobs.cam.drawing import Drawing, Outline, Role
from jobs.designs.area import STROKE_MM, centred, grown, lacking, rounded
from jobs.designs.brought import Brought
from jobs.designs.letters import Letters
from jobs.designs.mind_map_layout import ABOVE, BELOW, LINE, Box, lay_out
from jobs.designs.settings import Option, Values, choice, number
from jobs.designs.sheet import around, on_sheet, stroked
from jobs.designs.solid import embossed
from jobs.designs.strokes import Stroke, ink
from jobs.designs.topics import Topic
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh

MARGIN_MM: Final = 5.0
RIM_MM: Final = 1.6
EDGE_MM: Final = 0.4
RELIEF_MM: Final = 0.8
LINE_MM: Final = 0.9
CORNER_MM: Final = 5.0
SMALLEST_CAPITAL_MM: Final = 3.2
LARGEST_CAPITAL_MM: Final = 10.0
_RING: Final = 48
_FRAME: Final = 1.5
"""Radius of the first topic's frame, in heights of a capital."""

_WIDTH = Sentence("Largeur", "Width")
_HEIGHT = Sentence("Hauteur", "Height")
PRINTED: Final = (
    number("width_mm", _WIDTH, 180.0, (60.0, 200.0)),
    number("height_mm", _HEIGHT, 120.0, (40.0, 200.0)),
    choice(
        "style",
        Sentence("Texte et traits", "Words and lines"),
        Option("raised", Sentence("en relief", "raised")),
        Option("engraved", Sentence("gravés", "engraved")),
    ),
    number("thickness_mm", Sentence("Épaisseur", "Thickness"), 2.0, (1.6, 4.0), 0.2),
)
MILLED: Final = (
    number("width_mm", _WIDTH, 200.0, (80.0, 260.0)),
    number("height_mm", _HEIGHT, 130.0, (60.0, 150.0)),
)


@dataclass(frozen=True, slots=True)
class _Plate:
    """The plate, the words on it and the lines between them."""

    base: Area
    words: Area
    lines: list[Stroke]


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the plate.

    Raises:
        DesignRefusedError: there is no mind map, a letter is missing, or the letters would be too small.
    """
    plate = _plate(values, brought.needed_mind_map(), STROKE_MM)
    thick_mm = values.number("thickness_mm")
    shown = plate.words + ink(plate.lines, LINE_MM)
    if values.text("style") == "engraved":
        return embossed(plate.base, shown, thick_mm, -RELIEF_MM)
    rim = centred(_sheet(values, EDGE_MM)) - centred(_sheet(values, RIM_MM))
    return embossed(plate.base, shown + rim, thick_mm, RELIEF_MM)


def milled(values: Values, brought: Brought) -> Drawing:
    """Draw the plate for the mill: words and lines engraved, the contour cut.

    Raises:
        DesignRefusedError: there is no mind map, a letter is missing, or the letters would be too small.
    """
    plate = _plate(values, brought.needed_mind_map(), 0.0)
    words: list[Outline] = around(plate.words, Role.ENGRAVE)
    return on_sheet([*words, *stroked(plate.lines), *around(plate.base, Role.CUT)])


def _plate(values: Values, topic: Topic, stroke_mm: float) -> _Plate:
    letters = Letters()
    signs = "".join(sorted({sign for each in topic.walk() for sign in each.text}))
    letters.check(signs)
    room_mm = tuple(values.number(key) - 2 * MARGIN_MM for key in ("width_mm", "height_mm"))
    layout = lay_out(topic, letters, room_mm[0] / room_mm[1])
    wide, high = layout.size()
    capital_mm = min(room_mm[0] / wide, room_mm[1] / high, LARGEST_CAPITAL_MM)
    if capital_mm < SMALLEST_CAPITAL_MM:
        raise _too_small(capital_mm)
    left, bottom, right, top = layout.bounds()
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    bolder_mm = lacking(letters.line(signs, capital_mm), stroke_mm) if stroke_mm else 0.0
    words = [_words(letters, box, capital_mm) for box in layout.boxes]
    placed = [
        area.translate(((box.x - middle[0]) * capital_mm, (box.y - middle[1]) * capital_mm))
        for area, box in zip(words, layout.boxes, strict=True)
    ]
    lines = [Stroke((curve - middle) * capital_mm, closed=False) for curve in layout.curves]
    ring = Stroke((_around(layout.boxes[0]) - middle) * capital_mm, closed=True)
    return _Plate(
        centred(_sheet(values, 0.0)), grown(Area.batch_boolean(placed, OpType.Add), bolder_mm), [*lines, ring]
    )


def _words(letters: Letters, box: Box, capital_mm: float) -> Area:
    """The lines of a box round the origin, a little above its middle: letters hang below their line."""
    size_mm = capital_mm * box.scale
    first = (len(box.lines) - 1) * LINE / 2 - 0.5 + (BELOW - ABOVE) / 2
    set_lines = [
        letters.line(line, size_mm).translate(
            (-letters.width(line) * size_mm / 2, (first - row * LINE) * size_mm)
        )
        for row, line in enumerate(box.lines)
    ]
    return Area.batch_boolean(set_lines, OpType.Add)


def _around(box: Box) -> FloatArray:
    """A frame with round corners."""
    turn = np.linspace(0, 2 * np.pi, _RING, endpoint=False)
    radius = min(_FRAME, box.height / 2, box.width / 2)
    x = (box.width / 2 - radius) * np.sign(np.cos(turn)) + radius * np.cos(turn)
    y = (box.height / 2 - radius) * np.sign(np.sin(turn)) + radius * np.sin(turn)
    return np.column_stack((box.x + x, box.y + y))


def _sheet(values: Values, inset_mm: float) -> Area:
    width_mm, height_mm = (values.number(key) - 2 * inset_mm for key in ("width_mm", "height_mm"))
    return rounded(width_mm, height_mm, CORNER_MM - inset_mm)


def _too_small(capital_mm: float) -> DesignRefusedError:
    return DesignRefusedError(
        "too-small",
        Sentence(
            f"Les lettres n'auraient que {capital_mm:.1f} mm : agrandis la plaque ou enlève des idées.",
            f"The letters would have only {capital_mm:.1f} mm: enlarge the plate or take ideas away.",
        ),
    )
