"""Puts the ways of the tool in an order: rank by rank, inside a rank always the nearest end."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np
from shapely.geometry import LineString

from jobs.cam.paths import POCKET_RANK, ToolPath

_ENTRIES: Final = 8
"""Places round a ring at which it may be entered."""


def ordered(paths: list[ToolPath]) -> Iterator[list[ToolPath]]:
    """Yield the paths one by one, turned to begin near the tool; the rings of a pocket together."""
    here = np.zeros(2)
    for rank in sorted({path.rank for path in paths}):
        members = [path for path in paths if path.rank == rank]
        groups = _pockets(members) if rank == POCKET_RANK else [[path] for path in members]
        entries = [_entries(group[0], fixed=len(group) > 1) for group in groups]
        owner = np.repeat(np.arange(len(groups)), [len(each) for each in entries])
        corner = np.concatenate([np.arange(len(each)) for each in entries])
        places = np.array([place for each in entries for _, place in each])
        waiting = np.ones(len(owner), np.bool_)
        while waiting.any():
            distance = np.where(waiting, np.hypot(*(places - here).T), np.inf)
            nearest = int(np.argmin(distance))
            chosen = int(owner[nearest])
            waiting[owner == chosen] = False
            index, _ = entries[chosen][int(corner[nearest])]
            group = groups[chosen] if len(groups[chosen]) > 1 else [_begun(groups[chosen][0], index)]
            here = np.array(group[-1].line.coords[-1])
            yield group


def _pockets(rings: list[ToolPath]) -> list[list[ToolPath]]:
    """Put the rings of each pocket together: they share their room."""
    return [list(members) for _, members in groupby(rings, key=lambda ring: id(ring.room))]


def _entries(path: ToolPath, *, fixed: bool) -> list[tuple[int, tuple[float, float]]]:
    """Return the points, by their index, at which a path may begin."""
    points = path.line.coords
    if fixed:
        indices = [0]
    elif path.closed:
        indices = sorted({round(share * (len(points) - 2)) for share in np.linspace(0.0, 1.0, _ENTRIES)})
    else:
        indices = [0, len(points) - 1]
    return [(index, (points[index][0], points[index][1])) for index in indices]


def _begun(path: ToolPath, index: int) -> ToolPath:
    """Turn a path so that it begins at one of its points."""
    if index == 0:
        return path
    points, heights = list(path.line.coords), path.heights_mm
    if not path.closed:
        return replace(path, line=LineString(points[::-1]), heights_mm=heights[::-1])
    turned = [*points[index:-1], *points[: index + 1]]
    return replace(path, line=LineString(turned), heights_mm=(*heights[index:-1], *heights[: index + 1]))
