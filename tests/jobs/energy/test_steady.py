"""The charge between a monitor's steps and noise: it follows the watts, and real changes at once."""

import math
import random

import pytest

from jobs.energy.steady import BELIEVED_PCT, SteadyCharge

CAPACITY_WH = 1000.0
DRAWN_W = 150.0


def true_pct(second: int) -> float:
    """A pack that gives 150 W."""
    return 60.0 - DRAWN_W * second / 36.0 / CAPACITY_WH


def worst_off_pct(told: dict[int, float]) -> float:
    """How far the steady charge was ever off, after it has averaged for two minutes."""
    steady, worst = SteadyCharge(CAPACITY_WH), 0.0
    for second, soc_pct in told.items():
        steady.take(soc_pct, -DRAWN_W, float(second))
        if second >= 120:
            worst = max(worst, abs(steady.pct(soc_pct, float(second)) - true_pct(second)))
    return worst


def test_noise_is_averaged_away():
    """A third of a percent from reading to reading becomes less than a tenth, over two hours."""
    chance = random.Random(1)  # noqa: S311 - repeatable
    told = {second: true_pct(second) + chance.gauss(0.0, 0.3) for second in range(7200)}
    assert max(abs(soc - true_pct(second)) for second, soc in told.items()) > 1.0
    assert worst_off_pct(told) < 0.15


def test_between_whole_percents_the_watts_are_counted():
    """A monitor of whole percents is half a percent off at each step; the steady charge never is more."""
    told = {second: float(math.floor(true_pct(second) + 0.5)) for second in range(7200)}
    steady, steps = SteadyCharge(CAPACITY_WH), []
    for second, soc_pct in told.items():
        before = steady.pct(soc_pct, second) if second else soc_pct
        steady.take(soc_pct, -DRAWN_W, float(second))
        steps.append(abs(steady.pct(soc_pct, second) - before))
    assert worst_off_pct(told) <= 0.5
    assert max(steps) < 0.05


@pytest.mark.parametrize("jump_pct", [-4.0, 4.0])
def test_a_real_change_is_believed_at_once(jump_pct: float):
    """A cell that fails, or a charger: what is told counts, before and after it was counted."""
    steady = SteadyCharge(CAPACITY_WH)
    for second in range(100):
        steady.take(50.0, 0.0, float(second))
    assert abs(jump_pct) > BELIEVED_PCT
    assert steady.pct(50.0 + jump_pct, 100.0) == 50.0 + jump_pct
    steady.take(50.0 + jump_pct, 0.0, 100.0)
    assert steady.pct(50.0 + jump_pct, 100.0) == 50.0 + jump_pct


def test_what_was_not_counted_is_as_it_is_told():
    """At first, after a silence, and when a clock stands still."""
    steady = SteadyCharge(CAPACITY_WH)
    assert steady.pct(40.0, 0.0) == 40.0
    steady.take(40.0, -DRAWN_W, 0.0)
    steady.take(40.6, -DRAWN_W, 0.0)
    assert steady.pct(40.0, 0.0) == 40.0
    assert steady.pct(41.0, 100.0) == 41.0
    steady.take(41.0, -DRAWN_W, 100.0)
    assert steady.pct(41.0, 100.0) == 41.0
