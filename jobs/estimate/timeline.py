"""A program as the machine lives it, move by move."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import BoolArray, FloatArray
from jobs.energy.meters import Command
from jobs.estimate.commands import read_commands
from jobs.estimate.motion import move_times
from jobs.estimate.moves import Moves, read_moves
from jobs.estimate.removal import cutting
from jobs.estimate.words import read_words
from jobs.machines import MachineProfile, MillProfile

_STOPS_G: Final = (4.0, 28.0)
_STOPS_M: Final = (0.0, 1.0, 3.0, 4.0, 5.0, 109.0, 190.0, 400.0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A program as the machine lives it: its moves, the seconds of each, and the commands between."""

    moves: Moves
    times_s: FloatArray
    commands: list[Command]


def plan_program(program: Program, profile: MachineProfile) -> Timeline:
    """Read a program and time its moves on a machine."""
    words = read_words(program)
    moves = read_moves(words)
    stops = words.lines_with_g(*_STOPS_G) | words.lines_with_m(*_STOPS_M)
    stops_before = np.concatenate(([0], np.cumsum(stops)))[moves.line]
    stands = np.diff(stops_before, prepend=0) > 0
    return Timeline(moves, move_times(moves, stands, profile.motion), read_commands(words))


def working(moves: Moves, profile: MachineProfile) -> BoolArray:
    """Say of each move whether it makes something: extrudes along a way, or cuts."""
    if isinstance(profile, MillProfile):
        return cutting(moves)
    travels: BoolArray = np.abs(moves.delta_mm[:, :3]).max(axis=1, initial=0.0) > 1e-9
    return travels & (moves.delta_mm[:, 3] > 0.0)
