"""The outline in the air: where the next object goes, with the spindle off; verdicts of the black box."""

import re

import pytest

from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError
from jobs.types import Job, JobState
from onboard.byhand.outlines import likely_jobs
from onboard.control.messages import (
    ArmMill,
    CheckProgram,
    GetStatus,
    MachineView,
    RearmMachine,
    StopEverything,
    TraceOutline,
)
from tests.onboard.rig import PRINT, Rig, idle, until

PART = b"G21\nG90\nG0 Z3\nG0 X10 Y20\nM3 S1000\nG1 Z-2 F100\nG1 X40 F600\nG1 Y35\nG1 X10\nG1 Y20\nG0 Z3\nM5\n"
OTHER = PART.replace(b"X40", b"X41")
CORNERS = ["G1X10.000Y20.000", "G1X40.000Y20.000", "G1X40.000Y35.000", "G1X10.000Y35.000", "G1X10.000Y20.000"]
SAFE_Z_MM = 3.0
TRACE = TraceOutline(machine="mill")


async def waiting(rig: Rig, key: str = "part", program: bytes = PART) -> Job:
    """An open halt, and a mill job that waits for its arming."""
    if rig.bike.halt is None:
        await rig.open_halt()
    job = await rig.approved(key, program, DeviceKind.MILL, wh=5)
    await until(lambda: any(held.reason == "arm" for held in rig.bike.held))
    return job


async def card(rig: Rig) -> MachineView:
    """What the pages know of the mill."""
    status = (await rig.ask(GetStatus())).status
    assert status is not None
    return next(machine for machine in status.machines if machine.name == "mill")


async def refused(rig: Rig, request: TraceOutline = TRACE) -> str:
    """Ask for what must be refused; nothing reaches the mill."""
    before = rig.executed("mill")
    with pytest.raises(JobError) as caught:
        await rig.ask(request)
    assert rig.executed("mill") == before
    assert rig.station("mill").errand is None
    return caught.value.code


def in_the_air(rig: Rig) -> bool:
    """By the black box: no spindle, and neither a line nor a move that ends below the safe height."""
    depths = [float(z) for line in rig.executed("mill") for z in re.findall(r"Z(-?[\d.]+)", line)]
    depths += [float(str(entry["z"])) for entry in rig.boxes["mill"].entries if entry["kind"] == "end"]
    spun = [entry for entry in rig.boxes["mill"].entries if entry["kind"] == "spindle"]
    return bool(depths) and min(depths) >= SAFE_Z_MM and not spun


async def test_the_next_object_is_traced_in_the_air(rig: Rig):
    """Up, once round its four corners and back; then the mill is as free and as little armed as before."""
    job = await waiting(rig)
    await waiting(rig, "later", OTHER)
    await rig.ask(TRACE)
    assert (await card(rig)).traces == rig.job(job).ticket
    await until(lambda: rig.station("mill").errand is None, 60)
    assert [line.split("F")[0] for line in rig.moves("mill")] == CORNERS
    assert in_the_air(rig)
    assert idle(rig.station("mill"))
    assert rig.station("mill").armed_s == 0
    assert (await card(rig)).traces is None
    assert rig.job(job).state is JobState.APPROVED


async def test_a_trace_ends_an_arming_and_comes_before_any_start(rig: Rig):
    """What was armed is not armed any more: after the look, a person goes through the list again."""
    job = await waiting(rig)
    rig.station("mill").arm(job.id)
    await rig.ask(TRACE)
    assert rig.station("mill").armed_s == 0
    with pytest.raises(JobError):
        await rig.ask(ArmMill(machine="mill", job=job.id))
    await until(lambda: rig.station("mill").errand is None, 60)
    assert rig.job(job).state is JobState.APPROVED
    assert in_the_air(rig)
    await rig.arm(job)
    await rig.is_in(job, JobState.DONE, within_s=60)


async def test_a_list_that_was_begun_stays_with_its_object(rig: Rig):
    """Plans are made while the mill traces and reads: they keep the object that a person stands there for."""
    job = await waiting(rig)
    for number in range(4):
        await rig.approved(f"other-{number}", OTHER, DeviceKind.MILL, wh=5)
    await until(lambda: len({held.job for held in rig.bike.held} | {s.job for s in rig.bike.starts}) == 5)
    assert likely_jobs(rig.bike, rig.station("mill"))[0] == job.id
    for look in (TRACE, CheckProgram(machine="mill")):
        await rig.ask(look)
        for _ in range(3):
            await rig.dispatcher.replan()
            assert likely_jobs(rig.bike, rig.station("mill"))[0] == job.id
        await until(lambda: rig.station("mill").errand is None, 60)
    assert (rig.station("mill").hand.traced, rig.station("mill").hand.checked) == (job.id, job.id)


async def test_a_stop_ends_a_trace(rig: Rig):
    """Like a job: latched, and nothing goes on after the re-arming."""
    await waiting(rig)
    await rig.ask(TRACE)
    await until(lambda: rig.moves("mill"))
    await rig.ask(StopEverything())
    await until(lambda: rig.station("mill").errand is None)
    assert rig.station("mill").device.snapshot.state is DeviceState.STOPPED
    assert "\x18" in "".join(str(entry.get("data", "")) for entry in rig.boxes["mill"].entries)
    assert await refused(rig) == "stopped"
    for name in ("prusa", "mill"):
        await rig.ask(RearmMachine(machine=name))
    before = rig.executed("mill")
    await rig.dispatcher.replan()
    assert rig.executed("mill") == before
    assert in_the_air(rig)


async def test_a_trace_needs_a_halt_a_mill_at_rest_and_an_object(rig: Rig):
    """Each is said; nothing moves."""
    assert await refused(rig) == "no-halt"
    await rig.open_halt()
    assert await refused(rig) == "no-job"
    assert await refused(rig, TraceOutline(machine="prusa")) == "not-a-mill"
    assert await refused(rig, TraceOutline(machine="laser")) == "no-machine"
    await rig.approved("printed", PRINT)
    assert await refused(rig) == "no-job"
    await waiting(rig)
    await rig.ask(TRACE)
    assert (await _code(rig)) == "machine-busy"
    await until(lambda: rig.station("mill").errand is None, 60)


async def _code(rig: Rig) -> str:
    with pytest.raises(JobError) as caught:
        await rig.ask(TRACE)
    return caught.value.code


async def test_a_program_that_does_not_tell_where_it_goes_is_not_traced(rig: Rig):
    """From an unknown place a relative way may lead anywhere."""
    await waiting(rig, "lost", b"G21\nG91\nG1 X5 F600\nM5\n")
    assert await refused(rig) == "no-outline"
