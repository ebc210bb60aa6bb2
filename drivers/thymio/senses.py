"""What a Thymio's readings mean.

Not measured here on a robot: see docs/robots/thymio.md for where each number comes from.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from drivers.robots.types import Button, Senses, Sensor

FRONT: Final = 5
"""The first of the seven horizontal sensors look forward, from left to right; two look back."""
REACH_MM: Final = 200.0
NEARNESS: Final = (
    5120, 4996, 4964, 4935, 4554, 4018, 3624, 3292, 2987, 2800, 2580, 2307, 2039, 1575, 1127, 833, 512, 358,
    157, 52, 0,
)  # fmt: skip
"""Readings of one robot before white paper at 0, 1, … 20 cm.

Source: calibration of the course "Basics of mobile robotics" at EPFL, as its students publish it.
"""
STEP_MM: Final = 10.0
WHITE: Final = 900.0
"""`prox.ground.delta` on white paper; the firmware's own lamp takes 900 for the brightest (behavior.c)."""
VOLT: Final = 397.8
"""Sum of both `_vbat` for one volt, as the firmware computes it (behavior.c)."""
CHARGE: Final = ((3.3, 0.0), (3.4, 5.0), (3.6, 30.0), (3.9, 75.0), (4.2, 100.0))
"""Volts and percent: at 3.4, 3.6 and 3.9 V the firmware changes its lamps; percents are assumed."""
BUTTONS: Final = {
    "button.forward": Button.FORWARD,
    "button.backward": Button.BACKWARD,
    "button.left": Button.LEFT,
    "button.right": Button.RIGHT,
    "button.center": Button.CENTRE,
}

Read = Callable[[str], Sequence[int]]
"""Returns a variable's words, none if the robot has no such variable."""


def feel(read: Read, at_s: float) -> Senses:
    """Return what the robot feels; what it has no sensor for is left out."""
    values = {}
    if front := read("prox.horizontal")[:FRONT]:
        values[Sensor.DISTANCE] = distance_mm(max(front))
    if ground := read("prox.ground.delta"):
        values[Sensor.GROUND] = min(max(100 * sum(ground) / len(ground) / WHITE, 0.0), 100.0)
    if (tilt_deg := tilted_deg(read("acc"))) is not None:
        values[Sensor.TILT] = tilt_deg
    pressed = frozenset(button for name, button in BUTTONS.items() if any(read(name)))
    return Senses(at_s, values, pressed)


def distance_mm(reading: int) -> float:
    """Return how far something white is; what is farther than the reach reads as the reach."""
    for step, (near, far) in enumerate(pairwise(NEARNESS)):
        if reading >= far:
            share = min(1.0, (near - reading) / (near - far))
            return STEP_MM * (step + max(0.0, share))
    return REACH_MM


def tilted_deg(acc: Sequence[int]) -> float | None:
    """Return the angle from upright; an accelerometer that feels no weight at all tells nothing."""
    if len(acc) != 3 or not any(acc):
        return None
    x, y, z = acc
    return math.degrees(math.atan2(math.hypot(x, y), z))


def battery_pct(vbat: Sequence[int]) -> float | None:
    """Return the charge by the cell's voltage, None where it is not told."""
    if len(vbat) != 2 or not any(vbat):
        return None
    volts = sum(vbat) / VOLT
    if volts <= CHARGE[0][0]:
        return 0.0
    for (low_v, low_pct), (high_v, high_pct) in pairwise(CHARGE):
        if volts <= high_v:
            return low_pct + (high_pct - low_pct) * (volts - low_v) / (high_v - low_v)
    return 100.0
