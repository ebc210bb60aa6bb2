"""What the bike's papers say about the mill, and where the mill's own settings differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Vector = tuple[float, float, float]

SPINDLE, TRAVEL, SPEED, ACCELERATION = 30, 130, 110, 120
"""Numbers of GRBL's settings; of the last three, one for each axis follows. Source: GRBL 1.1 settings.md."""
_EQUAL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Expected:
    """The mill as its profile describes it; None and False ask for nothing.

    `spindle_rpm` is the speed that a full S word stands for (`$30`).
    """

    spindle_rpm: float | None = None
    room_mm: Vector | None = None
    speed_mm_min: Vector | None = None
    accel_mm_s2: Vector | None = None
    switches: bool = False


def refusals(settings: Mapping[int, float]) -> list[str]:
    """Say what makes the mill dangerous or its reports unreadable."""
    found = []
    if settings.get(13):
        found.append("The mill reports inches: set $13=0 first.")
    if settings.get(32):
        found.append("The mill is in laser mode, its spindle would stop in mid-cut: set $32=0 first.")
    return found


def lacks(settings: Mapping[int, float], expected: Expected) -> list[str]:
    """Say what the mill lacks for full safety and where it differs from its profile."""
    found = []
    if not settings.get(21):
        found.append("no limit switches: the position is the one it was found at")
    if not settings.get(20):
        found.append("no soft limits: only the program is checked against the room")
    if expected.switches and not settings.get(22):
        found.append("homing is off ($22=0) although the mill has switches")
    return found + _differences(settings, expected)


def _differences(settings: Mapping[int, float], expected: Expected) -> list[str]:
    found = []
    spindle_rpm = settings.get(SPINDLE)
    if expected.spindle_rpm and spindle_rpm is not None and _differs(spindle_rpm, expected.spindle_rpm):
        found.append(f"full spindle speed is $30={spindle_rpm:g} and not {expected.spindle_rpm:g} rpm")
    for first, wanted, what in (
        (TRAVEL, expected.room_mm, "mm of room"),
        (SPEED, expected.speed_mm_min, "mm/min at most"),
        (ACCELERATION, expected.accel_mm_s2, "mm/s² of acceleration"),
    ):
        for number, value in enumerate(wanted or (), first):
            told = settings.get(number)
            if told is not None and _differs(told, value):
                found.append(f"${number}={told:g} and not {value:g} {what}")
    return found


def _differs(told: float, wanted: float) -> bool:
    return abs(told - wanted) > _EQUAL * abs(wanted)
