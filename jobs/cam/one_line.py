"""Letters of single lines: Hershey's roman alphabet, completed by the accents and ligatures it lacks.

Source: the Hershey fonts (A. V. Hershey, US National Bureau of Standards, 1967), free to use.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from HersheyFonts import HersheyFonts

from jobs.cam.one_line_signs import ABOVE, BELOW, JOINED, OWN, SAME, STRUCK, Stroke, strokes_of

_UNIT: Final = 1.0 / 30.0
"""Hershey's capitals are 21 units high: this makes them 0.7 of the font size."""

_BASE: Final = 9.0
_CAP_TOP: Final = -12.0
_LOW_TOP: Final = -5.0
_GAP: Final = 2.5


def _shifted(strokes: Sequence[Stroke], x: float, y: float = 0.0) -> list[Stroke]:
    return [[(x + px, y + py) for px, py in stroke] for stroke in strokes]


@cache
def one_line_glyph(sign: str) -> tuple[tuple[Stroke, ...], float] | None:
    """Return the strokes of a character and its advance per font size, y downwards from the base line."""
    found = _units(sign)
    if found is None:
        return None
    left, right, strokes = found
    placed = tuple([((x - left) * _UNIT, (y - _BASE) * _UNIT) for x, y in stroke] for stroke in strokes)
    return placed, (right - left) * _UNIT


@cache
def _hershey() -> HersheyFonts:
    font = HersheyFonts()
    font.load_default_font("futural")
    return font


def _units(sign: str) -> tuple[float, float, list[Stroke]] | None:
    """Return left edge, right edge and strokes in Hershey's units."""
    if sign in OWN:
        left, right, lines = OWN[sign]
        return left, right, strokes_of(lines)
    if sign in JOINED:
        return _joined(*JOINED[sign])
    if sign in STRUCK:
        letter, through = STRUCK[sign]
        left, right, strokes = _plain(letter)
        return left, right, strokes + strokes_of(through)
    sign = SAME.get(sign, sign)
    if sign in _hershey().all_glyphs:
        return _plain(sign)
    return _accented(sign)


def _plain(sign: str) -> tuple[float, float, list[Stroke]]:
    glyph = _hershey().all_glyphs[sign]
    strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in glyph.strokes]
    return float(glyph.left_offset), float(glyph.left_offset + glyph.char_width), strokes


def _joined(signs: str, closer: float) -> tuple[float, float, list[Stroke]]:
    strokes: list[Stroke] = []
    pen = 0.0
    for place, sign in enumerate(signs):
        left, right, lines = _plain(sign)
        pen += closer if place else 0.0
        strokes += _shifted(lines, pen - left)
        pen += right - left
    return 0.0, pen, strokes


def _accented(sign: str) -> tuple[float, float, list[Stroke]] | None:
    """Put the accents of a character on its letter."""
    apart = unicodedata.normalize("NFD", sign)
    letter, marks = apart[0], apart[1:]
    known = all(mark in ABOVE or mark in BELOW for mark in marks)
    if not marks or not known or letter not in _hershey().all_glyphs:
        return None
    left, right, strokes = _plain(letter)
    over = [mark for mark in marks if mark in ABOVE]
    if letter in "ij" and over:
        strokes = [stroke for stroke in strokes if max(y for _, y in stroke) > _LOW_TOP]
    everything = [point for stroke in strokes for point in stroke]
    middle = (min(x for x, _ in everything) + max(x for x, _ in everything)) / 2
    top = min(_LOW_TOP, *(y for _, y in everything))
    for mark in marks:
        if mark in ABOVE:
            strokes = strokes + _shifted(strokes_of(ABOVE[mark]), middle, top - _GAP)
            top -= 2 * _GAP + 2.0
        else:
            strokes = strokes + _shifted(strokes_of(BELOW[mark]), middle, _BASE)
    return left, right, strokes
