"""The charge that plan and gate count on, from a monitor that tells whole percents."""

import time

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.sample import Sample
from drivers.battery.sources import Polling
from onboard.config import BatterySection
from onboard.energy.power import PowerWatch
from onboard.plan.planning import budget_wh
from tests.onboard.rig import Rig, until

CAPACITY_WH = 1000.0


class WholePercents:
    """A pack that rests between two percents, whose monitor tells now the one and now the other."""

    def __init__(self) -> None:
        self.soc_pct = 50.0

    def read(self, at_s: float) -> Sample:
        """One sample, of the 10 W that the bike is held to draw, and a little that changes as currents do."""
        current_a = -0.75 - at_s % 1 / 100
        return Sample(self.soc_pct, 13.2, current_a, 13.2 * current_a, at_s)


async def test_a_step_of_the_monitor_is_no_step_of_the_budget(rig: Rig):
    """Ten watt-hours less from one reading to the next: most of them are the monitor's, and come slowly."""
    pack, bike = WholePercents(), rig.bike
    monitor = BatteryMonitor(Polling(pack.read, 0.02))
    bike.power = PowerWatch(monitor, 5.0, time.monotonic, CAPACITY_WH)
    battery = BatterySection(port="sim://battery", capacity_wh=CAPACITY_WH)
    bike.config = bike.config.model_copy(update={"battery": battery})
    rig.start(bike.power.run())
    try:
        await until(lambda: bike.power.meter.total_used_wh > 0)
        await rig.open_halt(minutes=60, reserve_wh=100)
        before_wh = budget_wh(bike)
        pack.soc_pct = 49.0
        await until(lambda: (reading := bike.power.reading()) and reading.soc_pct == 49.0)
        after_wh = budget_wh(bike)
        assert before_wh is not None
        assert after_wh is not None
        assert abs(before_wh - after_wh) < 5.0
        pack.soc_pct = 47.0
        await until(lambda: (reading := bike.power.reading()) and reading.soc_pct == 47.0)
        fallen_wh = budget_wh(bike)
        assert fallen_wh is not None
        assert before_wh - fallen_wh > 28.0
    finally:
        await bike.power.close()
