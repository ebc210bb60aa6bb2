"""The energy left for new jobs during a halt."""

import pytest

from jobs.energy.budget import REST_MARGIN, halt_budget_wh


def test_what_is_stored_less_what_is_promised():
    """Half of 1,000 Wh, less 200 for the way home, 10 W for 3 hours, and a padded rest of 20 Wh."""
    assert halt_budget_wh(50, 1000, 200, 10, 3 * 3600, 20) == pytest.approx(500 - 200 - 30 - 20 * REST_MARGIN)


@pytest.mark.parametrize("soc_pct", [-5, 0, 10, 19])
def test_never_negative(soc_pct: float):
    """A battery below its reserve gives nothing, not less than nothing."""
    assert halt_budget_wh(soc_pct, 1000, 200, 10, 3600, 5) == 0


def test_past_the_end_no_base_load_is_counted_and_a_full_battery_is_full():
    """Readings out of range do not invent energy."""
    assert halt_budget_wh(103, 1000, 200, 10, -3600, -5) == pytest.approx(800)
