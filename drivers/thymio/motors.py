"""What a Thymio's motors make of their numbers; no two robots are quite alike."""

import math
from typing import Final

from drivers.robots.types import Gauge

FULL: Final = 500
"""The target at which a wheel turns at its full speed."""
TYPICAL: Final = Gauge(track_mm=94.0, top_mm_s=200.0)
"""Not measured here on a robot.

Source: "Programming Thymio", motors: 500 is approximately 20 cm/s; Enki, Thymio2.cpp: a track of 9.4 cm.
"""
PLAYGROUND: Final = Gauge(track_mm=94.0, top_mm_s=166.0)
"""The robot of asebaplayground 1.6, whose Thymio2.cpp turns 500 into 16.6 cm/s."""


def target(speed_mm_s: float, gauge: Gauge) -> int:
    """Return the target for a speed, within what a motor can; nonsense stands still."""
    if not math.isfinite(speed_mm_s):
        return 0
    return round(min(max(speed_mm_s / gauge.top_mm_s, -1.0), 1.0) * FULL)


def speed_mm_s(target_: int, gauge: Gauge) -> float:
    """Return the speed that a target stands for."""
    return target_ / FULL * gauge.top_mm_s
