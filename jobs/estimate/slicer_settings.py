"""What a slicer was told of the machine, from the settings it leaves at the end of its program."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from jobs.machines import Motion

_TAIL_BYTES: Final = 96 * 1024
_SETTING: Final = re.compile(rb"^; (machine_max_[a-z_]+) = (\d{1,6}(?:\.\d{1,6})?)", re.MULTILINE)
_LEAST: Final = 1e-3


def told_limits(path: Path, motion: Motion) -> Motion | None:
    """Return the limits a slicer's own estimate was made with, None when the file says none.

    Source: PrusaSlicer writes its settings as comments, `machine_max_*` with a value for each of its modes
    (normal, stealth); its estimate "normal mode" keeps the first, whatever `machine_limits_usage` says.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        found = {key.decode(): float(value) for key, value in _SETTING.findall(file.read(_TAIL_BYTES))}
    if not found or motion.jerk_mm_s is None:
        return None
    extruding = found.get("machine_max_acceleration_extruding", motion.accel_mm_s2)
    return replace(
        motion,
        max_mm_s=_axes(found, "feedrate", motion.max_mm_s),
        axis_accel_mm_s2=_axes(found, "acceleration", motion.axis_accel_mm_s2),
        jerk_mm_s=_axes(found, "jerk", motion.jerk_mm_s),
        accel_mm_s2=max(extruding, _LEAST),
        travel_accel_mm_s2=max(found.get("machine_max_acceleration_travel", extruding), _LEAST),
        retract_accel_mm_s2=max(
            found.get("machine_max_acceleration_retracting", motion.retract_accel_mm_s2), _LEAST
        ),
    )


def _axes(
    found: dict[str, float], what: str, ours: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    x, y, z, e = (
        max(found.get(f"machine_max_{what}_{axis}", own), _LEAST)
        for axis, own in zip("xyze", ours, strict=True)
    )
    return x, y, z, e
