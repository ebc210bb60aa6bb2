"""Seconds, grams and watt-hours of a program on a machine, as ranges."""

from dataclasses import replace
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import BoolArray
from jobs.energy.meters import MillMeter, PrinterMeter, Use, meter_for
from jobs.energy.supply import INVERTER, Supply
from jobs.estimate.commands import stretches
from jobs.estimate.moves import Moves
from jobs.estimate.removal import removed_mm3
from jobs.estimate.timeline import Timeline, plan_program, working
from jobs.machines import MachineProfile, MillProfile, PrinterProfile
from jobs.types import Estimate

TIME_LOW: Final = 0.95
TIME_HIGH: Final = 1.10
ENERGY_LOW: Final = 0.85
ENERGY_HIGH: Final = 1.15
"""Width of the ranges (assumed, until a machine's own finished jobs say better)."""


def estimate(
    program: Program, profile: MachineProfile, *, ambient_c: float = 20.0, supply: Supply = INVERTER
) -> Estimate:
    """Return what a program costs from a cold start; energy and peak are at the battery.

    Raises:
        ProgramRefusedError: A number cannot be read or a temperature never be reached.
    """
    timeline = plan_program(program, profile)
    works = working(timeline.moves, profile)
    heat, total = _walk(timeline, works, profile, ambient_c)
    total = _with_cutting(total, timeline, works, profile)
    energy_wh = supply.battery_wh(total.joules, total.seconds)
    filament_mm = float(np.cumsum(timeline.moves.delta_mm[:, 3]).max(initial=0.0))
    return Estimate(
        duration_s=total.seconds,
        duration_low_s=total.seconds * TIME_LOW,
        duration_high_s=total.seconds * TIME_HIGH,
        energy_wh=energy_wh,
        energy_low_wh=energy_wh * ENERGY_LOW,
        energy_high_wh=energy_wh * ENERGY_HIGH,
        peak_w=supply.battery_w(total.peak_w),
        heat_s=heat.seconds,
        heat_wh=supply.battery_wh(heat.joules, heat.seconds),
        mass_g=_mass_g(filament_mm, profile),
        length_mm=filament_mm if isinstance(profile, PrinterProfile) else _travel_mm(timeline.moves, works),
        layers=int(np.unique(timeline.moves.end_mm[works, 2].round(3)).size),
        bounds_mm=_bounds_mm(timeline.moves, works),
    )


def _walk(timeline: Timeline, works: BoolArray, profile: MachineProfile, ambient_c: float) -> tuple[Use, Use]:
    """Return what is used before the first working move (printer only), and in all."""
    meter = meter_for(profile, ambient_c)
    commands = timeline.commands
    if isinstance(meter, PrinterMeter) and works.any():
        first = int(timeline.moves.line[np.argmax(works)])
        at = sum(command.line < first for command in commands)
        early = _metered(_head(timeline, at, first), meter_for(profile, ambient_c))
    else:
        early = Use()
    return early, _metered(timeline, meter)


def _head(timeline: Timeline, commands: int, line: int) -> Timeline:
    """Return the timeline up to a line."""
    end = int(np.searchsorted(timeline.moves.line, line))
    moves = timeline.moves
    head = Moves(
        moves.line[:end], moves.end_mm[:end], moves.delta_mm[:end], moves.feed_mm_s[:end], moves.rapid[:end]
    )
    return Timeline(head, timeline.times_s[:end], timeline.commands[:commands])


def _metered(timeline: Timeline, meter: PrinterMeter | MillMeter) -> Use:
    parts = stretches(timeline.commands, timeline.moves.line, timeline.times_s, timeline.moves.delta_mm[:, 3])
    for command, part in zip([*timeline.commands, None], parts, strict=True):
        meter.pass_time(part)
        if command is not None:
            meter.obey(command)
    return meter.use


def _with_cutting(use: Use, timeline: Timeline, works: BoolArray, profile: MachineProfile) -> Use:
    """Add what the spindle draws to remove material; the peak takes the fastest, deepest cut."""
    if not isinstance(profile, MillProfile) or not works.any():
        return use
    cut_j = profile.cut_j_mm3 * removed_mm3(timeline.moves, profile.tool_mm)
    depths_mm = np.unique(np.append(timeline.moves.end_mm[works, 2].round(3), 0.0))
    step_mm = float(np.diff(depths_mm[depths_mm <= 0.0], prepend=depths_mm[0]).max())
    fastest_mm_s = float(timeline.moves.feed_mm_s[works].max())
    peak_w = profile.cut_j_mm3 * fastest_mm_s * step_mm * profile.tool_mm
    return replace(use, joules=use.joules + cut_j, peak_w=use.peak_w + peak_w)


def _mass_g(filament_mm: float, profile: MachineProfile) -> float:
    if not isinstance(profile, PrinterProfile):
        return 0.0
    area_mm2 = np.pi * (profile.filament_mm / 2) ** 2
    return float(filament_mm * area_mm2 * profile.filament_g_cm3 / 1000.0)


def _travel_mm(moves: Moves, works: BoolArray) -> float:
    return float(np.sqrt((moves.delta_mm[works, :3] ** 2).sum(axis=1)).sum())


def _bounds_mm(moves: Moves, works: BoolArray) -> tuple[float, float, float, float, float, float] | None:
    if not works.any():
        return None
    points = np.vstack([moves.start_mm[works, :3], moves.end_mm[works, :3]])
    x_min, y_min, z_min = points.min(axis=0).tolist()
    x_max, y_max, z_max = points.max(axis=0).tolist()
    return x_min, y_min, z_min, x_max, y_max, z_max
