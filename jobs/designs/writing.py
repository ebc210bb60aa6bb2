"""Texts set to fit a room: as large as they may be, never too thin for the tool."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import FillRule, OpType

from jobs.designs.area import STROKE_MM, centred, size, thick_enough, too_small
from jobs.designs.letters import Letters
from jobs.errors import DesignRefusedError, Sentence

LEADING: Final = 1.5
"""From line to line, in heights of a capital."""
SMALLEST_CAPITAL_MM: Final = 3.5
_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Room:
    """Where a text may stand, and what writes it."""

    width_mm: float
    height_mm: float
    capital_mm: float = 100.0
    stroke_mm: float = STROKE_MM
    lines: int = 1


def written(letters: Letters, text: str, room: Room) -> Area:
    """Set a text round the origin, broken into the lines that make it largest.

    Raises:
        DesignRefusedError: a character is missing, nothing is visible, or the letters would be too small.
    """
    blocks = [_block(letters, lines) for lines in broken(text.split(" "), room.lines)]
    best, capital_mm = max(
        ((block, _capital(letters, block, room)) for block in blocks), key=lambda found: found[1]
    )
    if capital_mm < SMALLEST_CAPITAL_MM:
        raise too_small()
    return centred(_bold(best, capital_mm / letters.capital, room))


def on_arc(letters: Letters, text: str, radius_mm: float, capital_mm: float, *, top: bool) -> Area:
    """Set a text along a circle round the origin, its feet (top) or its heads (bottom) on the circle."""
    factor = capital_mm / letters.capital
    glyphs = letters.glyphs(text)
    length = sum(width for _rings, _at, width in glyphs) * factor
    drawn = []
    for rings, at, width in glyphs:
        turn = ((at + width / 2) * factor - length / 2) / radius_mm
        glyph = Area([[(x - width / 2, y) for x, y in ring] for ring in rings], FillRule.NonZero)
        scaled = glyph.scale((factor, factor))
        if top:
            drawn.append(scaled.translate((0, radius_mm)).rotate(-float(np.degrees(turn))))
        else:
            drawn.append(scaled.translate((0, -radius_mm)).rotate(float(np.degrees(turn))))
    return visible(Area.batch_boolean(drawn, OpType.Add))


def visible(area: Area) -> Area:
    """The area, when there is anything to see of it.

    Raises:
        DesignRefusedError: it is empty.
    """
    if area.is_empty():
        raise DesignRefusedError(
            "text-length", Sentence("Écris au moins une lettre.", "Write at least one letter.")
        )
    return area


def _bold(block: Area, factor: float, room: Room) -> Area:
    """A block at a scale, made bold enough for the tool and, if that made it too wide, smaller again."""
    for _ in range(_TRIES):
        bold = thick_enough(block.scale((factor, factor)), room.stroke_mm)
        width_mm, height_mm = size(bold)
        excess = max(width_mm / room.width_mm, height_mm / room.height_mm)
        if excess <= 1 + 1e-9:
            return bold
        factor /= excess
    raise too_small()


def _capital(letters: Letters, block: Area, room: Room) -> float:
    """How tall the capitals of a block are once it fills its room."""
    width, height = size(block)
    factor = min(room.width_mm / width, room.height_mm / max(height, letters.capital))
    return min(factor * letters.capital, room.capital_mm)


def _block(letters: Letters, lines: list[str]) -> Area:
    """Lines under each other, centred, in font units."""
    set_lines = []
    for row, line in enumerate(lines):
        outline = letters.outline(line)
        if not outline.is_empty():
            left, _, right, _ = outline.bounds()
            set_lines.append(outline.translate((-(left + right) / 2, -row * LEADING * letters.capital)))
    return visible(Area.batch_boolean(set_lines, OpType.Add) if set_lines else Area())


def broken(words: list[str], most: int) -> Iterator[list[str]]:
    """Every way to break words into at most so many lines."""
    for lines in range(1, min(most, len(words)) + 1):
        for breaks in combinations(range(1, len(words)), lines - 1):
            edges = [0, *breaks, len(words)]
            yield [" ".join(words[first:last]) for first, last in pairwise(edges)]
