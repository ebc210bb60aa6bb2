"""Reads the words of a program into the moves a machine makes, in absolute millimetres."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.estimate.arcs import Arcs, split_arcs
from jobs.estimate.words import Words

_AXES: Final = "XYZE"
_INCH_MM: Final = 25.4


@dataclass(frozen=True, slots=True)
class Modes:
    """What a machine remembers from one line to the next.

    `feed_mm_min` starts at Marlin's feed before the first F word; GRBL refuses a program without one.
    """

    motion: float = 0.0
    relative: bool = False
    extruder_relative: bool = False
    feed_mm_min: float = 1500.0
    feed_share: float = 1.0
    unit_mm: float = 1.0
    place_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


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

    def pick(self, which: IntArray | BoolArray | slice) -> "Moves":
        """Return some of the moves."""
        return Moves(
            self.line[which],
            self.end_mm[which],
            self.delta_mm[which],
            self.feed_mm_s[which],
            self.rapid[which],
        )

    def then(self, later: "Moves") -> "Moves":
        """Return these moves and those that follow."""
        return Moves(
            np.concatenate((self.line, later.line)),
            np.concatenate((self.end_mm, later.end_mm)),
            np.concatenate((self.delta_mm, later.delta_mm)),
            np.concatenate((self.feed_mm_s, later.feed_mm_s)),
            np.concatenate((self.rapid, later.rapid)),
        )


NO_MOVES: Final = Moves(
    np.empty(0, np.int64), np.empty((0, 4)), np.empty((0, 4)), np.empty(0), np.empty(0, np.bool_)
)


def read_moves(words: Words, *, arc_tolerance_mm: float = 0.002) -> Moves:
    """Return the moves of a whole program."""
    return follow(words, Modes(), arc_tolerance_mm=arc_tolerance_mm)[0]


def follow(words: Words, before: Modes, *, arc_tolerance_mm: float = 0.002) -> tuple[Moves, Modes]:
    """Follow the modes of some lines (G20/G21, G90/G91, M82/M83, M220, G92, G28) and return their moves.

    Args:
        words: The words of the lines.
        before: What the machine remembers from the lines before.
        arc_tolerance_mm: How far a chord may stand off its arc; GRBL's `$12`.
    """
    if not words.lines:
        return NO_MOVES, before
    code, is_move = _motion(words, before)
    unit_mm = _forward(_mode(words, "G", {20.0: _INCH_MM, 21.0: 1.0}), before.unit_mm)
    relative, extruder_relative = _relative(words, before)
    after = _places(words, before, is_move, (relative, relative, relative, extruder_relative), unit_mm)
    feed_mm_min, share = _forward(words.column("F") * unit_mm, before.feed_mm_min), _feed_share(words, before)
    at = np.flatnonzero(is_move)
    starts = np.vstack([np.array([before.place_mm]), after[:-1]])
    moves = Moves(at, after[at], (after - starts)[at], (feed_mm_min * share)[at] / 60.0, code[at] == 0)
    curved = code[at] >= 2
    if curved.any():
        moves = _with_chords(words, moves, curved, code[at], unit_mm, arc_tolerance_mm)
    long_enough = np.abs(moves.delta_mm).max(axis=1, initial=0.0) > 1e-9
    x_mm, y_mm, z_mm, e_mm = after[-1].tolist()
    last = Modes(
        motion=float(code[-1]),
        relative=bool(relative[-1]),
        extruder_relative=bool(extruder_relative[-1]),
        feed_mm_min=float(feed_mm_min[-1]),
        feed_share=float(share[-1]),
        unit_mm=float(unit_mm[-1]),
        place_mm=(x_mm, y_mm, z_mm, e_mm),
    )
    return (moves if long_enough.all() else moves.pick(long_enough)), last


def _motion(words: Words, before: Modes) -> tuple[FloatArray, BoolArray]:
    """Return the motion mode of each line and whether the line moves."""
    own = _mode(words, "G", {0.0: 0.0, 1.0: 1.0, 2.0: 2.0, 3.0: 3.0})
    has_axis = words.named("XYZEIJ")
    other = words.lines_with("G", 4, 28, 92)
    return _forward(own, before.motion), has_axis & ~other & (~np.isnan(own) | ~words.named("M"))


def _places(
    words: Words,
    before: Modes,
    is_move: BoolArray,
    relative: tuple[BoolArray, BoolArray, BoolArray, BoolArray],
    unit_mm: FloatArray,
) -> FloatArray:
    """Return where the axes stand after each line, (n, 4)."""
    resets = words.lines_with("G", 28, 92)
    values = [words.column(letter) * unit_mm for letter in _AXES]
    sets = [~np.isnan(value) & is_move & ~own for value, own in zip(values, relative, strict=True)]
    shifts = [~np.isnan(value) & is_move & own for value, own in zip(values, relative, strict=True)]
    if resets.any():
        for axis, letter in enumerate(_AXES):
            homed = words.lines_with("G", 28) & _homes(words, letter)
            sets[axis] |= (words.lines_with("G", 92) & ~np.isnan(values[axis])) | homed
            values[axis][homed] = 0.0
    places = (_place(*each) for each in zip(values, sets, shifts, before.place_mm, strict=True))
    return np.stack(list(places), axis=1)


def _place(value: FloatArray, sets: BoolArray, shifts: BoolArray, before_mm: float) -> FloatArray:
    """Return where one axis stands after each line: the last place set, plus what was added since."""
    if not shifts.any():
        return _forward(np.where(sets, value, np.nan), before_mm)
    travelled = np.cumsum(np.where(shifts, value, 0.0))
    if not sets.any():
        return before_mm + travelled
    place: FloatArray = _forward(np.where(sets, value - travelled, np.nan), before_mm) + travelled
    return place


def _homes(words: Words, letter: str) -> BoolArray:
    """Say of each G28 line whether it homes this axis: the named axes, or all when none is named."""
    if letter == "E":
        return np.zeros(words.lines, np.bool_)
    return words.named(letter) | ~words.named("XYZ")


def _relative(words: Words, before: Modes) -> tuple[BoolArray, BoolArray]:
    """Say of each line whether distances are relative; in Marlin G90/G91 also sets the extruder's mode."""
    mode = _mode(words, "G", {90.0: 0.0, 91.0: 1.0})
    own = _mode(words, "M", {82.0: 0.0, 83.0: 1.0})
    extruder = np.where(np.isnan(own), mode, own)
    return _forward(mode, float(before.relative)) > 0, _forward(extruder, float(before.extruder_relative)) > 0


