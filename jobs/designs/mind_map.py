"""A plate with a mind map, raised, engraved or milled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import OpType

from jobs.arrays import FloatArray
from jobs.cam.drawing import Drawing, Role
from jobs.designs import pen
from jobs.designs.area import centred, grown, lacking, rounded
from jobs.designs.brought import Brought
from jobs.designs.letters import Letters
from jobs.designs.mind_map_layout import ABOVE, BELOW, LINE, Box, WidthOf, lay_out
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
    number("width_mm", _WIDTH, 260.0, (80.0, 260.0)),
    number("height_mm", _HEIGHT, 150.0, (60.0, 150.0)),
    pen.bit("flat-1"),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything stands round the middle of the plate: lines of words and the curves between them."""

    capital_mm: float
    words: tuple["_Line", ...]
    curves: list[Stroke]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of words, the height of its capitals and the middle of its foot."""

    text: str
    capital_mm: float
    at: tuple[float, float]


def printed(values: Values, brought: Brought) -> Mesh:
    """Make the plate.

    Raises:
        DesignRefusedError: there is no mind map, a letter is missing, or the letters would be too small.
    """
    letters, topic = Letters(), brought.needed_mind_map()
    signs = "".join(sorted({sign for each in topic.walk() for sign in each.text}))
    letters.check(signs)
    plan = _plan(values, topic, letters.width, SMALLEST_CAPITAL_MM)
    bolder_mm = lacking(letters.line(signs, plan.capital_mm))
    words = [_letters(letters, line) for line in plan.words]
    shown = grown(Area.batch_boolean(words, OpType.Add), bolder_mm) + ink(plan.curves, LINE_MM)
    base, thick_mm = centred(_sheet(values, 0.0)), values.number("thickness_mm")
    if values.text("style") == "engraved":
        return embossed(base, shown, thick_mm, -RELIEF_MM)
    rim = centred(_sheet(values, EDGE_MM)) - centred(_sheet(values, RIM_MM))
    return embossed(base, shown + rim, thick_mm, RELIEF_MM)


def milled(values: Values, brought: Brought) -> Drawing:
    """Draw the plate for the mill: words and lines engraved, the contour cut.

    Raises:
        DesignRefusedError: there is no mind map, a letter is missing, or the bit is too wide for the words.
    """
    least_mm = pen.least_capital_mm(pen.BITS_MM[values.text("tool")])
    plan = _plan(values, brought.needed_mind_map(), pen.width, least_mm)
    words = [stroke for line in plan.words for stroke in pen.line(line.text, line.capital_mm, line.at)]
    sheet = around(centred(_sheet(values, 0.0)), Role.CUT)
    return on_sheet([*stroked(words), *stroked(plan.curves), *sheet])


def _plan(values: Values, topic: Topic, width_of: WidthOf, least_mm: float) -> _Plan:
    """Lay out a mind map on its plate."""
    room_mm = tuple(values.number(key) - 2 * MARGIN_MM for key in ("width_mm", "height_mm"))
    layout = lay_out(topic, width_of, room_mm[0] / room_mm[1])
    wide, high = layout.size()
    capital_mm = min(room_mm[0] / wide, room_mm[1] / high, LARGEST_CAPITAL_MM)
    if capital_mm < least_mm:
        raise _too_small(capital_mm, least_mm)
    left, bottom, right, top = layout.bounds()
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    curves = [Stroke((curve - middle) * capital_mm, closed=False) for curve in layout.curves]
    ring = Stroke((_around(layout.boxes[0]) - middle) * capital_mm, closed=True)
    words = (line for box in layout.boxes for line in _lines(box, middle, capital_mm))
    return _Plan(capital_mm, tuple(words), [*curves, ring])


def _lines(box: Box, middle: FloatArray, capital_mm: float) -> Iterator[_Line]:
    """The lines of a box, a little above its middle: letters hang below their line."""
    x, y = ((np.array([box.x, box.y]) - middle) * capital_mm).tolist()
    size_mm = capital_mm * box.scale
    first = (len(box.lines) - 1) * LINE / 2 - 0.5 + (BELOW - ABOVE) / 2
    for row, text in enumerate(box.lines):
        yield _Line(text, size_mm, (x, y + (first - row * LINE) * size_mm))


def _letters(letters: Letters, line: _Line) -> Area:
    """A line of words as an area."""
    left = line.at[0] - letters.width(line.text) * line.capital_mm / 2
    return letters.line(line.text, line.capital_mm).translate((left, line.at[1]))


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


def _too_small(capital_mm: float, least_mm: float) -> DesignRefusedError:
    sizes = (capital_mm, least_mm)
    fr = "Les lettres n'auraient que {:.1f} mm, il en faut {:.1f} : agrandis la plaque ou enlève des idées."
    en = "The letters would have only {:.1f} mm of {:.1f} needed: enlarge the plate or take ideas away."
    return DesignRefusedError("too-small", Sentence(fr.format(*sizes), en.format(*sizes)))
