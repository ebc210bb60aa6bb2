"""The bike's side of the line: state in measure, energy from readings, and patience with everything else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from onboard.clocks import Clocks, clock_source
from onboard.config import MqttSection
from onboard.energy.meter import EnergyMeter
from onboard.messages import About, ClockSource, JobDone, Machine, MachineKind, MachineState, State
from onboard.ports import free_port
from onboard.uplink.mqtt import Listener, MqttError, MqttLine, Session
from onboard.uplink.showing import StateShow
from onboard.uplink.telemetry import Identity, Telemetry

DONE = JobDone(kind=MachineKind.MILL, minutes=10, energy_wh=4.2)
NOWHERE = MqttSection(host="127.0.0.1", port=1, tls=False)


@asynccontextmanager
async def running(telemetry: Telemetry) -> AsyncIterator[None]:
    """Telemetry as a task of the daemon."""
    task = asyncio.create_task(telemetry.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool], within_s: float = 15.0) -> None:
    """Wait for something that other threads bring about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - the disk raises no event
            await asyncio.sleep(0.02)


def on_disk(path: Path) -> list[str]:
    """The types of the rows in an outbox, in order."""
    db = sqlite3.connect(path)
    rows = [kind for (kind,) in db.execute("SELECT type FROM row ORDER BY number, seq")]
    db.close()
    return rows


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-broker.invalid"])
async def test_without_a_broker_records_wait_on_disk(tmp_path: Path, host: str):
    """Nothing is lost and nothing fails while the city cannot be reached."""
    settings = MqttSection(host=host, port=free_port(), tls=False)
    path = tmp_path / "o.db"
    telemetry = Telemetry(settings, Identity("creteil", "creteil-1", "boot"), path, About(software="0.1.0"))
    async with running(telemetry):
        telemetry.record(DONE)
        await until(lambda: on_disk(path) == ["job.done", "clock"])
        assert not telemetry.connected
        assert telemetry.waiting_rows == 2


async def test_the_last_record_before_the_end_is_kept(tmp_path: Path):
    """A record given just before the daemon ends is on disk afterwards."""
    telemetry = Telemetry(
        NOWHERE, Identity("creteil", "creteil-1", "boot"), tmp_path / "o.db", About(software="0.1.0")
    )
    async with running(telemetry):
        await until(lambda: on_disk(tmp_path / "o.db") == ["clock"])
        telemetry.record(DONE)
    assert on_disk(tmp_path / "o.db") == ["clock", "job.done"]


async def test_a_missing_certificate_is_said_and_disturbs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """A wrong [mqtt] table costs the line to the city, not the bike."""
    settings = MqttSection(host="127.0.0.1", port=1, ca=tmp_path / "none.pem")
    telemetry = Telemetry(
        settings, Identity("creteil", "creteil-1", "boot"), tmp_path / "o.db", About(software="0.1.0")
    )
    async with running(telemetry):
        telemetry.record(DONE)
        await until(lambda: "cannot be used" in caplog.text)
        await until(lambda: len(on_disk(tmp_path / "o.db")) == 2)


async def test_a_missing_password_file_is_an_error_with_a_sentence(tmp_path: Path):
    """The line itself refuses to be built."""
    settings = MqttSection(
        host="127.0.0.1", port=1, tls=False, username="creteil-1", password_file=tmp_path / "none"
    )
    session = Session("creteil-1", "t/status", b"{}", "t/ack")
    with pytest.raises(MqttError, match=r"\[mqtt\] cannot be used"):
        MqttLine(settings, session, Listener(up=list, down=list, message=lambda _payload, _kept: None))


def test_state_is_shown_on_change_and_now_and_then():
    """A change within 2 s waits; the battery's last percent is no change; after 45 s it is told anyway."""
    show = StateShow()
    show.offer(State(soc_pct=50))
    assert show.due(0.0) == State(soc_pct=50)
    show.offer(State(soc_pct=49))
    assert show.due(10.0) is None
    show.offer(State(soc_pct=48))
    assert show.due(11.0) == State(soc_pct=48)
    show.offer(State(soc_pct=48, machines=(Machine(kind=MachineKind.MILL, state=MachineState.RUNNING),)))
    assert show.due(12.0) is None
    assert show.due(13.0) is not None
    assert show.due(57.0) is None
    assert show.due(58.0) is not None


def test_energy_is_summed_from_readings():
    """Two minutes at 300 W are 10 Wh used; charging is counted apart; a silent monitor is not counted."""
    meter = EnergyMeter()
    assert meter.take() is None
    for second in range(0, 121, 5):
        meter.add(-300.0, 60.4, float(second))
    record = meter.take()
    assert record is not None
    assert (record.seconds, record.used_wh, record.charged_wh, record.soc_pct) == (120, 10.0, 0.0, 60)
    meter.add(-300.0, 60.0, 1120.0)
    meter.add(360.0, 60.0, 1130.0)
    record = meter.take()
    assert record is not None
    assert (record.used_wh, record.charged_wh) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("utc_s", "synchronized", "source"),
    [
        (0.0, True, ClockSource.NONE),
        (1.7e9, True, ClockSource.NONE),
        (1.9e9, False, ClockSource.CHIP),
        (1.9e9, True, ClockSource.NETWORK),
    ],
)
def test_a_date_before_this_software_is_not_believed(
    tmp_path: Path, utc_s: float, synchronized: bool, source: ClockSource
):
    """A bike without a clock says so."""
    flag = tmp_path / "synchronized"
    if synchronized:
        flag.touch()
    assert clock_source(utc_s, flag) is source
    assert Clocks(lambda: 5.0, lambda: utc_s, lambda _: source).reading().source is source
