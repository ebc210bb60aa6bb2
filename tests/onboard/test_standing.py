"""Watts that flow while nothing is made: taken from the budget once, and not from the jobs again."""

from pathlib import Path

import pytest

from drivers.battery.sim import VirtualPack
from onboard.energy.standing import IDLE_MOST_W, look_at_rest
from onboard.plan.planning import budget_wh, build_instance
from tests.onboard.rig import rig_in, until

IDLE_W = 40.0


async def test_what_idle_machines_draw_is_paid_once(tmp_path: Path):
    """The budget gives it for the whole halt, so a job costs only what comes on top."""
    async with rig_in(tmp_path, VirtualPack(960.0, 80.0, lambda: IDLE_W)) as rig:
        bike = rig.bike
        rig.start(bike.power.run())
        await until(bike.power.reading)
        await rig.open_halt(minutes=180, reserve_wh=96)
        job = await rig.ready("one", wh=48.0)
        assert job.prepared is not None
        before_wh, (gross,) = budget_wh(bike), build_instance(bike, [job], 500.0, {}).jobs
        look_at_rest(bike, IDLE_W)
        after_wh, (net,) = budget_wh(bike), build_instance(bike, [job], 500.0, {}).jobs
        assert before_wh is not None
        assert after_wh is not None
        base_w = bike.config.energy.base_load_w
        assert before_wh - after_wh == pytest.approx((IDLE_W - base_w) * 3, abs=0.5)
        cost, standing_w = job.prepared.estimate, bike.standing_w[rig.station().name]
        run_h = (cost.duration_s - cost.heat_s) / 3600
        assert 0 < standing_w <= IDLE_W - base_w
        assert gross.run_wh - net.run_wh == pytest.approx(standing_w * run_h)


async def test_a_bike_that_works_or_feeds_something_else_teaches_nothing(tmp_path: Path):
    """Only rest tells what rest draws."""
    async with rig_in(tmp_path, VirtualPack(960.0, 80.0, lambda: IDLE_W)) as rig:
        look_at_rest(rig.bike, IDLE_MOST_W + 1)
        look_at_rest(rig.bike, -5.0)
        assert rig.bike.idle_w is None
