"""The battery monitor on a virtual pack, with threads and real bytes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from drivers.battery.lies import Lie
from drivers.battery.monitor import BatteryMonitor
from drivers.battery.quality import BatteryReport, Quality
from drivers.battery.sim import VirtualPack
from drivers.battery.sources import Listening
from drivers.loopback import Loopback

BAUD_BPS = 19200


@dataclass
class Bike:
    """A pack under a load that a test may change, and its monitor."""

    pack: VirtualPack
    loop: Loopback
    monitor: BatteryMonitor

    def report(self) -> BatteryReport:
        """What is known now."""
        return self.monitor.report(time.monotonic(), 15.0)

    async def eventually(self, condition: Callable[[], bool]) -> None:
        """Wait for the pack's thread to come to something."""
        for _ in range(500):
            if condition():
                return
            await asyncio.sleep(0.02)
        pytest.fail("it never happened")


@pytest.fixture
async def bike() -> AsyncIterator[Bike]:
    """A pack of 960 Wh at 80 % under 100 W, which speaks ten times a second to keep the tests short."""
    pack = VirtualPack(960.0, 80.0, lambda: 100.0)
    loop = Loopback(pack, BAUD_BPS, speed=10.0)
    monitor = BatteryMonitor(Listening(loop.open))
    await monitor.connect()
    yield Bike(pack, loop, monitor)
    await monitor.close()
    loop.close()


async def test_reading_of_a_healthy_pack(bike: Bike):
    """Charge, voltage and power arrive with their signs and an instant."""
    await bike.eventually(lambda: bike.monitor.reading is not None)
    reading = bike.monitor.reading
    assert reading is not None
    assert reading.soc_pct == pytest.approx(80.0, abs=0.2)
    assert 25.5 < reading.voltage_v < 27.5
    assert reading.power_w == pytest.approx(-100.0, abs=3)
    assert reading.current_a < 0
    assert 0 <= time.monotonic() - reading.at_s < 5


async def test_link_loss_leaves_no_reading_and_heals(bike: Bike):
    """A pulled cable makes the battery unknown at once; with the cable back it is known again."""
    await bike.eventually(lambda: bike.monitor.reading is not None)
    bike.loop.unplug()
    await bike.eventually(lambda: bike.monitor.reading is None)
    bike.loop.plug()
    await bike.eventually(lambda: bike.monitor.reading is not None)


@pytest.mark.parametrize(("lie", "quality"), [(Lie.NAN, Quality.NOT_A_NUMBER), (Lie.JUMP, Quality.JUMPING)])
async def test_lies_are_not_believed(bike: Bike, lie: Lie, quality: Quality):
    """A lying monitor is no monitor; the truth is believed again."""
    await bike.eventually(lambda: bike.monitor.reading is not None)
    bike.pack.lie = lie
    await bike.eventually(lambda: bike.report().quality is quality)
    assert bike.monitor.reading is None
    bike.pack.lie = Lie.NONE
    await bike.eventually(lambda: bike.monitor.reading is not None)


async def test_missing_port_is_waited_for():
    """The bike starts without its monitor: nothing fails, nothing is known."""
    pack = VirtualPack(960.0, 80.0, lambda: 100.0)
    loop = Loopback(pack, BAUD_BPS)
    loop.unplug()
    monitor = BatteryMonitor(Listening(loop.open))
    await monitor.connect()
    await asyncio.sleep(0.1)
    assert monitor.reading is None
    await monitor.close()
    loop.close()
