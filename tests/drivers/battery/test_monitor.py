"""The battery monitor on a virtual pack, with threads and real bytes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.protocol import VeDirectProtocol
from drivers.battery.quality import BatteryReport, Quality
from drivers.battery.sim import INVERTER, Lie, VirtualPack
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


def live(pack: VirtualPack, duration_s: float, step_s: float = 0.5) -> list[float]:
    """Let a pack live and return the charge of each of its frames."""
    protocol = VeDirectProtocol()
    steps = int(duration_s / step_s)
    readings = [r for n in range(steps + 1) for r in protocol.receive(pack.advance(n * step_s), n * step_s)]
    return [reading.soc_pct for reading in readings]


def test_energy_leaves_the_pack():
    """One hour at 96 W takes a tenth of 960 Wh; an inverter takes its share besides."""
    plain = VirtualPack(960.0, 80.0, lambda: 96.0)
    live(plain, 3600, 5.0)
    assert plain.soc_pct == pytest.approx(70.0, abs=0.01)
    lossy = VirtualPack(960.0, 80.0, lambda: 96.0, losses=INVERTER)
    live(lossy, 3600, 5.0)
    assert lossy.soc_pct == pytest.approx(80.0 - (9 + 96 * 1.08 / 0.87) / 9.6, abs=0.01)


def test_frames_keep_the_pace_of_the_wall_clock():
    """A pack whose clock runs 60 times faster still speaks once a second of ours."""
    assert len(live(VirtualPack(960.0, 80.0, lambda: 0.0), 60)) == 61
    assert len(live(VirtualPack(960.0, 80.0, lambda: 0.0, speed=60.0), 600)) == 11


def test_stuck_and_stale_monitors():
    """A stuck monitor repeats its last frame while the pack drains; a stale one says nothing."""
    pack = VirtualPack(100.0, 80.0, lambda: 100.0)
    live(pack, 10)
    pack.lie = Lie.STUCK
    told = [r.soc_pct for n in range(10, 400) for r in VeDirectProtocol().receive(pack.advance(n), n)]
    assert len(set(told)) == 1
    assert pack.soc_pct < 70
    pack.lie = Lie.STALE
    assert pack.advance(500.0) == b""


def test_an_empty_pack_stays_at_zero_and_charging_fills_it():
    """Charge stays between 0 and 100 percent."""
    pack = VirtualPack(10.0, 1.0, lambda: 100.0)
    live(pack, 60)
    assert pack.soc_pct == 0
    pack = VirtualPack(10.0, 99.0, lambda: -100.0)
    assert live(pack, 60)[-1] == 100
