"""The second opinion on the heaters: quick to see a lie, slow to cry wolf."""

import math
from collections.abc import Callable

import pytest

from drivers.marlin.heatwatch import HeatWatch
from drivers.marlin.sim_heat import Heater, Pid, bed, hotend
from drivers.marlin.sim_options import Control
from drivers.types import Temperature

TELL_S = 2.0


def told_after(
    tell: Callable[[float], float],
    *,
    target_c: float = 200.0,
    until_s: float = 60.0,
    heater: str = "hotend",
) -> float:
    """Return when a heater that tells these numbers is given up, infinity if it is not."""
    watch = HeatWatch()
    for tick in range(round(until_s / TELL_S)):
        at_s = tick * TELL_S
        if watch.feel({heater: Temperature(tell(at_s), target_c)}, at_s):
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
@pytest.mark.parametrize(("heater", "target_c"), [("hotend", 200.0), ("bed", 100.0)])
def test_a_lie_is_seen_within_20_s(lie: Callable[[float], float], heater: str, target_c: float):
    """Flat, falling, impossible: heating stops."""
    assert told_after(lie, heater=heater, target_c=target_c) <= 20.0


@pytest.mark.parametrize("begins_s", range(0, 120, 7))
def test_a_bed_sensor_that_dies_on_the_way_is_seen_within_20_s(begins_s: int):
    """It rises as it should, then stays where it is."""
    flat, told = Heater("bed", 120.0, 650.0, 1.05), []
    flat.target_c = 100.0
    for _ in range(200):
        told.append(flat.actual_c)
        flat.advance(1.0)
    seen_s = told_after(
        lambda at_s: told[min(begins_s, int(at_s))], target_c=100.0, until_s=200.0, heater="bed"
    )
    assert begins_s < seen_s <= begins_s + 20.0


@pytest.mark.parametrize("control", Control)
@pytest.mark.parametrize("lag_s", [0.0, 8.0])
@pytest.mark.parametrize(
    ("power_w", "target_c"), [(120.0, 60.0), (120.0, 90.0), (150.0, 100.0), (220.0, 110.0)]
)
def test_a_weak_bed_in_the_cold_is_left_alone(
    control: Control, lag_s: float, power_w: float, target_c: float
):
    """5 degrees outside, a sensor that follows late and tells tenths: an hour without a false alarm."""
    watch, flat = HeatWatch(), Heater("bed", power_w, 650.0, 1.05, Pid() if control is Control.PID else None)
    flat.ambient_c = flat.actual_c = felt_c = 5.0
    flat.target_c = target_c
    for tick in range(1800):
        flat.advance(TELL_S)
        felt_c += (flat.actual_c - felt_c) * (min(1.0, TELL_S / lag_s) if lag_s else 1.0)
        assert watch.feel({"bed": Temperature(round(felt_c, 1), target_c)}, tick * TELL_S) is None


def test_heating_may_begin_in_the_frost():
    """A sensor below 0 is no lie in a winter night."""
    assert told_after(lambda at_s: min(200.0, -4.0 + 2.0 * at_s)) == math.inf


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
