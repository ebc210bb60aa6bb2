"""Outlines of letters from a bundled font; a character the font lacks is named, never dropped."""

import unicodedata
from pathlib import Path
from typing import Final

import font_roboto
import manifold3d
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from jobs.errors import DesignRefusedError, Sentence

CURVE_STEPS: Final = 8
Point = tuple[float, float]


class _Contours(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Collects closed contours, curves as short lines."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.contours: list[list[Point]] = []

    def _moveTo(self, point: Point) -> None:  # noqa: N802 - the name is fontTools'
        self.contours.append([point])

    def _lineTo(self, point: Point) -> None:  # noqa: N802 - the name is fontTools'
        self.contours[-1].append(point)

    def _curveToOne(self, first: Point, second: Point, end: Point) -> None:  # noqa: N802 - the name is fontTools'
        start = self.contours[-1][-1]
        for step in range(1, CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            self.contours[-1].append(_on_curve((start, first, second, end), t))


class Letters:
    """One font, opened once."""

    def __init__(self, path: Path | None = None) -> None:
        self._font = TTFont(path or Path(font_roboto.RobotoBold))
        self._names: dict[int, str] = self._font.getBestCmap()
        self._glyphs = self._font.getGlyphSet()

    def missing(self, text: str) -> str:
        """Characters of a text that the font cannot draw, each once."""
        return "".join(dict.fromkeys(sign for sign in _composed(text) if not self._has(sign)))

    def _has(self, sign: str) -> bool:
        return sign.isprintable() and ord(sign) in self._names

    def outline(self, text: str) -> manifold3d.CrossSection:
        """The text on one line in font units, letters joined into one outline.

        Raises:
            DesignRefusedError: some characters are missing; the sentence names them.
        """
        lacking = self.missing(text)
        if lacking:
            signs = " ".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in lacking)
            raise DesignRefusedError(
                "missing-letters",
                Sentence(
                    f"Je ne sais pas écrire : {signs}. Écris ton texte sans ce signe.",
                    f"I cannot write: {signs}. Write your text without it.",
                ),
            )
        drawn = manifold3d.CrossSection()
        advance = 0.0
        for sign in _composed(text):
            glyph = self._glyphs[self._names[ord(sign)]]
            pen = _Contours(self._glyphs)
            glyph.draw(pen)
            shape = manifold3d.CrossSection(pen.contours, manifold3d.FillRule.NonZero)
            drawn += shape.translate((advance, 0.0))
            advance += glyph.width
        return drawn


def _composed(text: str) -> str:
    """Letters with their accents as one character each: tablets may send them apart."""
    return unicodedata.normalize("NFC", text)


def _on_curve(points: tuple[Point, Point, Point, Point], t: float) -> Point:
    """A point of a cubic Bézier curve."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return x, y
