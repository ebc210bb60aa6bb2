"""Six hours without a line, on a bike whose clock is wrong by years: silence, then filled in in its place."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.history import History
from city.lines import Filter
from city.link import LinkSettings
from city.pages.live import Live
from city.pages.paper import Paper, Reading
from city.periods import PARIS, hours
from city.receiver import Receiver
from city.store import Store, open_engine, open_store
from city.tallying import tally
from city.views import Presence, Reader
from onboard.broker import HOST, run_broker
from onboard.clocks import Clocks
from onboard.messages import About, ClockSource, State
from onboard.ports import free_port
from onboard.uplink.telemetry import Identity, Telemetry
from tests.city.setting import DONE, QUICK, until

pytestmark = pytest.mark.broker
MORNING_S = datetime(2026, 11, 24, 8, 30, tzinfo=UTC).timestamp()
HOUR_S = 3600.0
YEAR_S = 365 * 86_400.0


class World:
    """True time, which a test may let leap; the bike's own clock is wrong by so much."""

    def __init__(self, wrong_s: float, source: ClockSource) -> None:
        self._wrong_s = wrong_s
        self._source = source
        self._began_s = time.monotonic()
        self.leapt_s = 0.0

    def passed_s(self) -> float:
        """Since the morning; the bike was switched on then."""
        return time.monotonic() - self._began_s + self.leapt_s

    def true_s(self) -> float:
        """The date, as the city knows it."""
        return MORNING_S + self.passed_s()

    def bike(self) -> Clocks:
        """The bike's clocks."""
        return Clocks(
            self.passed_s, lambda: max(0.0, self.true_s() + self._wrong_s), lambda _utc_s: self._source
        )


@pytest.mark.parametrize(
    ("wrong_s", "source"),
    [
        (-56 * YEAR_S, ClockSource.NONE),
        (-3 * YEAR_S, ClockSource.CHIP),
        (5 * YEAR_S, ClockSource.CHIP),
        (0.0, ClockSource.NETWORK),
    ],
)
async def test_an_outage_is_silence_and_then_history(tmp_path: Path, wrong_s: float, source: ClockSource):
    """An object an hour: live the bike is silent, afterwards each object stands in its own hour."""
    world, port = World(wrong_s, source), free_port()
    store = open_store(tmp_path / "city.db")
    reader = Reader(open_engine(tmp_path / "city.db", read_only=True))
    identity = Identity("creteil", "creteil-1", "boot")
    settings = None
    receiver = Receiver(LinkSettings(host=HOST, port=port), store, world.true_s)
    async with run_broker(tmp_path, port, "mosquitto") as first:
        settings = first.settings
        receiver.start()
        about = About(software="0.1.0")
        telemetry = Telemetry(settings, identity, tmp_path / "o.db", about, clocks=world.bike(), pace=QUICK)
        telemetry.show(State(soc_pct=70))
        work = asyncio.create_task(telemetry.run())
        await until(lambda: telemetry.connected and telemetry.waiting_rows == 0)
        await until(lambda: [b.presence for b in reader.overview(world.true_s()).bikes] == [Presence.AWAY])
        first.process.kill()
        await first.process.wait()
        await until(lambda: not telemetry.connected)
    happened_s = []
    for _ in range(6):
        world.leapt_s += HOUR_S
        happened_s.append(world.true_s())
        telemetry.record(DONE)
        await until(lambda: telemetry._outbox.count >= len(happened_s))
    overview = reader.overview(world.true_s())
    assert overview.bikes[0].presence is Presence.SILENT
    assert "Silencieux depuis 6&nbsp;h" in Live(Paper()).regions(Reading("fr", "/"), overview)["bikes"]
    async with run_broker(tmp_path, port, "mosquitto"):
        await until(lambda: telemetry.connected and telemetry.waiting_rows == 0, 120)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        receiver.stop()
    check_dates(store, happened_s)
    store.close()


def check_dates(store: Store, happened_s: list[float]) -> None:
    """Each object is dated when it was made, and counted in its hour."""
    with store.engine.transaction() as session:
        rows = session.rows(
            "SELECT record.mono_s + boot.offset_s FROM record JOIN boot ON boot.key = record.boot"
            " WHERE type = 'job.done' ORDER BY seq"
        )
    assert [dated_s for (dated_s,) in rows] == pytest.approx(happened_s, abs=60.0)
    tally(store.engine)
    day = hours(datetime.fromtimestamp(MORNING_S, PARIS))
    lines = History(store.engine).over_time(day, Filter(city="creteil"))
    assert {line.label: line.done for line in lines if line.done} == {f"{hour}": 1 for hour in range(10, 16)}
