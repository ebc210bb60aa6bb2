"""The emergency stop: at once, whatever else hangs, latched, and forgotten only by a person."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.types import DeviceState
from jobs.errors import JobError
from jobs.types import DesignKind, Job, JobState
from onboard.control.messages import ApproveJob, ArmMill, CancelJob, MakeDraft, RearmMachine, StopEverything
from onboard.linked import stay_connected
from tests.onboard.rig import HEATING, LONG_PRINT, PRINT, Rig, idle, lock_outside, rig_in, until

STOP_S = 0.5


async def printing(rig: Rig, key: str, program: bytes = LONG_PRINT) -> Job:
    """A job that the printer has begun."""
    await rig.open_halt()
    job = await rig.approved(key, program)
    await rig.clear()
    await until(lambda: rig.boxes["prusa"].entries and hot(rig))
    return job


def hot(rig: Rig) -> bool:
    """Whether a heater has a target."""
    return not rig.cold()


def killed(rig: Rig) -> bool:
    """Whether the board has executed the kill, by its own black box."""
    return any(entry["kind"] == "fault" for entry in rig.boxes["prusa"].entries)


async def stop_takes_s(rig: Rig) -> float:
    """Press stop and measure until the board's heaters are off."""
    pressed_s = time.monotonic()
    await rig.ask(StopEverything())
    await until(rig.cold)
    return time.monotonic() - pressed_s


@pytest.mark.parametrize("program", [HEATING, LONG_PRINT])
async def test_a_stop_in_heat_up_or_in_a_print_is_on_the_wire_at_once(rig: Rig, program: bytes):
    """Cold in half a second, INTERRUPTED, and not one move afterwards."""
    job = await printing(rig, "stop-now", program)
    assert await stop_takes_s(rig) < STOP_S
    await rig.is_in(job, JobState.INTERRUPTED)
    moves = rig.moves()
    assert rig.station().device.snapshot.state is DeviceState.STOPPED
    await rig.ask(ApproveJob(job=job.id))
    await rig.dispatcher.replan()
    assert rig.bike.held[0].sentence.en.startswith("Emergency stop")
    assert rig.moves() == moves
    assert rig.cold()


async def test_a_stop_does_not_wait_for_a_locked_queue(rig: Rig):
    """Somebody holds the database; the machines stop all the same, the end is written when it is let go."""
    job = await printing(rig, "stop-locked")
    lock = lock_outside(rig.bike.config.paths.jobs_database)
    try:
        assert await stop_takes_s(rig) < STOP_S
        assert rig.job(job).state is JobState.RUNNING
    finally:
        lock.close()
    await rig.is_in(job, JobState.INTERRUPTED)


@pytest_asyncio.fixture
async def ordered(tmp_path: Path) -> AsyncIterator[tuple[Rig, Job]]:
    """A printer that has an order, claimed and given, which it has not begun yet."""
    async with rig_in(tmp_path) as rig:
        await rig.station().connect()
        await rig.open_halt()
        await rig.clear()
        job = await rig.approved("between", PRINT)
        await rig.dispatcher.replan()
        assert rig.station().order is not None
        yield rig, job


async def test_a_stop_between_claim_and_start_is_not_overtaken_by_the_start(ordered: tuple[Rig, Job]):
    """Stop and re-arm while the order waits for the disk: it does not begin, a person has to order again."""
    rig, job = ordered
    await rig.ask(StopEverything())
    await until(lambda: rig.station().device.snapshot.state is DeviceState.STOPPED)
    await rig.ask(RearmMachine(machine="prusa"))
    rig.work(rig.station())
    ended = await rig.is_in(job, JobState.INTERRUPTED)
    assert ended.problem is not None
    assert "before the start" in ended.problem.en
    await until(lambda: rig.station().free)
    assert not rig.moves()
    assert rig.cold()


async def test_a_cancel_between_claim_and_start_is_taken(ordered: tuple[Rig, Job]):
    """There is nothing on the machine to cancel: the order is withdrawn."""
    rig, job = ordered
    await rig.ask(CancelJob(job=job.id))
    rig.work(rig.station())
    await rig.is_in(job, JobState.CANCELLED)
    assert not rig.moves()


async def test_a_start_that_the_disk_refuses_moves_nothing_and_gets_its_end_later(
    ordered: tuple[Rig, Job], caplog: pytest.LogCaptureFixture
):
    """The disk refuses RUNNING: nothing moves, the machine stays occupied until the end is written down."""
    rig, job = ordered
    lock = lock_outside(rig.bike.config.paths.jobs_database)
    rig.work(rig.station())
    await until(lambda: "waits to be written" in caplog.text, 30)
    assert rig.station().order is not None
    assert rig.job(job).state is JobState.STARTING
    lock.close()
    await rig.is_in(job, JobState.INTERRUPTED, within_s=30)
    assert not rig.moves()


async def test_stop_twice_then_rearm_then_a_new_print_works(rig: Rig):
    """The second press changes nothing; a person re-arms each machine; only a new order prints."""
    first = await printing(rig, "twice-1")
    await rig.ask(StopEverything())
    await rig.ask(StopEverything())
    await rig.is_in(first, JobState.INTERRUPTED)
    with pytest.raises(JobError, match="not ready"):
        await rig.ask(ArmMill(machine="mill", job=first.id))
    for name in ("prusa", "mill"):
        await rig.ask(RearmMachine(machine=name))
    assert not rig.bike.stopped
    before = len(rig.moves())
    second = await rig.approved("twice-2", PRINT)
    await rig.dispatcher.replan()
    assert len(rig.moves()) == before, "the plate was not cleared"
    await rig.clear()
    await rig.is_in(second, JobState.DONE)
    wanted = [line.decode() for line in PRINT.splitlines() if line.startswith(b"G1")]
    assert rig.moves()[before:] == wanted
    assert rig.job(first).state is JobState.INTERRUPTED


async def test_a_machine_that_was_away_at_the_stop_stays_stopped_when_it_comes_back(rig: Rig):
    """Nobody could reach it, so it may not start by itself either: its re-arming waits for a person."""
    await rig.open_halt()
    station = rig.station()
    rig.lines["prusa"].unplug()
    await until(lambda: station.device.snapshot.state is DeviceState.OFFLINE)
    await rig.clear()
    job = await rig.approved("was-away", PRINT)
    await rig.ask(StopEverything())
    rig.lines["prusa"].plug()
    link = rig.start(stay_connected(station))
    await asyncio.sleep(0.2)
    assert rig.bike.stopped
    assert station.device.snapshot.state is DeviceState.OFFLINE
    link.cancel()
    await rig.ask(RearmMachine(machine="prusa"))
    assert idle(station)
    await rig.ask(RearmMachine(machine="mill"))
    await rig.is_in(job, JobState.DONE)


async def test_a_stop_while_a_design_is_prepared_leaves_the_preparation_alone(rig: Rig):
    """Stop is about machines: the child goes on, and nothing of it reaches a machine."""
    rig.start(rig.workshop.run())
    reply = await rig.ask(
        MakeDraft(key="stop-preparing", design=DesignKind.NAME_TAG, device="printer", parameters={"text": ""})
    )
    await rig.ask(StopEverything())
    assert reply.reference is not None
    await until(lambda: not rig.workshop.shares)
    with pytest.raises(JobError):
        await rig.ask(ApproveJob(job=reply.reference.job))
    assert not rig.moves()
