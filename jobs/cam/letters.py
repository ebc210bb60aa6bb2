"""Letters as outlines or as single lines, in units of the font size with y downwards."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import font_roboto
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from jobs.cam.one_line import one_line_glyph
from jobs.errors import DesignRefusedError, Sentence


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter and how far the next one stands from it, per font size.

    `placed` gives its path data at a font size, with the pen at x, y.
    """

    placed: Callable[[float, float, float], str]
    advance: float


Glyphs = Callable[[str], Glyph | None]
"""Gives the glyph of one character, None when there is none."""


@cache
def _font(path: Path) -> TTFont:
    return TTFont(path)


def outlined(*, bold: bool) -> Glyphs:
    """Return the outlines of the bundled font."""
    font = _font(Path(font_roboto.RobotoBold if bold else font_roboto.Roboto))
    names: dict[int, str] = font.getBestCmap()
    glyphs = font.getGlyphSet()
    size = 1.0 / float(font["head"].unitsPerEm)

    def glyph(sign: str) -> Glyph | None:
        if ord(sign) not in names:
            return None
        found = glyphs[names[ord(sign)]]

        def placed(font_size: float, x: float, y: float) -> str:
            pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.5f}")
            scale = size * font_size
            found.draw(TransformPen(pen, (scale, 0.0, 0.0, -scale, x, y)))
            return str(pen.getCommands())

        return Glyph(placed, found.width * size)

    return glyph


def single_line(sign: str) -> Glyph | None:
    """Return a letter as the lines a pen would draw."""
    found = one_line_glyph(sign)
    if found is None:
        return None
    strokes, advance = found

    def placed(font_size: float, x: float, y: float) -> str:
        return "".join(
            "M" + "L".join(f"{x + font_size * px:.5f},{y + font_size * py:.5f}" for px, py in stroke)
            for stroke in strokes
        )

    return Glyph(placed, advance)


def composed(text: str) -> str:
    """Return a text with each accent in one character with its letter: tablets may send them apart."""
    return unicodedata.normalize("NFC", text)


def refuse_missing(text: str, glyphs: Glyphs) -> None:
    """Name the characters that cannot be written.

    Raises:
        DesignRefusedError: Some characters are missing.
    """
    lacking = dict.fromkeys(sign for sign in composed(text) if sign != "\n" and glyphs(sign) is None)
    if lacking:
        raise DesignRefusedError(
            "missing-letters",
            Sentence(
                f"Je ne sais pas écrire : {_shown(lacking)}. Écris ton texte sans ce signe.",
                f"I cannot write: {_shown(lacking)}. Write your text without it.",
            ),
        )


def _shown(signs: Iterable[str]) -> str:
    """Write each sign with its code, and the code alone where nothing can be seen."""
    return ", ".join(
        f"{sign} (U+{ord(sign):04X})"
        if sign.isprintable() and not unicodedata.combining(sign)
        else f"U+{ord(sign):04X}"
        for sign in list(signs)[:8]
    )


FEW_SIGNS: Final = 300
"""More characters than this on one sheet are a page, not an engraving."""
