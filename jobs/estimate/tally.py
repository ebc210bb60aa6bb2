"""Adds up what a program takes while it goes by: time, energy, filament, layers, room."""

from dataclasses import replace
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.energy.loads import COUNT, Load
from jobs.energy.meters import Use, meter_for
from jobs.estimate.commands import stretches
from jobs.estimate.moves import Moves
from jobs.estimate.removal import Stock
from jobs.estimate.timeline import Timeline, working
from jobs.machines import MachineProfile, MillProfile

_SPIRAL_LAYER_MM: Final = 0.2
"""A layer of a spiral, which has no heights of its own (assumed: the layer of our profile)."""


class Tally:
    """Takes the parts of a program in order.

    Attributes:
        filament_mm: The most filament that has left the spool at any time.
        path_mm: Way of the moves that make something.
        low_mm: Lowest X, Y, Z of the moves that make something, infinite when there are none.
        high_mm: Highest.
    """

    def __init__(self, profile: MachineProfile, ambient_c: float) -> None:
        self.filament_mm = 0.0
        self.path_mm = 0.0
        self.low_mm = np.full(3, np.inf)
        self.high_mm = np.full(3, -np.inf)
        self._profile = profile
        self._meter = meter_for(profile, ambient_c)
        self._heat: Use | None = None
        self._heat_loads: FloatArray | None = None
        self._fed_mm = 0.0
        self._levels: set[int] = set()
        self._turns: set[int] = set()
        self._stock = Stock(profile.tool_mm) if isinstance(profile, MillProfile) else None
        self._fastest_mm_s = 0.0

    def add(self, part: Timeline) -> None:
        """Take the next part of the program."""
        works = working(part.moves, self._profile)
        if self._heat is None and works.any():
            first = int(np.argmax(works))
            head, part = _split(part, first)
            self._run(head)
            self._heat = self._meter.use
            self._heat_loads = None if self._stock is not None else self._meter.loads
        self._run(part)
        works = working(part.moves, self._profile)
        if works.any():
            self._measure(part.moves, works)

    @property
    def heat(self) -> Use:
        """What is used before the first move that makes something; nothing on a mill."""
        return self._heat if self._heat is not None and self._stock is None else Use()

    @property
    def heat_loads(self) -> FloatArray:
        """What `heat` is made of."""
        return np.zeros(COUNT) if self._heat_loads is None else self._heat_loads

    @property
    def loads(self) -> FloatArray:
        """What `use` is made of."""
        found = self._meter.loads
        if self._stock is not None:
            found[Load.CUT] = self._stock.removed_mm3()
        return found

    @property
    def use(self) -> Use:
        """What is used in all; a mill also pays for the material, and most for its fastest, deepest cut."""
        use = self._meter.use
        if self._stock is None or not isinstance(self._profile, MillProfile) or not self._levels:
            return use
        levels_mm = np.array(sorted({level for level in self._levels if level < 0} | {0})) / 1000.0
        step_mm = float(np.diff(levels_mm, prepend=levels_mm[0]).max())
        cut_w = self._profile.cut_j_mm3 * self._fastest_mm_s * step_mm * self._profile.tool_mm
        cut_j = self._profile.cut_j_mm3 * self._stock.removed_mm3()
        return replace(use, joules=use.joules + cut_j, peak_w=use.peak_w + cut_w)

    @property
    def layers(self) -> int:
        """Heights at which something is made; a spiral above them counts by its turns."""
        top = max(self._levels, default=-(10**9))
        turn = round(_SPIRAL_LAYER_MM * 1000)
        return len(self._levels) + sum(level * turn > top for level in self._turns)

    def _run(self, part: Timeline) -> None:
        delta_e = part.moves.delta_mm[:, 3]
        pieces = stretches(part.commands, part.moves.line, part.times_s, delta_e)
        for command, piece in zip([*part.commands, None], pieces, strict=True):
            self._meter.pass_time(piece)
            if command is not None:
                self._meter.obey(command)
        fed = self._fed_mm + np.cumsum(delta_e)
        if fed.size:
            self.filament_mm = max(self.filament_mm, float(fed.max()))
            self._fed_mm = float(fed[-1])

    def _measure(self, moves: Moves, works: BoolArray) -> None:
        made = moves.pick(works)
        end_mm, delta_mm = made.end_mm[:, :3], made.delta_mm[:, :3]
        self.path_mm += float(np.sqrt(np.einsum("ij,ij->i", delta_mm, delta_mm)).sum())
        for points in (end_mm, end_mm - delta_mm):
            self.low_mm = np.minimum(self.low_mm, points.min(axis=0))
            self.high_mm = np.maximum(self.high_mm, points.max(axis=0))
        level = np.rint(end_mm[:, 2] * 1000).astype(np.int64)
        flat = np.abs(delta_mm[:, 2]) < 1e-6 if self._stock is None else np.ones(level.size, np.bool_)
        self._levels.update(np.unique(level[flat]).tolist())
        self._turns.update(np.unique(level[~flat] // round(_SPIRAL_LAYER_MM * 1000)).tolist())
        if self._stock is not None:
            self._stock.cut(made)
            self._fastest_mm_s = max(self._fastest_mm_s, float(made.feed_mm_s.max()))


def _split(part: Timeline, move: int) -> tuple[Timeline, Timeline]:
    """Cut a part before one of its moves; commands on an earlier line go with the first half."""
    line = int(part.moves.line[move])
    count = sum(command.line < line for command in part.commands)
    return (
        Timeline(part.moves.pick(slice(0, move)), part.times_s[:move], part.commands[:count]),
        Timeline(part.moves.pick(slice(move, None)), part.times_s[move:], part.commands[count:]),
    )
