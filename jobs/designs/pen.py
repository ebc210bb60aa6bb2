"""Letters of single lines, for a bit that engraves: as wide as the bit, whatever the letter."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from jobs.cam.one_line import one_line_glyph
from jobs.designs.letters import composed, missing_letters
from jobs.designs.settings import Option, Setting, choice
from jobs.designs.strokes import Stroke
from jobs.designs.writing import LEADING, Room, broken
from jobs.errors import DesignRefusedError, Sentence

CAPITAL: Final = 0.7
"""Height of a capital as a share of the font size."""
BITS_MM: Final = {"flat-3.175": 3.175, "flat-2": 2.0, "flat-1": 1.0}
_OPTIONS: Final = [
    Option(name, Sentence(f"fraise droite {wide_mm:g} mm".replace(".", ","), f"flat bit {wide_mm:g} mm"))
    for name, wide_mm in BITS_MM.items()
]
_LEAST: Final = 5.5
"""How many times as tall as the bit is wide a capital must be: below, the bit fills its own letters."""
_BELOW: Final = 0.35


def bit(usual: str) -> Setting:
    """Declare the bit that engraves."""
    ordered = sorted(_OPTIONS, key=lambda option: option.value != usual)
    return choice("tool", Sentence("Fraise", "Bit"), *ordered)


def least_capital_mm(bit_mm: float) -> float:
    """How tall capitals must be for a bit."""
    return _LEAST * bit_mm


def too_wide() -> DesignRefusedError:
    """The refusal of letters that the bit would fill."""
    return DesignRefusedError(
        "too-small",
        Sentence(
            "La fraise est trop large pour ces lettres : prends-en une plus fine, ou une forme plus grande.",
            "The bit is too wide for these letters: take a finer one, or a larger shape.",
        ),
    )


def width(text: str) -> float:
    """How long a line of text is, in heights of a capital.

    Raises:
        DesignRefusedError: some characters are missing; the sentence names them.
    """
    return sum(_glyph(sign)[1] for sign in composed(text)) / CAPITAL


def line(text: str, capital_mm: float, at: tuple[float, float]) -> list[Stroke]:
    """The text on one line whose middle stands at a place."""
    strokes: list[Stroke] = []
    pen = at[0] - width(text) * capital_mm / 2
    factor = capital_mm / CAPITAL
    for sign in composed(text):
        drawn, advance = _glyph(sign)
        for points in drawn:
            moved = np.array(points) * (factor, -factor) + (pen, at[1])
            strokes.append(Stroke(moved, closed=False))
        pen += advance * factor
    return strokes


def on_arc(text: str, radius_mm: float, capital_mm: float) -> list[Stroke]:
    """The text along the lower half of a circle round the origin, its feet on the circle."""
    bent = []
    for stroke in line(text, capital_mm, (0.0, 0.0)):
        turn = stroke.points_mm[:, 0] / radius_mm
        from_middle = radius_mm - stroke.points_mm[:, 1]
        points = np.column_stack((from_middle * np.sin(turn), -from_middle * np.cos(turn)))
        bent.append(Stroke(points, closed=False))
    return bent


def written(text: str, room: Room, bit_mm: float) -> list[Stroke]:
    """Set a text round the origin, broken into the lines that make it largest.

    Raises:
        DesignRefusedError: a character is missing, or the bit is too wide for letters of that size.
    """
    blocks = list(broken(text.split(" "), room.lines))
    best = max(blocks, key=lambda lines: _capital(lines, room, bit_mm))
    capital_mm = _capital(best, room, bit_mm)
    if capital_mm < least_capital_mm(bit_mm):
        raise too_wide()
    first = (len(best) - 1) * LEADING / 2 - 0.5
    return _centred(
        [
            stroke
            for row, words in enumerate(best)
            for stroke in line(words, capital_mm, (0.0, (first - row * LEADING) * capital_mm))
        ]
    )


def _centred(strokes: list[Stroke]) -> list[Stroke]:
    """The lines with the middle of their box on the origin."""
    everything = np.vstack([stroke.points_mm for stroke in strokes])
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    return [Stroke(stroke.points_mm - middle, stroke.closed) for stroke in strokes]


def _capital(lines: Sequence[str], room: Room, bit_mm: float) -> float:
    """How tall the capitals of some lines are once they fill their room, with the width of the bit."""
    high = 1.0 + _BELOW + (len(lines) - 1) * LEADING
    fitted = min((room.width_mm - bit_mm) / max(map(width, lines)), (room.height_mm - bit_mm) / high)
    return min(fitted, room.capital_mm)


def _glyph(sign: str) -> tuple[Sequence[Sequence[tuple[float, float]]], float]:
    found = one_line_glyph(sign) if sign.isprintable() else None
    if found is None:
        raise missing_letters(sign)
    return found
