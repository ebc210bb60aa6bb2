"""The second opinion on the heaters: quick to see a lie, slow to cry wolf."""

import math
from collections.abc import Callable

import pytest

from drivers.marlin.heatwatch import HeatWatch
from drivers.marlin.sim_heat import bed, hotend
from drivers.types import Temperature

TELL_S = 2.0


def told_after(tell: Callable[[float], float], *, target_c: float = 200.0, until_s: float = 60.0) -> float:
    """Return when a hotend that tells these numbers is given up, infinity if it is not."""
    watch = HeatWatch()
    for tick in range(round(until_s / TELL_S)):
        at_s = tick * TELL_S
        if watch.feel({"hotend": Temperature(tell(at_s), target_c)}, at_s):
            return at_s
    return math.inf


@pytest.mark.parametrize(
    "lie",
    [
        lambda _: 25.0,
        lambda at_s: 200.0 - 2.0 * at_s,
        lambda _: math.nan,
        lambda _: 999.0,
        lambda _: -14.0,
        lambda at_s: 25.0 - at_s,
    ],
    ids=["flat", "falling", "nan", "999", "-14", "falls while heated"],
)
def test_a_lie_is_seen_within_20_s(lie: Callable[[float], float]):
    """Flat, falling, impossible: heating stops."""
    assert told_after(lie) <= 20.0


def test_a_cold_hotend_may_tell_anything():
    """Whoever does not heat needs no sensor."""
    assert told_after(lambda _: math.nan, target_c=0.0) == math.inf


def test_one_wrong_number_is_noise():
    """A digit damaged on the wire stops no print."""
    assert told_after(lambda at_s: 900.0 if at_s == 20.0 else 200.0) == math.inf


@pytest.mark.parametrize("targets_c", [(215.0, 60.0), (240.0, 100.0), (180.0, 45.0)])
def test_a_healthy_printer_is_left_alone(targets_c: tuple[float, float]):
    """Heat up, hold, hotter by 15, cooler by 30, off, and again: no false alarm in an hour."""
    watch, hot, flat = HeatWatch(), hotend(), bed()
    for second in range(3600):
        shift_c = (0.0, 15.0, -15.0, -targets_c[0])[second // 600 % 4]
        hot.target_c, flat.target_c = targets_c[0] + shift_c, targets_c[1]
        hot.advance(1.0)
        flat.advance(1.0)
        told = {"hotend": hot, "bed": flat}
        readings = {name: Temperature(heater.actual_c, heater.target_c) for name, heater in told.items()}
        assert watch.feel(readings, float(second)) is None


def test_a_dying_heater_is_seen():
    """The cartridge fails in the middle of a print: the temperature falls as physics says."""
    watch, hot = HeatWatch(), hotend()
    hot.target_c = 200.0
    for second in range(300):
        hot.advance(1.0)
        assert watch.feel({"hotend": Temperature(hot.actual_c, 200.0)}, float(second)) is None
    hot.target_c = 0.0
    for second in range(300, 330):
        hot.advance(1.0)
        if watch.feel({"hotend": Temperature(hot.actual_c, 200.0)}, float(second)):
            return
    pytest.fail("Nobody noticed within 30 s.")
