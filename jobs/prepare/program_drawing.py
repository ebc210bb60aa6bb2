"""The lines that a ready-made program draws, for a preview where there is no shape."""

from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import FloatArray
from jobs.cam.drawing import Drawing, Outline, Role
from jobs.estimate.timeline import plan_program, working
from jobs.machines import MachineProfile

POINT_LIMIT: Final = 20_000


def drawing_of(program: Program, profile: MachineProfile) -> Drawing:
    """Follow the moves that extrude or cut, seen from above; of a long program only every nth layer."""
    moves = plan_program(program, profile).moves
    at = np.flatnonzero(working(moves, profile))
    heights = moves.end_mm[at, 2].round(3)
    layers = np.unique(heights)
    stride = max(1, -(-len(at) // POINT_LIMIT))
    at = at[np.isin(heights, layers[::stride])][:POINT_LIMIT]
    if not len(at):
        return Drawing((), *profile.bed_mm[:2])
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    outlines = tuple(_outline(moves.start_mm[run, :2], moves.end_mm[run, :2]) for run in runs)
    return Drawing(outlines, *profile.bed_mm[:2])


def _outline(starts_mm: FloatArray, ends_mm: FloatArray) -> Outline:
    points = np.vstack([starts_mm[:1], ends_mm]).round(3)
    return Outline(tuple((float(x), float(y)) for x, y in points), closed=False, role=Role.ENGRAVE)
