"""What starts, what waits and why: the plan, the gate and the last look before a start."""

import asyncio
import json
from pathlib import Path

import pytest

from drivers.battery.sim import VirtualPack
from drivers.types import DeviceKind
from jobs.types import JobState
from onboard.control.messages import CloseHalt
from onboard.plan.gate import energy_held, time_held
from onboard.station import ARMING_S
from tests.onboard.rig import CUT, PRINT, Rig, lock_outside, records, rig_in, until


def reasons(rig: Rig) -> dict[str, str]:
    """Why each job waits."""
    return {item.job: item.reason for item in rig.bike.held}


async def test_nothing_starts_without_a_halt_or_after_its_end(rig: Rig):
    """The end of a halt is held on the monotonic clock: a date that jumps back makes it no longer."""
    await rig.clear()
    job = await rig.approved("halt", PRINT)
    await until(lambda: reasons(rig).get(job.id) == "halt")
    await rig.open_halt(minutes=60)
    rig.bike.halt_ends_at_s = rig.clock() - 1
    rig.wall.ahead_s = -7 * 24 * 3600
    await rig.dispatcher.replan()
    assert reasons(rig) == {job.id: "halt"}
    assert rig.job(job).state is JobState.APPROVED
    assert not rig.moves()


async def test_a_clock_that_was_wrong_at_the_start_makes_no_halt_longer(rig: Rig):
    """The daemon starts in 1970 with a halt of three hours: it lasts three hours, not fifty years."""
    halt = await rig.open_halt(minutes=180)
    rig.wall.ahead_s = -rig.wall()
    rig.bike.adopt(halt)
    assert rig.bike.halt_left_s == pytest.approx(180 * 60, abs=5)


async def test_a_plate_that_nobody_cleared_and_a_mill_that_nobody_armed_wait(rig: Rig):
    """Each says what a person has to do; the words are the city's only in their general form."""
    await rig.open_halt()
    print_job = await rig.approved("plate", PRINT)
    cut_job = await rig.approved("arm", CUT, DeviceKind.MILL)
    await until(lambda: len(reasons(rig)) == 2)
    assert reasons(rig) == {print_job.id: "plate", cut_job.id: "arm"}
    await until(lambda: sum(kind == "job.held" for kind, _ in records(rig.outbox)) == 2)
    assert not rig.moves("mill")


async def test_an_arming_is_good_for_one_start(rig: Rig):
    """The second cut needs a second look at the mill."""
    await rig.open_halt()
    first = await rig.approved("arm-1", CUT, DeviceKind.MILL, wh=5)
    second = await rig.approved("arm-2", CUT, DeviceKind.MILL, wh=5)
    await until(lambda: reasons(rig) == {first.id: "arm"})
    await rig.arm(first)
    await rig.is_in(first, JobState.DONE, within_s=60)
    await rig.dispatcher.replan()
    assert rig.station("mill").armed_s == 0
    assert rig.job(second).state is JobState.APPROVED
    assert reasons(rig) == {second.id: "arm"}


async def test_an_arming_that_is_too_old_starts_nothing(rig: Rig):
    """Two minutes by the monotonic clock; the date does not matter."""
    job = await rig.approved("late", CUT, DeviceKind.MILL)
    rig.station("mill").arm(job.id)
    rig.clock.ahead_s += ARMING_S + 0.1
    rig.wall.ahead_s -= 3600
    await rig.open_halt()
    await until(lambda: reasons(rig) == {job.id: "arm"})
    assert not rig.moves("mill")


async def test_an_arming_does_not_survive_a_new_connection(rig: Rig):
    """A board that was connected again has forgotten where its zero is."""
    job = await rig.approved("forgotten", CUT, DeviceKind.MILL)
    rig.station("mill").arm(job.id)
    assert rig.station("mill").armed_s > 0
    await rig.station("mill").rearm()
    assert rig.station("mill").armed_s == 0


async def test_too_little_energy_is_said_with_true_numbers(tmp_path: Path):
    """20 % of 960 Wh less 100 Wh of reserve and the base load: about 62 Wh for a job that needs up to 84."""
    pack = VirtualPack(960.0, 20.0, lambda: 10.0)
    async with rig_in(tmp_path, pack) as rig:
        rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        await rig.go()
        await rig.open_halt(minutes=180, reserve_wh=100)
        await rig.clear()
        job = await rig.approved("energy", PRINT, wh=70.0)
        await until(lambda: reasons(rig).get(job.id) == "energy")
        held = rig.bike.held[0]
        assert rig.bike.budget_wh == pytest.approx(960 * 0.20 - 100 - 30, abs=10)
        assert held.left == pytest.approx(rig.bike.budget_wh, abs=1)
        assert held.needs == pytest.approx(70 * 0.9 * 1.3 + 7, abs=10)
        assert f"{held.needs:g}".replace(".", ",") in held.sentence.fr


async def test_a_lost_battery_starts_nothing_and_ends_nothing(tmp_path: Path):
    """What runs goes on; what waits hears why; with the battery's return it starts by itself."""
    pack = VirtualPack(960.0, 90.0, lambda: 10.0)
    async with rig_in(tmp_path, pack, speed=15.0) as rig:
        rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        await rig.go()
        await rig.open_halt()
        await rig.clear()
        running = await rig.approved("running", PRINT * 4)
        await rig.is_in(running, JobState.RUNNING)
        rig.lines["battery"].unplug()
        cut = await rig.approved("waits", CUT, DeviceKind.MILL)
        await until(lambda: rig.bike.power.reading() is None)
        await rig.arm(cut)
        await until(lambda: reasons(rig).get(cut.id) == "battery")
        assert "battery does not answer" in rig.bike.held[0].sentence.en
        await rig.is_in(running, JobState.DONE, within_s=60)
        assert not [entry for entry in rig.boxes["mill"].entries if entry["kind"] == "spindle"]


