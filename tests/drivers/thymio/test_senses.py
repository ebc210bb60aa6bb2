"""What readings mean: the robot's side and ours agree."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.robots.types import Button, Sensor
from drivers.thymio.motors import TYPICAL, target
from drivers.thymio.senses import NEARNESS, REACH_MM, battery_pct, distance_mm, feel, tilted_deg
from drivers.thymio.sim_feel import reading


@given(st.floats(0, 400))
def test_distances_come_back_as_they_were(way_mm: float):
    """Within what one step of the reading means, and never beyond the reach."""
    assert distance_mm(reading(way_mm)) == pytest.approx(min(way_mm, REACH_MM), abs=0.5)


def test_nearer_never_reads_as_farther():
    """For every reading there is."""
    ways = [distance_mm(value) for value in range(NEARNESS[0] + 100)]
    assert all(far >= near for far, near in itertools.pairwise(ways))
    assert (ways[0], ways[-1]) == (REACH_MM, 0.0)


def test_what_a_robot_has_no_variable_for_is_left_out():
    """Rather than a value that nobody has measured."""
    assert feel(lambda _: (), 1.0).values == {}
    told = {"prox.horizontal": [0, 0, 4018, 0, 0, 5000, 5000], "prox.ground.delta": [0, 900]}
    senses = feel(lambda name: told.get(name, ()), 1.0)
    assert senses.values == {Sensor.DISTANCE: pytest.approx(50), Sensor.GROUND: pytest.approx(50)}
    told = {"button.center": [1], "button.left": [0]}
    assert feel(lambda name: told.get(name, ()), 1.0).pressed == {Button.CENTRE}


@pytest.mark.parametrize(
    ("acc", "tilt_deg"), [((0, 0, 22), 0.0), ((22, 0, 0), 90.0), ((0, -16, 16), 45.0), ((0, 0, 0), None)]
)
def test_tilt_is_the_angle_from_upright(acc: tuple[int, int, int], tilt_deg: float | None):
    """In any direction; a robot that feels no weight has no accelerometer."""
    assert tilted_deg(acc) == (None if tilt_deg is None else pytest.approx(tilt_deg))


@pytest.mark.parametrize(
    ("volts", "percent"), [(3.0, 0.0), (3.4, 5.0), (3.9, 75.0), (4.3, 100.0), (0.0, None)]
)
def test_the_cell_s_voltage_tells_the_charge(volts: float, percent: float | None):
    """At the voltages at which the robot's own lamps change."""
    told = battery_pct([round(volts * 397.8 / 2)] * 2)
    assert told == (None if percent is None else pytest.approx(percent, abs=1))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_speed_asks_more_of_a_motor_than_it_can(speed_mm_s: float):
    """And nonsense asks for nothing."""
    assert -500 <= target(speed_mm_s, TYPICAL) <= 500
