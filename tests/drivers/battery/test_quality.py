"""Which readings may be believed."""

import math
from dataclasses import replace

import pytest

from drivers.battery.quality import Problem, judge
from drivers.types import BatteryReading

GOOD = BatteryReading(80.0, 26.4, -5.0, -132.0, 100.0)


def test_a_good_reading_is_believed():
    """A plausible reading passes unchanged, alone or after its like."""
    assert judge(None, GOOD, 101.0, 15.0) is GOOD
    assert judge(replace(GOOD, soc_pct=80.1, at_s=99.0), GOOD, 100.0, 15.0) is GOOD


@pytest.mark.parametrize(
    ("reading", "problem"),
    [
        (replace(GOOD, soc_pct=math.nan), Problem.NOT_A_NUMBER),
        (replace(GOOD, power_w=math.inf), Problem.NOT_A_NUMBER),
        (replace(GOOD, at_s=80.0), Problem.STALE),
        (replace(GOOD, soc_pct=100.1), Problem.OUT_OF_RANGE),
        (replace(GOOD, soc_pct=-1.0), Problem.OUT_OF_RANGE),
        (replace(GOOD, voltage_v=0.0), Problem.OUT_OF_RANGE),
        (replace(GOOD, current_a=900.0), Problem.OUT_OF_RANGE),
        (replace(GOOD, power_w=300.0), Problem.CONTRADICTORY),
        (replace(GOOD, soc_pct=50.0), Problem.JUMPING),
        (replace(GOOD, voltage_v=13.2, power_w=-66.0), Problem.JUMPING),
    ],
)
def test_lies_are_named(reading: BatteryReading, problem: Problem):
    """Each lie has its word."""
    assert judge(replace(GOOD, at_s=99.0), reading, 101.0, 15.0) is problem


def test_repeating_under_load_is_a_lie_and_at_rest_is_not():
    """A shunt under load never says exactly the same for minutes; at rest it may."""
    assert judge(GOOD, GOOD, 100.0, 15.0, unchanged_s=200.0) is Problem.STUCK
    rest = replace(GOOD, current_a=0.0, power_w=0.0)
    assert judge(rest, rest, 100.0, 15.0, unchanged_s=200.0) is rest


def test_a_long_silence_excuses_a_change():
    """After an hour without readings another charge is no jump."""
    assert judge(replace(GOOD, soc_pct=20.0, at_s=-3500.0), GOOD, 100.0, 15.0) is GOOD
