"""A program as the machine lives it, block by block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.energy.meters import Command
from jobs.estimate.blocks import blocks_of
from jobs.estimate.commands import read_commands
from jobs.estimate.limits import LimitBook, limits_of
from jobs.estimate.lookahead import durations, gains, look_ahead, settled
from jobs.estimate.motion import speeds_of
from jobs.estimate.moves import NO_MOVES, Modes, Moves, follow
from jobs.estimate.removal import cutting
from jobs.estimate.words import Words, read_text
from jobs.machines import MachineProfile, MillProfile, Motion

_STOPS_G: Final = (4.0, 28.0)
_STOPS_M: Final = (0.0, 1.0, 3.0, 4.0, 5.0, 109.0, 190.0, 400.0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A program, or a part of it, as the machine lives it: moves, seconds of each, commands between."""

    moves: Moves
    times_s: FloatArray
    commands: list[Command]


@dataclass(frozen=True, slots=True)
class _Open:
    """Moves whose speed still depends on what follows them."""

    moves: Moves
    stops: BoolArray
    motions: list[Motion]
    row: IntArray


def plan_program(program: Program, profile: MachineProfile) -> Timeline:
    """Read a whole program and time its moves on a machine.

    Raises:
        ProgramRefusedError: A number cannot be read.
    """
    parts = list(plan_blocks(blocks_of(program.data), LimitBook(profile.motion)))
    moves = Moves(
        np.concatenate([part.moves.line for part in parts]),
        np.concatenate([part.moves.end_mm for part in parts]),
        np.concatenate([part.moves.delta_mm for part in parts]),
        np.concatenate([part.moves.feed_mm_s for part in parts]),
        np.concatenate([part.moves.rapid for part in parts]),
    )
    times_s = np.concatenate([part.times_s for part in parts])
    return Timeline(moves, times_s, [command for part in parts for command in part.commands])


def plan_blocks(blocks: Iterable[bytes], limits: LimitBook) -> Iterator[Timeline]:
    """Time a program that comes in blocks of bare lines; memory does not grow with the program.

    Yields:
        Parts of the program, in order; each begins where the one before ends, also within a line.

    Raises:
        ProgramRefusedError: A number cannot be read.
    """
    planner = _Planner(limits)
    for block in blocks:
        yield planner.take(read_text(block))
    yield planner.finish()


class _Planner:
    """Holds what one block leaves for the next: modes, the moves still open, the speed they begin at."""

    def __init__(self, limits: LimitBook) -> None:
        self._limits = limits
        self._modes = Modes()
        self._lines = 0
        self._stands = True
        self._entry_sq: float | None = None
        self._open = _Open(NO_MOVES, np.empty(0, np.bool_), [limits.motion], np.empty(0, np.int64))
        self._commands: list[Command] = []

    def take(self, words: Words) -> Timeline:
        """Read some lines and return what is settled by them."""
        moves, self._modes = follow(words, self._modes)
        stops = words.lines_with("G", *_STOPS_G) | words.lines_with("M", *_STOPS_M)
        motions, row = self._limits.rows(words, moves.line)
        self._commands += read_commands(words, self._lines)
        self._append(moves, self._stops_before(stops, moves.line), motions, row)
        self._lines += words.lines
        return self._settle(last=False)

    def finish(self) -> Timeline:
        """Return the rest: the machine stands at the end."""
        return self._settle(last=True)

    def _stops_before(self, stops: BoolArray, line: IntArray) -> BoolArray:
        """Say of each move whether a line that stops the machine stands between it and the one before."""
        passed = np.concatenate(([0], np.cumsum(stops)))
        before = np.concatenate(([-1 if self._stands else 0], passed[line]))
        if line.size:
            self._stands = bool(passed[-1] > passed[line[-1]])
        else:
            self._stands = self._stands or bool(passed[-1])
        stopped: BoolArray = np.diff(before) > 0
        return stopped

    def _append(self, moves: Moves, stops: BoolArray, motions: list[Motion], row: IntArray) -> None:
        numbered = Moves(moves.line + self._lines, moves.end_mm, moves.delta_mm, moves.feed_mm_s, moves.rapid)
        old = self._open
        if motions == old.motions:
            motions, row = old.motions, np.concatenate((old.row, row))
        else:
            motions, row = [*old.motions, *motions], np.concatenate((old.row, row + len(old.motions)))
        self._open = _Open(old.moves.then(numbered), np.concatenate((old.stops, stops)), motions, row)

    def _settle(self, *, last: bool) -> Timeline:
        """Time the open moves that nothing to come can change any more."""
        found = self._open
        if not found.moves.line.size:
            return Timeline(NO_MOVES, np.empty(0), self._due(None))
        speeds = speeds_of(found.moves, found.stops, limits_of(found.motions, found.row))
        gain_sq = gains(speeds)
        if self._entry_sq is not None:
            speeds.joint_sq[0] = self._entry_sq
        end = gain_sq.size if last else settled(speeds.joint_sq, gain_sq)
        joint_sq = look_ahead(speeds.joint_sq, gain_sq)
        self._keep(found, end)
        self._entry_sq = float(joint_sq[end])
        moves = found.moves.pick(slice(0, end))
        due = self._due(None if last else moves.line)
        return Timeline(moves, durations(joint_sq[: end + 1], speeds), due)

    def _keep(self, found: _Open, end: int) -> None:
        """Leave open what is not settled, with the limits it needs and no others."""
        needed, row = np.unique(found.row[end:], return_inverse=True)
        motions = [found.motions[index] for index in needed.tolist()] or [self._limits.motion]
        rest = slice(end, None)
        self._open = _Open(found.moves.pick(rest), found.stops[rest], motions, row.astype(np.int64))

    def _due(self, line: IntArray | None) -> list[Command]:
        """Take the commands up to the last settled move; without moves, all of them."""
        if line is None:
            due, self._commands = self._commands, []
        elif not line.size:
            due = []
        else:
            count = sum(command.line <= line[-1] for command in self._commands)
            due, self._commands = self._commands[:count], self._commands[count:]
        return due


def working(moves: Moves, profile: MachineProfile) -> BoolArray:
    """Say of each move whether it makes something: extrudes along a way, or cuts."""
    if isinstance(profile, MillProfile):
        return cutting(moves)
    way = np.abs(moves.delta_mm[:, :3])
    travels: BoolArray = np.maximum(np.maximum(way[:, 0], way[:, 1]), way[:, 2]) > 1e-9
    return travels & (moves.delta_mm[:, 3] > 0.0)
