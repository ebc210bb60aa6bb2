"""The band of the charge: what is drawn is gone, what may be drawn is its width."""

import pytest

from jobs.energy.forecast import READING_SIGMA_PCT, Draw, Pack, forecast

PACK = Pack(charge_pct=50.0, capacity_wh=1000.0, reserve_wh=200.0, base_load_w=20.0)
HOUR = Draw(0, 0, 60, heat_wh=0.0, wh=100.0, low_wh=85.0, high_wh=115.0)


def test_without_jobs_only_the_base_load_is_drawn():
    """20 W for 90 minutes are 3 % of a kilowatt-hour; the reserve is a fifth of it."""
    ahead = forecast(PACK, 90.0, [])
    assert [point.minute for point in ahead.points][:3] == [0.0, 5.0, 10.0]
    assert ahead.end.minute == 90.0
    assert ahead.end.middle_pct == pytest.approx(47.0)
    assert ahead.reserve_pct == 20.0


def test_a_job_is_drawn_from_its_start_to_its_end_and_never_twice():
    """Heat first, then evenly; after the end nothing more; what comes after the halt is not drawn."""
    job = Draw(30, 40, 90, heat_wh=40.0, wh=100.0, low_wh=100.0, high_wh=100.0)
    assert [job.share(minute) for minute in (0, 30, 35, 40, 65, 90, 200)] == [0, 0, 0.2, 0.4, 0.7, 1, 1]
    assert forecast(PACK, 120.0, [job]).end.middle_pct == pytest.approx(36.0)
    assert forecast(PACK, 65.0, [job]).end.middle_pct == pytest.approx(50 - 20 * 65 / 600 - 7)


def test_the_band_widens_and_stays_narrower_than_the_sum_of_its_jobs():
    """Two jobs are seldom both at their worst, but their errors go together a little."""
    one, two = forecast(PACK, 60.0, [HOUR]), forecast(PACK, 60.0, [HOUR, HOUR])
    widths = [point.high_pct - point.low_pct for point in two.points]
    assert widths == sorted(widths)
    assert widths[0] == pytest.approx(2 * 1.88 * READING_SIGMA_PCT)
    first, both = one.end.high_pct - one.end.low_pct, two.end.high_pct - two.end.low_pct
    assert first * 2**0.5 < both < 2 * first


def test_nothing_is_ever_below_empty_or_above_full():
    """A hungry queue empties the pack, it does not owe it anything; a past end is now."""
    assert forecast(PACK, 60.0, [HOUR] * 9).end.low_pct == 0.0
    assert forecast(Pack(100.0, 1000.0, 0.0, 0.0), 60.0, []).end.high_pct == 100.0
    assert [point.minute for point in forecast(PACK, 0.0, [HOUR]).points] == [0.0]
