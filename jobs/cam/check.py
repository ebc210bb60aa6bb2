"""Replays a milling program line by line and refuses one that could do harm.

It reads G-code in its own way and shares nothing with the writer, so that one error does not hide the other.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.errors import ProgramRefusedError, Sentence
from jobs.machines import MillProfile

_WORD: Final = re.compile(r"([A-Z])(-?\d+(?:\.\d{1,3})?)")
_LINE: Final = re.compile(r"(?:[A-Z]-?\d+(?:\.\d{1,3})? ?)+")
_CODES: Final = frozenset({"G0", "G1", "G4", "G17", "G21", "G54", "G90", "G94", "M2", "M3", "M5"})
_SPIN_UP_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class CutReport:
    """What the replay saw: how deep and how far the tool cut, and how often it travelled."""

    deepest_mm: float
    cut_mm: float
    travels: int
    bounds_mm: tuple[float, float, float, float]
    moves_mm: FloatArray
    """Moves at or below the top of the stock as x, y, z before and x, y, z after, (n, 6)."""


@dataclass(slots=True)
class _Replay:
    profile: MillProfile
    deepest_allowed_mm: float
    at: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys("XYZ"))
    mode: str = ""
    feed_mm_min: float = 0.0
    spinning: bool = False
    spun_up: bool = False
    ended: bool = False
    cut_mm: float = 0.0
    travels: int = 0
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    deepest_mm: float = 0.0
    moves: list[tuple[float, ...]] = field(default_factory=list)


def check_cut(program: bytes, profile: MillProfile, deepest_mm: float) -> CutReport:
    """Replay a program from an unknown place and return what it did.

    Args:
        program: Lines of G-code.
        profile: The mill.
        deepest_mm: How far below the top of the stock the tool may go, as a positive number.

    Raises:
        ProgramRefusedError: Named by the line: an unknown word, a rapid in stock or a travel below safe
            height, a place outside the machine, too deep, cutting without spindle, dwell, feed or known
            place, no end.
    """
    replay = _Replay(profile, deepest_mm)
    for number, line in enumerate(program.decode("ascii", "replace").splitlines(), 1):
        _step(replay, line, number)
    if not replay.ended or replay.spinning or (replay.at["Z"] or 0.0) < profile.safe_z_mm:
        raise _refused(0, "no_safe_end")
    xs, ys = replay.xs or [0.0], replay.ys or [0.0]
    bounds_mm = (min(xs), min(ys), max(xs), max(ys))
    moves_mm = np.array(replay.moves, np.float64).reshape(-1, 6)
    return CutReport(replay.deepest_mm, replay.cut_mm, replay.travels, bounds_mm, moves_mm)


def _step(replay: _Replay, line: str, number: int) -> None:
    if replay.ended or len(line) > 80 or not _LINE.fullmatch(line):
        raise _refused(number, "unreadable")
    values: dict[str, float] = {}
    for letter, text in _WORD.findall(line):
        if letter in "GM":
            _mode(replay, letter + text, line, number)
        elif letter in "XYZFSP" and letter not in values:
            values[letter] = float(text)
        else:
            raise _refused(number, "unknown_word")
    replay.feed_mm_min = values.get("F", replay.feed_mm_min)
    if values.keys() & set("XYZ"):
        _move(replay, values, number)


def _mode(replay: _Replay, code: str, line: str, number: int) -> None:
    if code not in _CODES:
        raise _refused(number, "unknown_word")
    match code:
        case "G0" | "G1":
            replay.mode = code
        case "M3":
            replay.spinning, replay.spun_up = True, False
        case "M5":
            replay.spinning = False
        case "G4":
            dwell_s = float(line.rpartition("P")[2] or 0.0)
            replay.spun_up = replay.spun_up or (replay.spinning and dwell_s >= _SPIN_UP_S)
        case "M2":
            replay.ended = True
        case _:
            pass


def _move(replay: _Replay, values: dict[str, float], number: int) -> None:
    before = dict(replay.at)
    after = before | {axis: values[axis] for axis in "XYZ" if axis in values}
    replay.at = after
    _refuse_outside(replay, after, number)
    lowest_mm = min(_height(before), _height(after))
    sideways = any(before[axis] != after[axis] for axis in "XY")
    if replay.mode == "G0":
        _check_rapid(replay, number, lowest_mm, sideways=sideways)
        return
    if replay.mode != "G1" or not 0.0 < replay.feed_mm_min <= replay.profile.max_feed_mm_min:
        raise _refused(number, "no_feed")
    if lowest_mm <= 0.0:
        _check_cut(replay, before, after, number)


def _check_rapid(replay: _Replay, number: int, lowest_mm: float, *, sideways: bool) -> None:
    # The height at the start is unknown: only a rapid upwards, or one after it, is safe.
    if sideways and lowest_mm < replay.profile.safe_z_mm:
        raise _refused(number, "travel_too_low")
    if not sideways and _height(replay.at) <= 0.0:
        raise _refused(number, "rapid_into_stock")
    replay.travels += sideways


def _check_cut(
    replay: _Replay, before: dict[str, float | None], after: dict[str, float | None], number: int
) -> None:
    if not (replay.spinning and replay.spun_up):
        raise _refused(number, "spindle_not_ready")
    start_x, start_y, start_z = (before[axis] for axis in "XYZ")
    if start_x is None or start_y is None or start_z is None:
        raise _refused(number, "unknown_place")
    x, y, z = (after[axis] or 0.0 for axis in "XYZ")
    way_mm = math.hypot(x - start_x, y - start_y)
    if z < start_z:
        down_mm_min = replay.feed_mm_min * (start_z - z) / math.hypot(way_mm, start_z - z)
        if down_mm_min > replay.profile.max_plunge_mm_min + 0.5:
            raise _refused(number, "plunge_too_fast")
    replay.cut_mm += way_mm
    replay.xs.append(x)
    replay.ys.append(y)
    replay.deepest_mm = min(replay.deepest_mm, z)
    replay.moves.append((start_x, start_y, start_z, x, y, z))


def _refuse_outside(replay: _Replay, at: dict[str, float | None], number: int) -> None:
    for axis, room_mm in zip("XY", replay.profile.bed_mm, strict=False):
        if not 0.0 <= (at[axis] or 0.0) <= room_mm:
            raise _refused(number, "outside")
    if at["Z"] is not None and at["Z"] < -min(replay.deepest_allowed_mm, replay.profile.bed_mm[2]):
        raise _refused(number, "too_deep")


def _height(at: dict[str, float | None]) -> float:
    """Return the height; one not known yet counts as deep in the stock."""
    return -1000.0 if at["Z"] is None else at["Z"]


def _refused(number: int, code: str) -> ProgramRefusedError:
    return ProgramRefusedError(
        code,
        Sentence(
            f"Le programme de fraisage n'est pas sûr (ligne {number} : {code}). Préviens le médiateur.",
            f"The milling program is not safe (line {number}: {code}). Tell the mediator.",
        ),
    )
