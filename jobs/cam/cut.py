"""Turns a drawing into a program for the mill."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString

from jobs.arrays import FloatArray
from jobs.cam.check import check_cut
from jobs.cam.drawing import Drawing, Role
from jobs.cam.narrow import unreached
from jobs.cam.order import ordered
from jobs.cam.paths import ToolPath, tool_paths
from jobs.cam.plan import MillPlan
from jobs.cam.tabs import Piece, tab_pieces
from jobs.cam.words import Writer
from jobs.errors import DesignRefusedError, Sentence
from jobs.machines import MillProfile

_HOP_TOOLS: Final = 2.0
"""The way between two rings of a pocket that is cut rather than travelled, in widths of the tool."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A program with the moves that its replay saw in the stock, and what a person should know of it."""

    program: bytes
    moves_mm: FloatArray
    warnings: tuple[Sentence, ...] = ()


def cut(drawing: Drawing, profile: MillProfile, plan: MillPlan) -> Cut:
    """Return the G-code that mills a drawing out of a sheet whose top is Z = 0, replayed before it is given.

    Raises:
        ProgramRefusedError: The replay found a flaw in our own program.
        DesignRefusedError: The drawing does not fit the machine or its details do not fit the tool.
    """
    _refuse_tool(drawing, plan)
    made = cut_along(tool_paths(drawing, plan), profile, plan)
    return replace(made, warnings=(*drawing.notes, *unreached(drawing, plan)))


def cut_along(paths: list[ToolPath], profile: MillProfile, plan: MillPlan) -> Cut:
    """Return the G-code that leads the tool along paths in a good order, replayed before it is given.

    Raises:
        ProgramRefusedError: The replay found a flaw in our own program.
        DesignRefusedError: The paths leave the machine, or there are none.
    """
    _refuse_outside(paths, profile)
    writer = Writer(profile, plan)
    writer.begin()
    for group in ordered(paths):
        _mill(writer, group, plan)
    writer.finish()
    program = writer.program()
    report = check_cut(program, profile, max(_deepest_mm(path, plan) for path in paths))
    return Cut(program, report.moves_mm)


def _deepest_mm(path: ToolPath, plan: MillPlan) -> float:
    # Heights are written in micrometres: the last one may have been rounded down.
    return 0.001 - min(path.heights_mm) if path.heights_mm else plan.depth_mm(path.role)


def depths_mm(role: Role, plan: MillPlan) -> list[float]:
    """Return the heights of the passes, each no more than one pass below the last."""
    return passes_mm(plan.depth_mm(role), plan.pass_mm)


def passes_mm(bottom_mm: float, pass_mm: float) -> list[float]:
    """Return evenly spaced heights down to a depth, no further apart than a pass."""
    passes = int(np.ceil(bottom_mm / pass_mm - 1e-9))
    return [round(-bottom_mm * (each + 1) / passes, 3) for each in range(passes)]


def _refuse_tool(drawing: Drawing, plan: MillPlan) -> None:
    """Refuse a bit too short for the sheet, or a V-bit with nothing to engrave."""
    roles = {outline.role for outline in drawing.outlines}
    if plan.tool.pointed and Role.ENGRAVE not in roles:
        raise DesignRefusedError(
            "tool_cannot_cut",
            Sentence(
                "Une fraise en V ne fait que graver, et ici rien n'est à graver. Prends une fraise droite.",
                "A V-bit only engraves, and this drawing has nothing to engrave. Take a flat bit.",
            ),
        )
    if not plan.tool.pointed and max(plan.depth_mm(role) for role in roles) > plan.tool.reach_mm:
        raise DesignRefusedError(
            "tool_too_short",
            Sentence(
                f"Cette fraise ne descend qu'à {plan.tool.reach_mm:g} mm. Prends une fraise plus longue.",
                f"This bit goes down to {plan.tool.reach_mm:g} mm only. Take a longer one.",
            ),
        )


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


