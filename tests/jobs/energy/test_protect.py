"""Which machines pause and which lose their heat, by numbers alone."""

import pytest

from jobs.energy.course import Course
from jobs.energy.protect import (
    PATIENCE_S,
    UNKNOWN_HARD_S,
    UNKNOWN_SOFT_S,
    Level,
    Pack,
    Patience,
    Task,
    Why,
    protect,
)

PRINT = Task("prusa", rest_wh=40.0, rest_s=1800.0)
CUT = Task("mill", rest_wh=10.0, rest_s=600.0)
BASE_W = 10.0


def levels(pack: Pack, *tasks: Task) -> dict[str, Level]:
    """What is decided for each machine."""
    return {verdict.machine: verdict.level for verdict in protect(pack, tasks)}


@pytest.mark.parametrize(
    ("stored_wh", "level"),
    [(200.0, Level.FINE), (145.0, Level.FINE), (142.0, Level.SOFT), (100.5, Level.SOFT), (100.0, Level.HARD)],
)
def test_a_job_goes_on_while_the_battery_carries_it_and_the_ride_home(stored_wh: float, level: Level):
    """40 Wh and half an hour of 10 W above a floor of 100: 145 Wh carry it, 142 do not, 100 end it."""
    assert levels(Pack(stored_wh, 100.0, BASE_W), PRINT) == {"prusa": level}


def test_the_smaller_job_is_let_end_while_the_larger_pauses():
    """15 Wh above the floor carry the cut; both together share one base load."""
    assert levels(Pack(115.0, 100.0, BASE_W), PRINT, CUT) == {"mill": Level.FINE, "prusa": Level.SOFT}
    shared_wh = 40.0 + 10.0 + BASE_W * 1800 / 3600
    assert set(levels(Pack(100.0 + shared_wh, 100.0, BASE_W), PRINT, CUT).values()) == {Level.FINE}


def test_a_charger_lets_jobs_go_on_but_not_below_the_floor():
    """A pack that gains needs no pause; below its floor nothing is hot whatever is plugged in."""
    assert levels(Pack(105.0, 100.0, BASE_W, is_charging=True), PRINT) == {"prusa": Level.FINE}
    assert levels(Pack(99.0, 100.0, BASE_W, is_charging=True), PRINT) == {"prusa": Level.HARD}


def test_an_unknown_battery_first_pauses_and_then_ends():
    """A hiccup is waited for; after ten minutes nobody knows what is left."""
    for unknown_s, level in (
        (UNKNOWN_SOFT_S, Level.FINE),
        (UNKNOWN_SOFT_S + 1, Level.SOFT),
        (UNKNOWN_HARD_S + 1, Level.HARD),
    ):
        (verdict,) = protect(Pack(900.0, 0.0, BASE_W, unknown_s=unknown_s), [PRINT])
        assert verdict.level is level
        assert level is Level.FINE or verdict.why is Why.UNKNOWN
    assert levels(Pack(99.0, 100.0, BASE_W, unknown_s=1.0), PRINT) == {"prusa": Level.HARD}


def test_only_what_lasts_pauses_but_an_empty_battery_is_obeyed_at_once():
    """Nine seconds short and well again is no pause."""
    patience = Patience()
    short, well = protect(Pack(110.0, 100.0, BASE_W), [PRINT]), protect(Pack(500.0, 100.0, BASE_W), [PRINT])
    assert not patience.ripe(short, 0.0)
    assert not patience.ripe(short, PATIENCE_S - 1)
    assert not patience.ripe(well, PATIENCE_S)
    assert not patience.ripe(short, PATIENCE_S + 1)
    (soft,) = patience.ripe(short, 2 * PATIENCE_S + 1)
    assert (soft.level, soft.needs_wh, soft.left_wh) == (Level.SOFT, 45.0, 10.0)
    empty = protect(Pack(90.0, 100.0, BASE_W), [PRINT])
    assert Patience().ripe(empty, 0.0) == empty


def test_a_machine_that_uses_more_than_forecast_is_found_out_minute_by_minute():
    """Half as much again for ten minutes nears a factor of one and a half; less changes nothing."""
    dear, cheap = Course(), Course()
    compared = 0
    for second in range(0, 1201, 10):
        forecast_wh = second * 120.0 / 3600
        compared += dear.look(second, 1.5 * forecast_wh, forecast_wh)
        cheap.look(second, 0.5 * forecast_wh, forecast_wh)
    assert compared == 20
    assert dear.used_last_wh == pytest.approx(3.0)
    assert dear.forecast_last_wh == pytest.approx(2.0)
    assert 1.25 < dear.factor < 1.5
    assert cheap.factor == 1.0
