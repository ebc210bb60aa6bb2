"""Reads the words of a program into the moves a machine makes, in absolute millimetres."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.estimate.arcs import Arcs, split_arcs
from jobs.estimate.words import Words

_AXES: Final = "XYZE"
_DEFAULT_FEED_MM_MIN: Final = 1500.0
"""Marlin's feed before the first F word; GRBL refuses a program without one."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Straight moves in the order they are made; arcs are already split into chords.

    Attributes:
        line: Line of the program each move comes from.
        end_mm: Where each move ends, (n, 4): X, Y, Z, E.
        delta_mm: How far each axis goes, (n, 4).
        feed_mm_s: Speed asked for.
        rapid: Whether the move is a G0.
    """

    line: IntArray
    end_mm: FloatArray
    delta_mm: FloatArray
    feed_mm_s: FloatArray
    rapid: BoolArray

    @property
    def start_mm(self) -> FloatArray:
        """Return where each move starts."""
        return self.end_mm - self.delta_mm


def read_moves(words: Words, *, arc_tolerance_mm: float = 0.002) -> Moves:
    """Follow the modes of a program (G90/G91, M82/M83, G92, G28) and return its moves.

    Args:
        words: The program's words.
        arc_tolerance_mm: How far a chord may stand off its arc; GRBL's `$12`.
    """
    code, is_move = _motion(words)
    after = np.stack([_positions(words, axis, is_move) for axis in range(4)], axis=1)
    before = np.vstack([np.zeros((1, 4)), after[:-1]]) if words.lines else after
    at = np.flatnonzero(is_move)
    feed_mm_min = _forward(words.values["F"], _DEFAULT_FEED_MM_MIN)[at]
    moves = Moves(at, after[at], (after - before)[at], feed_mm_min / 60.0, code[at] == 0)
    curved = code[at] >= 2
    if curved.any():
        moves = _with_chords(words, moves, curved, code[at], arc_tolerance_mm)
    long_enough = np.abs(moves.delta_mm).max(axis=1, initial=0.0) > 1e-9
    return _pick(moves, long_enough)


def _motion(words: Words) -> tuple[FloatArray, BoolArray]:
    """Return the motion mode of each line and whether the line moves."""
    own = _mode(words.g_line, words.g_code, words.lines, (0.0, 1.0, 2.0, 3.0))
    has_axis = np.any([words.named[letter] for letter in "XYZEIJ"], axis=0)
    other = words.lines_with_g(4, 28, 92)
    has_m = np.zeros(words.lines, np.bool_)
    has_m[words.m_line] = True
    return _forward(own, 0.0), has_axis & ~other & (~np.isnan(own) | ~has_m)


def _positions(words: Words, axis: int, is_move: BoolArray) -> FloatArray:
    """Return where one axis stands after each line: the last place set, plus what was added since."""
    letter = _AXES[axis]
    value = words.values[letter]
    given = ~np.isnan(value)
    relative = _relative(words, extruder=letter == "E")
    homed = words.lines_with_g(28) & _homes(words, letter)
    shifts = given & is_move & relative
    sets = (given & is_move & ~relative) | (given & words.lines_with_g(92)) | homed
    travelled = np.cumsum(np.where(shifts, value, 0.0))
    base = np.where(sets, np.where(homed, 0.0, value) - travelled, np.nan)
    place: FloatArray = _forward(base, 0.0) + travelled
    return place


def _homes(words: Words, letter: str) -> BoolArray:
    """Say of each G28 line whether it homes this axis: the named axes, or all when none is named."""
    if letter == "E":
        return np.zeros(words.lines, np.bool_)
    any_named: BoolArray = np.any([words.named[each] for each in "XYZ"], axis=0)
    return words.named[letter] | ~any_named


def _relative(words: Words, *, extruder: bool) -> BoolArray:
    """Say of each line whether distances are relative; in Marlin G90/G91 also sets the extruder's mode."""
    mode = np.full(words.lines, np.nan)
    for number, flag in ((90, 0.0), (91, 1.0)):
        mode[words.lines_with_g(number)] = flag
    if extruder:
        for number, flag in ((82, 0.0), (83, 1.0)):
            mode[words.lines_with_m(number)] = flag
    return _forward(mode, 0.0) > 0


def _mode(line: IntArray, code: FloatArray, lines: int, wanted: tuple[float, ...]) -> FloatArray:
    column = np.full(lines, np.nan)
    own = np.isin(code, wanted)
    column[line[own]] = code[own]
    return column


def _forward(column: FloatArray, first: float) -> FloatArray:
    """Fill each NaN with the last number before it."""
    row = np.where(np.isnan(column), -1, np.arange(column.size))
    row = np.maximum.accumulate(row) if column.size else row
    return np.where(row < 0, first, column[row])


def _with_chords(
    words: Words, moves: Moves, curved: BoolArray, code: FloatArray, tolerance_mm: float
) -> Moves:
    row = moves.line[curved]
    arcs = Arcs(
        start_mm=moves.start_mm[curved],
        end_mm=moves.end_mm[curved],
        centre_mm=np.nan_to_num(np.stack([words.values["I"][row], words.values["J"][row]], axis=1)),
        radius_mm=words.values["R"][row],
        clockwise=code[curved] == 2,
    )
    arc_of_chord, chord_ends_mm, chord_deltas_mm = split_arcs(arcs, tolerance_mm)
    count = np.ones(moves.line.size, np.int64)
    count[curved] = np.bincount(arc_of_chord, minlength=row.size)
    spread = np.repeat(np.arange(moves.line.size), count)
    wide = _pick(moves, spread)
    is_chord = curved[spread]
    wide.end_mm[is_chord] = chord_ends_mm
    wide.delta_mm[is_chord] = chord_deltas_mm
    return wide


def _pick(moves: Moves, which: IntArray | BoolArray) -> Moves:
    return Moves(
        moves.line[which],
        moves.end_mm[which],
        moves.delta_mm[which],
        moves.feed_mm_s[which],
        moves.rapid[which],
    )
