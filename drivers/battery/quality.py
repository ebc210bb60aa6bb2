"""Which battery readings may be believed."""

import math
from enum import StrEnum
from typing import Final

from drivers.types import BatteryReading

VOLTAGES_V: Final = (8.0, 65.0)
"""From an empty 12 V pack to a 48 V pack under charge."""
HIGHEST_CURRENT_A: Final = 500.0
SOC_JUMP_PCT: Final = 5.0
SOC_RATE_PCT_S: Final = 0.5
"""Far above any real pack, which takes half an hour: only lies are faster."""
VOLTAGE_JUMP: Final = 0.15
"""Share of the last voltage; a loaded LiFePO4 pack sags by some per cent."""
POWER_TOLERANCE_W: Final = 20.0
STUCK_S: Final = 120.0
STUCK_CURRENT_A: Final = 0.5


class Problem(StrEnum):
    """Why a reading is no better than none."""

    STALE = "stale"
    NOT_A_NUMBER = "not a number"
    OUT_OF_RANGE = "out of range"
    CONTRADICTORY = "contradictory"
    JUMPING = "jumping"
    STUCK = "stuck"


def judge(
    previous: BatteryReading | None,
    reading: BatteryReading,
    now_s: float,
    max_age_s: float,
    unchanged_s: float = 0.0,
) -> BatteryReading | Problem:
    """Return the reading when it may be believed, else the reason why not.

    `previous` is the reading before, believed or not; `unchanged_s` is how long the monitor has repeated
    exactly the same values.
    """
    values = (reading.soc_pct, reading.voltage_v, reading.current_a, reading.power_w, reading.at_s)
    if not all(math.isfinite(value) for value in values):
        return Problem.NOT_A_NUMBER
    doubts = {
        Problem.STALE: now_s - reading.at_s > max_age_s,
        Problem.OUT_OF_RANGE: not _in_range(reading),
        Problem.CONTRADICTORY: _contradicts_itself(reading),
        Problem.JUMPING: previous is not None and _jumps(previous, reading),
        Problem.STUCK: unchanged_s > STUCK_S and abs(reading.current_a) > STUCK_CURRENT_A,
    }
    return next((problem for problem, found in doubts.items() if found), reading)


def same_values(first: BatteryReading, second: BatteryReading) -> bool:
    """Tell whether a monitor repeats itself exactly, which a live one under load does not for long."""
    return (first.soc_pct, first.voltage_v, first.current_a, first.power_w) == (
        second.soc_pct,
        second.voltage_v,
        second.current_a,
        second.power_w,
    )


def _in_range(reading: BatteryReading) -> bool:
    low_v, high_v = VOLTAGES_V
    return (
        0 <= reading.soc_pct <= 100
        and low_v <= reading.voltage_v <= high_v
        and abs(reading.current_a) <= HIGHEST_CURRENT_A
    )


def _contradicts_itself(reading: BatteryReading) -> bool:
    product_w = reading.voltage_v * reading.current_a
    return abs(product_w - reading.power_w) > POWER_TOLERANCE_W + abs(product_w) * 0.1


def _jumps(previous: BatteryReading, reading: BatteryReading) -> bool:
    """A reading that is no number is nothing to jump from."""
    passed_s = max(reading.at_s - previous.at_s, 0.0)
    soc_pct = abs(reading.soc_pct - previous.soc_pct)
    voltage_v = abs(reading.voltage_v - previous.voltage_v)
    return soc_pct > SOC_JUMP_PCT + SOC_RATE_PCT_S * passed_s or voltage_v > VOLTAGE_JUMP * previous.voltage_v