def _feed_share(words: Words, before: Modes) -> FloatArray:
    """Return the share of the feed that M220 sets."""
    own = np.full(words.lines, np.nan)
    asked = words.lines_with("M", 220)
    if asked.any():
        own[asked] = words.column("S")[asked] / 100.0
    return _forward(own, before.feed_share)


def _mode(words: Words, letter: str, meanings: dict[float, float]) -> FloatArray:
    """Return what the last of these commands on each line means, NaN where there is none."""
    line, code = words.codes(letter)
    column = np.full(words.lines, np.nan)
    for number, meaning in meanings.items():
        column[line[code == number]] = meaning
    return column


def _forward(column: FloatArray, first: float) -> FloatArray:
    """Fill each NaN with the last number before it."""
    empty = np.isnan(column)
    if not empty.any():
        return column
    row = np.where(empty, -1, np.arange(column.size))
    np.maximum.accumulate(row, out=row)
    return np.where(row < 0, first, column[row])


def _with_chords(
    words: Words,
    moves: Moves,
    curved: BoolArray,
    code: FloatArray,
    unit_mm: FloatArray,
    tolerance_mm: float,
) -> Moves:
    row = moves.line[curved]
    centre, radius = (
        np.stack([words.column(letter) * unit_mm for letter in letters], axis=1) for letters in ("IJ", "R")
    )
    arcs = Arcs(
        start_mm=moves.start_mm[curved],
        end_mm=moves.end_mm[curved],
        centre_mm=np.nan_to_num(centre[row]),
        radius_mm=radius[row, 0],
        clockwise=code[curved] == 2,
    )
    arc_of_chord, chord_ends_mm, chord_deltas_mm = split_arcs(arcs, tolerance_mm)
    count = np.ones(moves.line.size, np.int64)
    count[curved] = np.bincount(arc_of_chord, minlength=row.size)
    spread = np.repeat(np.arange(moves.line.size), count)
    wide = moves.pick(spread)
    is_chord = curved[spread]
    wide.end_mm[is_chord] = chord_ends_mm
    wide.delta_mm[is_chord] = chord_deltas_mm
    return wide