async def test_a_reading_that_is_too_old_is_no_reading(tmp_path: Path):
    """Five seconds by the monotonic clock."""
    async with rig_in(tmp_path, VirtualPack(960.0, 90.0, lambda: 10.0)) as rig:
        task = rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        task.cancel()
        rig.wall.ahead_s += 1e6
        assert rig.bike.power.reading() is not None
        rig.clock.ahead_s += 7
        assert rig.bike.power.reading() is None


async def test_a_locked_queue_ends_no_print_and_no_daemon(rig: Rig, caplog: pytest.LogCaptureFixture):
    """Plans that cannot be kept are said; what runs goes on to its end; planning comes back by itself."""
    await rig.open_halt()
    await rig.clear()
    running = await rig.approved("through", PRINT * 20)
    await rig.is_in(running, JobState.RUNNING)
    waiting = await rig.approved("behind", PRINT)
    lock = lock_outside(rig.bike.config.paths.jobs_database)
    rig.bike.changed()
    await until(lambda: "not kept" in caplog.text or "No plan" in caplog.text, 30)
    lock.close()
    await rig.is_in(running, JobState.DONE, within_s=60)
    await rig.clear()
    await rig.is_in(waiting, JobState.DONE, within_s=60)


async def test_a_plan_is_kept_when_it_decides_anew(rig: Rig):
    """Ten seconds later the same decision is not written again: tomorrow's question needs today's plans."""
    await rig.open_halt()
    await rig.approved("kept", PRINT)
    await until(lambda: rig.store.kept_plans(10))
    kept = len(rig.store.kept_plans(10))
    for _ in range(3):
        await rig.dispatcher.replan()
    assert len(rig.store.kept_plans(10)) == kept
    assert json.loads(rig.store.kept_plans(1)[0].plan)["starts"]


async def test_a_program_that_is_gone_is_said_and_not_started(rig: Rig):
    """Somebody has emptied the folder: the job waits with a sentence, the daemon lives."""
    await rig.open_halt()
    job = await rig.approved("gone", PRINT)
    (rig.bike.config.paths.jobs / job.id / "part.gcode").unlink()
    await rig.clear()
    await until(lambda: reasons(rig).get(job.id) == "machine")
    assert rig.job(job).state is JobState.APPROVED


async def test_no_job_starts_that_may_outlast_its_halt(rig: Rig):
    """The gate asks for the job's own worst case, whatever the plan thinks: 15 min do not fit into 14."""
    await rig.open_halt(minutes=30)
    await rig.clear()
    job = await rig.approved("long", PRINT)
    rig.bike.halt_ends_at_s = rig.clock() + 14 * 60
    await rig.dispatcher.replan()
    if rig.job(job).state is JobState.APPROVED:
        assert reasons(rig) == {job.id: "time"}
    await rig.ask(CloseHalt())


async def test_a_job_too_dear_for_the_last_look_lets_another_one_start(rig: Rig):
    """The plan puts the thriftier one first, which may outlast the halt: the other starts at once."""
    await rig.open_halt()
    dear = await rig.approved("dear", PRINT, wh=20.0)
    other = await rig.approved("other", PRINT, wh=40.0, high_s=700.0)
    rig.bike.halt_ends_at_s = rig.clock() + 14.9 * 60
    await rig.dispatcher.replan()
    assert reasons(rig) == {dear.id: "time", other.id: "plate"}
    await rig.dispatcher.replan()
    kept = rig.store.kept_plans(10)
    assert dear.id in kept[0].plan
    await rig.dispatcher.replan()
    assert len(rig.store.kept_plans(10)) == len(kept)
    await rig.clear()
    await rig.is_in(other, JobState.DONE, within_s=8.0)
    assert rig.job(dear).state is JobState.APPROVED


def test_sentences_of_the_gate_promise_no_more_than_there_is():
    """What is needed is rounded up, what is left is rounded down."""
    held = energy_held("j", 41.2, 40.9)
    assert "jusqu'à 42 Wh, il en reste 40" in held.sentence.fr
    assert "ends in 4 min" in time_held("j", 5, 4).sentence.en


async def test_a_carried_over_job_starts_after_the_holidays(rig: Rig):
    """Accepted twenty days ago: the record of its wait has a bound, and the start survives it."""
    await rig.open_halt()
    job = await rig.approved("holidays", PRINT)
    rig.wall.ahead_s += 20 * 24 * 3600
    await rig.clear()
    await rig.is_in(job, JobState.DONE)
    await until(lambda: any(kind == "job.done" for kind, _ in records(rig.outbox)))
    started = next(json.loads(payload) for kind, payload in records(rig.outbox) if kind == "job.started")
    assert started["waited_min"] == 7 * 24 * 60


async def test_a_date_that_jumps_in_a_print_changes_nothing(rig: Rig):
    """1,500 days ahead and back to 1970 while the printer works: DONE, with the minutes of the real clock."""
    await rig.open_halt()
    await rig.clear()
    job = await rig.approved("jump", PRINT)
    await rig.is_in(job, JobState.RUNNING)
    rig.wall.ahead_s = 1500 * 24 * 3600
    await asyncio.sleep(0.3)
    rig.wall.ahead_s = -rig.wall()
    await rig.is_in(job, JobState.DONE)
    await until(lambda: any(kind == "job.done" for kind, _ in records(rig.outbox)))
    done = next(json.loads(payload) for kind, payload in records(rig.outbox) if kind == "job.done")
    assert done["minutes"] == 0
