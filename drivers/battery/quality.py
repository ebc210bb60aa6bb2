"""Which battery samples may be believed, and in a sentence why not."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.battery.sample import Sample
from drivers.types import BatteryReading

HIGHEST_CURRENT_A: Final = 500.0
SOC_JUMP_PCT: Final = 5.0
SOC_RATE_PCT_S: Final = 0.5
"""Far above any real pack, which takes half an hour: only lies are faster."""
VOLTAGE_JUMP: Final = 0.15
"""Share of the last voltage; a loaded LiFePO4 pack sags by some per cent."""
POWER_TOLERANCE_W: Final = 20.0


class Quality(StrEnum):
    """What a reading is worth; all but the first are no better than none."""

    GOOD = "good"
    SILENT = "silent"
    STALE = "stale"
    NO_CHARGE = "no charge"
    INCOMPLETE = "incomplete"
    NOT_A_NUMBER = "not a number"
    OUT_OF_RANGE = "out of range"
    CONTRADICTORY = "contradictory"
    JUMPING = "jumping"
    STUCK = "stuck"
    DRIFTING = "drifting"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a sample is not believed; `sentence` is for a log or a command line."""

    quality: Quality
    sentence: str


@dataclass(frozen=True, slots=True)
class BatteryReport:
    """What is known of the pack at one instant: the reading only if it is good.

    `age_s` is that of the last sample, believed or not; None when there was none since the port was opened.
    """

    quality: Quality
    sentence: str
    reading: BatteryReading | None
    age_s: float | None


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a kind of monitor can honestly say.

    Attributes:
        voltages_v: Lowest and highest of a pack that it may hang on.
        stuck_pct: So much of the pack may flow by its own words before the charge it tells has to move.
        frozen_s: So long may it repeat itself to the last digit while machines work.
        drift_pct: So much more charge than it counted itself may it tell.
    """

    voltages_v: tuple[float, float]
    stuck_pct: float
    frozen_s: float
    drift_pct: float


COUNTER: Final = Gauge((8.0, 65.0), stuck_pct=1.0, frozen_s=120.0, drift_pct=10.0)
"""A shunt on a pack of 12 to 48 V, which tells tenths of a percent once a second."""
KERNEL: Final = Gauge((2.5, 65.0), stuck_pct=3.0, frozen_s=600.0, drift_pct=25.0)
"""What an operating system knows of a pack: whole percents, now and then, from a single cell upwards."""


def complete(sample: Sample) -> BatteryReading | Doubt:
    """Return the sample as a reading when nothing is missing and all of it is numbers."""
    soc, voltage_v, current_a, power_w = sample.soc_pct, sample.voltage_v, sample.current_a, sample.power_w
    if soc is None:
        return Doubt(Quality.NO_CHARGE, sample.note or "The monitor does not tell how full the battery is.")
    if voltage_v is None or current_a is None or power_w is None:
        return Doubt(Quality.INCOMPLETE, "The monitor does not tell volts, amperes and watts.")
    if not all(math.isfinite(value) for value in (soc, voltage_v, current_a, power_w, sample.at_s)):
        return Doubt(Quality.NOT_A_NUMBER, "The monitor says something that is not a number.")
    return BatteryReading(soc, voltage_v, current_a, power_w, sample.at_s)


def implausible(reading: BatteryReading, gauge: Gauge) -> Doubt | None:
    """Return what no pack can be."""
    low_v, high_v = gauge.voltages_v
    product_w = reading.voltage_v * reading.current_a
    doubt = None
    if not 0 <= reading.soc_pct <= 100:
        doubt = f"A battery cannot be {reading.soc_pct:.1f} % full."
    elif not low_v <= reading.voltage_v <= high_v:
        doubt = f"{reading.voltage_v:.2f} V is not between {low_v:g} and {high_v:g} V."
    elif abs(reading.current_a) > HIGHEST_CURRENT_A:
        doubt = f"{abs(reading.current_a):.0f} A is more than any battery of a bike can give."
    if doubt is not None:
        return Doubt(Quality.OUT_OF_RANGE, doubt)
    if abs(product_w - reading.power_w) > POWER_TOLERANCE_W + abs(product_w) * 0.1:
        sentence = f"Volts times amperes give {product_w:.0f} W, the monitor says {reading.power_w:.0f} W."
        return Doubt(Quality.CONTRADICTORY, sentence)
    return None


def jump(previous: BatteryReading, reading: BatteryReading) -> Doubt | None:
    """Return what no pack can do in the time between two readings."""
    passed_s = max(reading.at_s - previous.at_s, 0.0)
    if abs(reading.soc_pct - previous.soc_pct) > SOC_JUMP_PCT + SOC_RATE_PCT_S * passed_s:
        told = f"The charge went from {previous.soc_pct:.1f} to {reading.soc_pct:.1f} % in {passed_s:.0f} s."
        return Doubt(Quality.JUMPING, told)
    if abs(reading.voltage_v - previous.voltage_v) > VOLTAGE_JUMP * previous.voltage_v:
        told = f"The voltage went from {previous.voltage_v:.2f} to {reading.voltage_v:.2f} V."
        return Doubt(Quality.JUMPING, told)
    return None


def same_values(first: BatteryReading, second: BatteryReading) -> bool:
    """Tell whether a monitor repeats itself to the last digit."""
    return (first.soc_pct, first.voltage_v, first.current_a, first.power_w) == (
        second.soc_pct,
        second.voltage_v,
        second.current_a,
        second.power_w,
    )
