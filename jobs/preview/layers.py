"""From the moves of a program to the layers that are drawn, never more than a tablet takes."""

from itertools import pairwise
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import BoolArray, IntArray
from jobs.estimate.moves import Moves
from jobs.estimate.timeline import plan_program, working
from jobs.machines import MachineProfile, MillProfile
from jobs.preview.paths import UNIT_UM, Kind, Layer, Run, write_paths

MOST_BYTES: Final = 2_000_000
_NEW_LAYER: Final = 5
"""A height that differs by less (0.05 mm) is the same layer: a spiral rises all the time."""

_COARSER_MM: Final = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
_FEWER: Final = (1, 2, 4, 8, 16, 64, 256)
_PER_MM: Final = 1000 // UNIT_UM
_FARTHEST: Final = 2**28


def paths_of(program: Program, profile: MachineProfile, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the path stream of a program; a huge one loses detail, then travels, then layers.

    Raises:
        ProgramRefusedError: A number cannot be read.
    """
    moves = plan_program(program, profile).moves
    works = working(moves, profile)
    kind = np.where(works, Kind.CUT if isinstance(profile, MillProfile) else Kind.EXTRUDE, Kind.TRAVEL)
    for finest_mm in _COARSER_MM:
        found = write_paths(layers_of(moves, kind, finest_mm))
        if len(found) <= most_bytes:
            return found
    bare = [_without_travel(layer) for layer in layers_of(moves, kind, _COARSER_MM[-1])]
    made = [layer for layer in bare if layer is not None]
    for step in _FEWER:
        found = write_paths(made[::step])
        if len(found) <= most_bytes:
            return found
    return write_paths([])


def layers_of(moves: Moves, kind: IntArray, finest_mm: float = 0.0) -> list[Layer]:
    """Cut moves into layers and runs; points closer along a run than `finest_mm` are left out."""
    at = np.rint(np.clip(moves.end_mm[:, :3] * _PER_MM, -_FARTHEST, _FARTHEST)).astype(np.int64)
    before = np.rint(np.clip(moves.start_mm[:, :3] * _PER_MM, -_FARTHEST, _FARTHEST)).astype(np.int64)
    level = _levels(at[:, 2], kind)
    keep = (at[:, :2] != before[:, :2]).any(axis=1)
    if not keep.any():
        return []
    start = before[keep][:1, :2]
    at, level, kind = at[keep], level[keep], kind[keep]
    keep = _kept(at, level, kind, finest_mm)
    at, level, kind = at[keep], level[keep], kind[keep]
    points = np.concatenate((start, at[:, :2]))
    cuts = np.flatnonzero((np.diff(level) != 0) | (np.diff(kind) != 0)) + 1
    edges = np.concatenate(([0], cuts, [kind.size])).tolist()
    layers: list[tuple[int, list[Run]]] = []
    for first, last in pairwise(edges):
        if not layers or layers[-1][0] != level[first]:
            layers.append((int(level[first]), []))
        layers[-1][1].append(Run(Kind(int(kind[first])), points[first : last + 1]))
    return [Layer(z, tuple(runs)) for z, runs in layers]


def _levels(z: IntArray, kind: IntArray) -> IntArray:
    """Return the height of the layer each move belongs to: that of the last move that made something."""
    level, levels = None, np.empty(z.size, np.int64)
    changes = np.flatnonzero((kind != Kind.TRAVEL) & _changed(z, kind))
    first = int(z[changes[0]]) if changes.size else int(z[0]) if z.size else 0
    levels[:] = first
    for place in changes.tolist():
        if level is None or abs(int(z[place]) - level) >= _NEW_LAYER:
            level = int(z[place])
            levels[place:] = level
    return levels


def _changed(z: IntArray, kind: IntArray) -> BoolArray:
    """Say of each move that makes something whether its height is another than that of the one before."""
    made = np.flatnonzero(kind != Kind.TRAVEL)
    changed = np.zeros(z.size, np.bool_)
    if made.size:
        changed[made[0]] = True
        changed[made[1:]] = np.diff(z[made]) != 0
    return changed


def _kept(at: IntArray, level: IntArray, kind: IntArray, finest_mm: float) -> BoolArray:
    """Say which points are drawn: one each `finest_mm` along the way, and the last of each run."""
    if finest_mm <= 0:
        return np.ones(kind.size, np.bool_)
    way = np.cumsum(np.hypot(*np.diff(at[:, :2], axis=0, prepend=at[:1, :2]).T))
    step = (way / (finest_mm * _PER_MM)).astype(np.int64)
    kept = np.append(np.diff(step) > 0, True)
    kept[:-1] |= (np.diff(level) != 0) | (np.diff(kind) != 0)
    return kept


def _without_travel(layer: Layer) -> Layer | None:
    """Leave travels as single steps: the runs between begin where they did."""
    runs = [Run(run.kind, run.points[[0, -1]]) if run.kind is Kind.TRAVEL else run for run in layer.runs]
    return Layer(layer.z, tuple(runs)) if any(run.kind is not Kind.TRAVEL for run in runs) else None
