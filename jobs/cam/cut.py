"""Turns a drawing into a program for the mill."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.ops import substring

from jobs.cam.check import check_cut
from jobs.cam.drawing import Drawing, Role
from jobs.cam.materials import Material
from jobs.cam.paths import POCKET_RANK, ToolPath, tool_paths
from jobs.cam.words import Writer
from jobs.errors import DesignRefusedError, Sentence
from jobs.machines import MillProfile

Coordinates = list[tuple[float, ...]]

_NO_TABS_BELOW_MM: Final = 30.0
"""Way round a piece too small for tabs: it would be more tab than cut."""


def cut(drawing: Drawing, profile: MillProfile, material: Material) -> bytes:
    """Return the G-code that mills a drawing out of a sheet whose top is Z = 0, replayed before it is given.

    Raises:
        ProgramRefusedError: The replay found a flaw in our own program.
        DesignRefusedError: The drawing does not fit the machine or its details do not fit the tool.
    """
    paths = tool_paths(drawing, profile.tool_mm)
    _refuse_outside(paths, profile)
    writer = Writer(profile, material)
    writer.begin()
    for path in _ordered(paths):
        if path.closed:
            _mill_ring(writer, path, material, profile.tool_mm)
        else:
            _mill_line(writer, path, material)
    writer.finish()
    program = writer.program()
    check_cut(program, profile, material.thickness_mm + material.through_mm)
    return program


def depths_mm(role: Role, material: Material) -> list[float]:
    """Return the heights of the passes, each no more than one pass below the last."""
    match role:
        case Role.CUT:
            bottom_mm = material.thickness_mm + material.through_mm
        case Role.POCKET:
            bottom_mm = material.pocket_mm
        case Role.ENGRAVE:
            bottom_mm = material.engrave_mm
    passes = int(np.ceil(bottom_mm / material.pass_mm - 1e-9))
    return [round(-bottom_mm * (each + 1) / passes, 3) for each in range(passes)]


def _refuse_outside(paths: list[ToolPath], profile: MillProfile) -> None:
    """Refuse a drawing of nothing, or one that would lead the tool out of the machine's room."""
    if not paths:
        raise DesignRefusedError(
            "nothing_to_cut",
            Sentence(
                "Les formes de ce dessin sont trop petites pour la fraiseuse. Agrandis-les.",
                "The shapes of this drawing are too small for the mill. Make them larger.",
            ),
        )
    x_min, y_min, x_max, y_max = shapely.total_bounds([path.line for path in paths]).tolist()
    if x_min >= 0.0 and y_min >= 0.0 and x_max <= profile.bed_mm[0] and y_max <= profile.bed_mm[1]:
        return
    room = f"{profile.bed_mm[0]:.0f} × {profile.bed_mm[1]:.0f} mm"
    raise DesignRefusedError(
        "drawing_too_large",
        Sentence(
            f"Avec sa fraise, ce dessin va jusqu'à {x_max:.0f} × {y_max:.0f} mm ; la machine offre {room}.",
            f"With its tool this drawing reaches {x_max:.0f} × {y_max:.0f} mm; the machine offers {room}.",
        ),
    )


def _ordered(paths: list[ToolPath]) -> Iterator[ToolPath]:
    """Yield the paths rank by rank, inside a rank always the one that begins nearest."""
    here = np.zeros(2)
    for rank, members in groupby(sorted(paths, key=lambda path: path.rank), key=lambda path: path.rank):
        group = list(members)
        starts = np.array([path.line.coords[0] for path in group])
        waiting = np.ones(len(group), np.bool_)
        while waiting.any():
            distance = np.where(waiting, np.hypot(*(starts - here).T), np.inf)
            # A pocket is cleared from its middle outwards: its rings keep their order.
            nearest = int(np.argmax(waiting) if rank == POCKET_RANK else np.argmin(distance))
            waiting[nearest] = False
            path = group[nearest]
            here = np.array(path.line.coords[0 if path.closed else -1])
            yield path


def _mill_line(writer: Writer, path: ToolPath, material: Material) -> None:
    """Mill an open line to and fro, a pass deeper each time."""
    points = list(path.line.coords)
    writer.approach(points[0])
    for z_mm in depths_mm(path.role, material):
        writer.plunge(z_mm)
        writer.follow(points)
        points.reverse()
    writer.retract()


def _mill_ring(writer: Writer, path: ToolPath, material: Material, tool_mm: float) -> None:
    """Mill a ring pass by pass; the deep passes of a cut climb over the tabs."""
    top_of_tabs_mm = material.tab_height_mm - material.thickness_mm
    tabbed = path.role is Role.CUT and path.line.length >= _NO_TABS_BELOW_MM
    tabs = _with_tabs(path.line, material.tabs, material.tab_width_mm + tool_mm) if tabbed else []
    writer.approach(path.line.coords[0])
    for z_mm in depths_mm(path.role, material):
        writer.plunge(z_mm)
        if not tabs or z_mm >= top_of_tabs_mm:
            writer.follow(path.line.coords)
            continue
        for piece, is_tab in tabs:
            writer.plunge(top_of_tabs_mm if is_tab else z_mm)
            writer.follow(piece)
    writer.retract()


def _with_tabs(line: LineString, tabs: int, width_mm: float) -> list[tuple[Coordinates, bool]]:
    """Cut a ring into pieces, alternately free and tab; tabs that would touch become fewer."""
    count = max(2, min(tabs, int(line.length / (3 * width_mm))))
    width_mm = min(width_mm, line.length / (2 * count))
    middles = [(tab + 0.5) * line.length / count for tab in range(count)]
    edges = [0.0, *(edge for middle in middles for edge in (middle - width_mm / 2, middle + width_mm / 2))]
    pieces = [(start, end) for start, end in pairwise([*edges, line.length])]
    return [(list(substring(line, *piece).coords), row % 2 == 1) for row, piece in enumerate(pieces)]