def _mill(writer: Writer, group: list[ToolPath], plan: MillPlan) -> None:
    """Mill one path, or the rings of one pocket level by level."""
    first = group[0]
    if first.heights_mm:
        _carve(writer, first, plan)
    elif first.role is Role.POCKET:
        _clear(writer, group, plan)
    elif first.closed:
        _mill_ring(writer, first, plan)
    else:
        _mill_line(writer, first, plan)
    writer.retract()


def _mill_line(writer: Writer, path: ToolPath, plan: MillPlan) -> None:
    """Mill an open line to and fro, a pass deeper each time."""
    points = list(path.line.coords)
    writer.approach(points[0])
    for z_mm in depths_mm(path.role, plan):
        writer.plunge(z_mm)
        writer.follow(points)
        points.reverse()


def _mill_ring(writer: Writer, path: ToolPath, plan: MillPlan) -> None:
    """Mill a ring pass by pass; the deep passes of a cut climb over the tabs."""
    top_of_tabs_mm = plan.tab_height_mm - plan.material.thickness_mm
    tabs: list[Piece] = tab_pieces(path, plan)
    writer.approach(path.line.coords[0])
    for z_mm in depths_mm(path.role, plan):
        writer.plunge(z_mm)
        if not tabs or z_mm >= top_of_tabs_mm:
            writer.follow(path.line.coords)
            continue
        for piece, is_tab in tabs:
            writer.plunge(top_of_tabs_mm if is_tab else z_mm)
            writer.follow(piece)


def _clear(writer: Writer, rings: list[ToolPath], plan: MillPlan) -> None:
    """Clear a pocket level by level, from its middle outwards, without rising between near rings."""
    for z_mm in depths_mm(Role.POCKET, plan):
        here: tuple[float, ...] | None = None
        for ring in rings:
            points = list(_begun_near(ring.line, here).coords)
            hop = None if here is None else LineString([here, points[0]])
            near = hop is not None and hop.length <= _HOP_TOOLS * plan.tool.diameter_mm
            if not (near and ring.room is not None and ring.room.covers(hop)):
                writer.approach(points[0])
                writer.plunge(z_mm)
            writer.follow(points)
            here = points[-1]


def _begun_near(ring: LineString, here: tuple[float, ...] | None) -> LineString:
    """Turn a ring so that it begins at its corner nearest to a point."""
    if here is None:
        return ring
    corners = np.asarray(ring.coords)[:-1, :2]
    first = int(np.argmin(np.hypot(*(corners - np.asarray(here[:2])).T)))
    turned = np.roll(corners, -first, axis=0)
    return LineString([*turned.tolist(), turned[0].tolist()])


def _carve(writer: Writer, path: ToolPath, plan: MillPlan) -> None:
    """Follow a way of changing depth, in passes where it goes deep."""
    points = np.column_stack([np.asarray(path.line.coords)[:, :2], path.heights_mm])
    for level_mm in passes_mm(max(-float(points[:, 2].min()), 0.01), plan.pass_mm):
        for run in _below(points, level_mm + plan.pass_mm):
            level = np.column_stack([run[:, :2], np.maximum(run[:, 2], level_mm)])
            writer.approach(level[0, :2].tolist())
            writer.plunge(float(level[0, 2]))
            writer.carve(level.tolist())


def _below(points: FloatArray, top_mm: float) -> Iterator[FloatArray]:
    """Yield the stretches of a way that go deeper than what the passes before have reached."""
    deeper = points[:, 2] < top_mm - 1e-9 if top_mm < 0.0 else np.ones(len(points), np.bool_)
    wanted = deeper[:-1] | deeper[1:]
    for run in np.split(np.arange(len(wanted)), np.flatnonzero(np.diff(wanted)) + 1):
        if wanted[run[0]]:
            yield points[run[0] : run[-1] + 2]
