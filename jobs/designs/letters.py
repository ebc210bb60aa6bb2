"""Outlines of letters from a bundled font; a character the font lacks is named, never dropped."""

import unicodedata
from pathlib import Path
from typing import Final

import font_roboto
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from manifold3d import CrossSection as Area
from manifold3d import FillRule

from jobs.errors import DesignRefusedError, Sentence

CURVE_STEPS: Final = 6
Point = tuple[float, float]
Ring = list[Point]


class _Contours(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Collects closed contours, curves as short lines."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.contours: list[Ring] = []

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
    """One font, opened once; lengths are in font units until `line` gives them a height."""

    def __init__(self, path: Path | None = None) -> None:
        self._font = TTFont(path or Path(font_roboto.RobotoBold))
        self._names: dict[int, str] = self._font.getBestCmap()
        self._glyphs = self._font.getGlyphSet()
        self._drawn: dict[str, tuple[list[Ring], float]] = {}
        self.capital: float = self._font["OS/2"].sCapHeight
        """How tall a capital letter is, in font units."""

    def missing(self, text: str) -> str:
        """Characters of a text that the font cannot draw, each once."""
        return "".join(dict.fromkeys(sign for sign in composed(text) if not self._has(sign)))

    def _has(self, sign: str) -> bool:
        return sign.isprintable() and ord(sign) in self._names

    def check(self, text: str) -> None:
        """Accept a text only when every character of it can be drawn.

        Raises:
            DesignRefusedError: some characters are missing; the sentence names them.
        """
        lacking = self.missing(text)
        if not lacking:
            return
        raise missing_letters(lacking)

    def glyphs(self, text: str) -> list[tuple[list[Ring], float, float]]:
        """Contours of each character in font units, where it begins on the line and how wide it is.

        Raises:
            DesignRefusedError: some characters are missing; the sentence names them.
        """
        self.check(text)
        placed = []
        at = 0.0
        for sign in composed(text):
            rings, width = self._glyph(sign)
            placed.append((rings, at, width))
            at += width
        return placed

    def outline(self, text: str) -> Area:
        """The text on one line in font units, letters joined into one outline.

        Raises:
            DesignRefusedError: some characters are missing; the sentence names them.
        """
        moved = [[(x + at, y) for x, y in ring] for rings, at, _width in self.glyphs(text) for ring in rings]
        return Area(moved, FillRule.NonZero)

    def line(self, text: str, capital_mm: float) -> Area:
        """The text on one line whose capitals have a height, standing on y = 0.

        Raises:
            DesignRefusedError: some characters are missing; the sentence names them.
        """
        factor = capital_mm / self.capital
        return self.outline(text).scale((factor, factor))

    def width(self, text: str) -> float:
        """How long a line of text is, in heights of a capital."""
        self.check(text)
        return sum(self._glyph(sign)[1] for sign in composed(text)) / self.capital

    def _glyph(self, sign: str) -> tuple[list[Ring], float]:
        if sign not in self._drawn:
            glyph = self._glyphs[self._names[ord(sign)]]
            pen = _Contours(self._glyphs)
            glyph.draw(pen)
            self._drawn[sign] = pen.contours, float(glyph.width)
        return self._drawn[sign]


def missing_letters(lacking: str) -> DesignRefusedError:
    """The refusal of characters that cannot be drawn; those that nobody sees are told by number."""
    signs = " ".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in lacking)
    return DesignRefusedError(
        "missing-letters",
        Sentence(
            f"Je ne sais pas écrire : {signs}. Écris ton texte sans ce signe.",
            f"I cannot write: {signs}. Write your text without it.",
        ),
    )


def composed(text: str) -> str:
    """Letters with their accents as one character each: tablets may send them apart."""
    return unicodedata.normalize("NFC", text)


def _on_curve(points: tuple[Point, Point, Point, Point], t: float) -> Point:
    """A point of a cubic Bézier curve."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return x, y
