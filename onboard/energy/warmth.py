"""How warm a printer still is, and what that saves the next job: the planner's warm and cold heat-up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.types import Temperature
from jobs.energy.thermal import HeaterState
from jobs.machines import Heater, PrinterProfile

HOLD_MIN: Final = 10
"""A bed left for so long after a job still counts as warm."""

AMBIENT_C: Final = 20.0
"""Air in a school hall; assumed, as in the estimate of a program."""

BED_C: Final = 60.0
HOTEND_C: Final = 210.0
"""Targets of PLA, with which warm is compared to cold; the share hardly depends on them."""

_NEAR_C: Final = 3.0
"""A heater so close to its target holds it."""


@dataclass(frozen=True, slots=True)
class WarmShare:
    """What a heat-up from a warm bed takes, as a share of one from cold."""

    time: float
    energy: float


def warm_share(profile: PrinterProfile) -> WarmShare:
    """Compare heat-ups by the heater model; the hotend, small and quick to cool, is always taken as cold."""
    hotend = _heat_up(profile.hotend, AMBIENT_C, HOTEND_C)
    cold = _heat_up(profile.bed, AMBIENT_C, BED_C)
    warm = _heat_up(profile.bed, _least_warm_c(profile.bed), BED_C)
    return WarmShare(
        (hotend[0] + warm[0]) / (hotend[0] + cold[0]), (hotend[1] + warm[1]) / (hotend[1] + cold[1])
    )


def warm_until_min(profile: PrinterProfile, temperatures: Mapping[str, Temperature]) -> int:
    """Whole minutes for which an idle bed stays warm with its heater off; -1 when it is cold."""
    bed = temperatures.get("bed")
    above_c = bed.actual_c - AMBIENT_C if bed else 0.0
    least_c = _least_warm_c(profile.bed) - AMBIENT_C
    if not above_c > least_c:
        return -1
    time_constant_s = profile.bed.capacity_j_k / profile.bed.loss_w_k
    return int(time_constant_s * math.log(above_c / least_c) / 60)


def heating_left_s(profile: PrinterProfile, temperatures: Mapping[str, Temperature]) -> float:
    """Seconds until every heater holds its target; one without a target is taken to have it before it."""
    parts = (("bed", profile.bed, BED_C), ("hotend", profile.hotend, HOTEND_C))
    return sum(_left_s(heater, temperatures.get(name), usual_c) for name, heater, usual_c in parts)


def _left_s(heater: Heater, reading: Temperature | None, usual_c: float) -> float:
    actual_c = reading.actual_c if reading and math.isfinite(reading.actual_c) else AMBIENT_C
    target_c = reading.target_c if reading and reading.target_c > 0 else usual_c
    target_c = min(target_c, heater.max_c)
    if actual_c >= target_c - _NEAR_C:
        return 0.0
    return _heat_up(heater, actual_c, target_c)[0]


def _least_warm_c(bed: Heater) -> float:
    """What is left of the bed's usual temperature after HOLD_MIN with its heater off."""
    left = math.exp(-60 * HOLD_MIN * bed.loss_w_k / bed.capacity_j_k)
    return AMBIENT_C + (BED_C - AMBIENT_C) * left


def _heat_up(heater: Heater, from_c: float, to_c: float) -> tuple[float, float]:
    """Seconds and joules of a heat-up at full power."""
    seconds = HeaterState(heater, AMBIENT_C, from_c, target_c=to_c).seconds_to_target()
    return seconds, seconds * heater.power_w
