"""Seconds, grams and watt-hours of a program on a machine, as ranges."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.arrays import FloatArray
from jobs.energy.supply import INVERTER, Supply
from jobs.errors import ProgramRefusedError, Sentence
from jobs.estimate.blocks import blocks_of, blocks_of_file
from jobs.estimate.limits import LimitBook
from jobs.estimate.slicer_settings import told_limits
from jobs.estimate.tally import Tally
from jobs.estimate.timeline import plan_blocks
from jobs.machines import MachineProfile, PrinterProfile
from jobs.types import Estimate

TIME_LOW: Final = 0.95
TIME_HIGH: Final = 1.10
ENERGY_LOW: Final = 0.85
ENERGY_HIGH: Final = 1.15
"""Width of the ranges (assumed, until a machine's own finished jobs say better)."""


def estimate(
    program: Program, profile: MachineProfile, *, ambient_c: float = 20.0, supply: Supply = INVERTER
) -> Estimate:
    """Return what a checked program costs from a cold start; energy and peak are at the battery.

    Raises:
        ProgramRefusedError: A number cannot be read or a temperature never be reached.
    """
    return _total(blocks_of(program.data), LimitBook(profile.motion), profile, ambient_c, supply)


def estimate_file(
    path: Path, profile: MachineProfile, *, ambient_c: float = 20.0, supply: Supply = INVERTER
) -> Estimate:
    """Return what any G-code file would cost, in little memory however long it is.

    Speeds and accelerations are those the program sets itself, else those its slicer was told, else the
    machine's.

    Raises:
        OSError: The file cannot be read.
        ProgramRefusedError: A number cannot be read or a temperature never be reached.
    """
    told = told_limits(path, profile.motion)
    limits = LimitBook(told or profile.motion, told)
    return _total(_not_empty(blocks_of_file(path)), limits, profile, ambient_c, supply)


def loads_of(
    program: Program, profile: MachineProfile, *, ambient_c: float = 20.0
) -> tuple[FloatArray, FloatArray]:
    """Return the loads (`jobs.energy.loads`) of a checked program from cold: until it is warm, and in all.

    Raises:
        ProgramRefusedError: A number cannot be read or a temperature never be reached.
    """
    tally = Tally(profile, ambient_c)
    for part in plan_blocks(blocks_of(program.data), LimitBook(profile.motion)):
        tally.add(part)
    return tally.heat_loads, tally.loads


def _not_empty(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass blocks on and refuse a file that said nothing in the end."""
    said = False
    for block in blocks:
        said = said or bool(block.strip())
        yield block
    if not said:
        raise ProgramRefusedError("empty", _EMPTY)


def _total(
    blocks: Iterable[bytes],
    limits: LimitBook,
    profile: MachineProfile,
    ambient_c: float,
    supply: Supply,
) -> Estimate:
    tally = Tally(profile, ambient_c)
    for part in plan_blocks(blocks, limits):
        tally.add(part)
    total, heat = tally.use, tally.heat
    energy_wh = supply.battery_wh(total.joules, total.seconds)
    return Estimate(
        duration_s=total.seconds,
        duration_low_s=total.seconds * TIME_LOW,
        duration_high_s=total.seconds * TIME_HIGH,
        energy_wh=energy_wh,
        energy_low_wh=energy_wh * ENERGY_LOW,
        energy_high_wh=energy_wh * ENERGY_HIGH,
        peak_w=supply.battery_w(total.peak_w),
        heat_s=heat.waited_s,
        heat_wh=supply.battery_wh(heat.joules, heat.seconds),
        mass_g=_mass_g(tally.filament_mm, profile),
        length_mm=tally.filament_mm if isinstance(profile, PrinterProfile) else tally.path_mm,
        layers=tally.layers,
        bounds_mm=_bounds_mm(tally),
        loads=tuple(tally.loads.tolist()),
        heat_loads=tuple(tally.heat_loads.tolist()),
    )


def _mass_g(filament_mm: float, profile: MachineProfile) -> float:
    if not isinstance(profile, PrinterProfile):
        return 0.0
    area_mm2 = np.pi * (profile.filament_mm / 2) ** 2
    return float(filament_mm * area_mm2 * profile.filament_g_cm3 / 1000.0)


def _bounds_mm(tally: Tally) -> tuple[float, float, float, float, float, float] | None:
    if not np.isfinite(tally.low_mm).all():
        return None
    x_min, y_min, z_min = tally.low_mm.tolist()
    x_max, y_max, z_max = tally.high_mm.tolist()
    return x_min, y_min, z_min, x_max, y_max, z_max


_EMPTY: Final = Sentence(
    "Ce fichier ne contient pas de G-code.",
    "This file holds no G-code.",
)
