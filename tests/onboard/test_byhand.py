"""What a mediator does with machines by hand, from the request to the wire; verdicts of the black boxes."""

import asyncio

import pytest

from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError
from jobs.types import JobState
from onboard.byhand.handiwork import HOT_S
from onboard.byhand.watch import HandWatch
from onboard.control.messages import (
    AdjustPrint,
    ArmMill,
    CancelJob,
    CheckProgram,
    ContinueErrand,
    CoolPrinter,
    EndErrand,
    GetStatus,
    HandView,
    HoldJog,
    HomePrinter,
    JogMachine,
    LevelPrinter,
    MachineView,
    MoveFilament,
    PauseJob,
    PreheatPrinter,
    ProbeMill,
    RearmMachine,
    ReleaseJog,
    Request,
    ResumeJob,
    StopEverything,
    TraceOutline,
    ZeroMill,
)
from onboard.plan.interlock import power_refusal
from tests.onboard.rig import CUT, LONG_PRINT, Rig, until

PART = b"G21\nG90\nG0 Z3\nM3 S1000\nG1 Z-1 F100\nG1 X4 F600\nG1 Y3\nG0 Z3\nM5\n"
PREHEAT = PreheatPrinter(machine="prusa", material="PLA")
HOME = HomePrinter(machine="prusa")
UP = JogMachine(machine="prusa", axis="z", step_mm=10)


async def view(rig: Rig, name: str = "prusa") -> MachineView:
    """What the pages know of a machine."""
    status = (await rig.ask(GetStatus())).status
    assert status is not None
    return next(machine for machine in status.machines if machine.name == name)


async def hand(rig: Rig, name: str = "prusa") -> HandView:
    """What may be done by hand with it."""
    shown = (await view(rig, name)).hand
    assert shown is not None
    return shown


async def refused(rig: Rig, request: Request) -> str:
    """Ask for what must be refused, and say under which code."""
    with pytest.raises(JobError) as caught:
        await rig.ask(request)
    return caught.value.code


async def done(rig: Rig, request: Request, name: str = "prusa") -> str:
    """Ask, wait until the errand is over, and return how it ended."""
    await rig.ask(request)
    await until(lambda: rig.station(name).errand is None, 60)
    result = rig.station(name).hand.result
    return result.code if result else ""


def jogged_mm(rig: Rig) -> tuple[float, ...]:
    """Where the axes of the mill rested, one place after the other, along X."""
    return tuple(float(str(e["x"])) for e in rig.boxes["mill"].entries if e["kind"] == "idle")


async def test_nothing_is_done_by_hand_without_a_halt_or_with_a_job_on_the_machine(rig: Rig):
    """But cooling and ending are; a print takes speed, flow, pause and cancel, and nothing else."""
    assert await refused(rig, PREHEAT) == "no-halt"
    assert (await hand(rig)).refusal is not None
    assert await done(rig, CoolPrinter(machine="prusa")) == "done"
    await rig.open_halt()
    assert (await hand(rig)).refusal is None
    assert await refused(rig, AdjustPrint(machine="prusa", speed_pct=150)) == "no-print"
    assert await refused(rig, EndErrand(machine="prusa")) == "no-errand"
    await rig.clear()
    job = await rig.approved("adjusted", LONG_PRINT)
    await rig.is_in(job, JobState.RUNNING)
    for request in (PREHEAT, HOME, UP, LevelPrinter(machine="prusa"), CoolPrinter(machine="prusa")):
        assert await refused(rig, request) == "machine-busy"
    await until(lambda: len(rig.moves()) > 5)
    await rig.ask(AdjustPrint(machine="prusa", speed_pct=150, flow_pct=90))
    await until(lambda: {"M220 S150", "M221 S90"} <= set(rig.executed()))
    assert ((await hand(rig)).speed_pct, (await hand(rig)).flow_pct) == (150, 90)
    assert "G28" not in rig.executed()
    await rig.ask(CancelJob(job=job.id))
    await rig.is_in(job, JobState.CANCELLED)


async def test_heat_by_hand_goes_off_by_itself(rig: Rig):
    """At the end of its time, not before; what may have dripped makes the plate dirty."""
    await rig.open_halt()
    await rig.clear()
    rig.start(HandWatch(rig.bike).run())
    assert await refused(rig, PreheatPrinter(machine="prusa", material="Inox")) == "no-material"
    assert await refused(rig, PreheatPrinter(machine="mill", material="PLA")) == "not-this-machine"
    assert await done(rig, PREHEAT) == "done"
    assert not rig.cold()
    assert 0 < ((await hand(rig)).off_s or 0) <= HOT_S
    await until(lambda: rig.station().device.snapshot.temperatures["hotend"].target_c == 210)
    rig.clock.ahead_s += HOT_S - 30
    await asyncio.sleep(1.1)
    assert not rig.cold()
    rig.clock.ahead_s += 31
    await until(rig.cold)
    await until(lambda: rig.station().free)
    assert not rig.station().plate_clear
    assert (await hand(rig)).off_s is None


async def test_heat_counts_for_the_cap_of_power(rig: Rig):
    """Both ways: no heat beside what is taken, and a mill sees what a heated printer takes."""
    await rig.open_halt()
    cut = await rig.ready("cap", CUT, DeviceKind.MILL, wh=5)
    mill, whole = rig.station("mill"), rig.bike.config
    for cap_w, code in ((200.0, "power"), (450.0, "done")):
        energy = whole.energy.model_copy(update={"power_cap_w": cap_w})
        rig.bike.config = whole.model_copy(update={"energy": energy})
        heard = await refused(rig, PREHEAT) if code == "power" else await done(rig, PREHEAT)
        assert heard == code
        assert rig.cold() is (code == "power")
    refusal = power_refusal(rig.bike, cut, mill)
    assert refusal is not None
    assert refusal.reason == "power"
    assert await done(rig, CoolPrinter(machine="prusa")) == "done"
    await until(lambda: power_refusal(rig.bike, cut, mill) is None)


async def test_a_printer_is_homed_before_it_is_moved_and_its_plate_clear_before_it_is_homed(rig: Rig):
    """The order in which a person does it; a bed that cannot be measured is a sentence."""
    await rig.open_halt()
    assert await refused(rig, HOME) == "plate"
    await rig.clear()
    assert await refused(rig, UP) == "not-homed"
    assert await done(rig, HOME) == "done"
    assert (await hand(rig)).homed == ("x", "y", "z")
    assert await done(rig, UP) == "done"
    assert await refused(rig, JogMachine(machine="prusa", axis="z", step_mm=50, backwards=True)) == "outside"
    assert await refused(rig, LevelPrinter(machine="prusa")) == "no-probe"
    assert rig.moves() == ["G1 Z10.00 F600"]


async def test_filament_is_changed_with_a_person_between(rig: Rig):
    """Out, wait, in; ended while it waits, the heat goes off; stopped in the middle, everything is."""
    await rig.open_halt()
    change = MoveFilament(machine="prusa", action="change", material="PLA")
    assert await refused(rig, ContinueErrand(machine="prusa")) == "not-waiting"
    await rig.ask(change)
    await until(lambda: rig.station().hand.waits, 60)
    errand = (await hand(rig)).errand
    assert errand is not None
    assert errand.waits is not None
    assert "G1 E60 F300" not in rig.executed()
    await rig.ask(ContinueErrand(machine="prusa"))
    await until(lambda: rig.station().errand is None, 60)
    assert rig.moves() == ["G1 E8 F300", "G1 E-90 F1200", "G1 E60 F300", "G1 E30 F150"]
    assert not rig.cold()
    await rig.ask(change)
    await until(lambda: rig.station().hand.waits, 60)
    await rig.ask(EndErrand(machine="prusa"))
    await until(lambda: rig.station().errand is None)
    assert rig.cold()
    await rig.ask(change)
    await until(lambda: rig.station().device.snapshot.state is DeviceState.RUNNING)
    await rig.ask(EndErrand(machine="prusa"))
    await until(lambda: rig.station().errand is None)
    assert rig.station().hand.result is not None
    assert rig.station().hand.result.code == "ended"
    assert rig.cold()
    await rig.ask(change)
    await until(lambda: rig.station().hand.waits, 60)
    await rig.ask(StopEverything())
    await until(lambda: rig.station().errand is None)
    assert rig.station().device.snapshot.state is DeviceState.STOPPED
    assert rig.cold()


async def test_a_mill_is_jogged_zeroed_probed_and_its_list_is_told(rig: Rig):
    """One errand at a time; what the bike has seen itself is ticked, the rest waits for a person."""
    await rig.open_halt()
    job = await rig.approved("list", PART, DeviceKind.MILL, wh=5)
    await until(lambda: any(held.reason == "arm" for held in rig.bike.held))
    step = JogMachine(machine="mill", axis="x", step_mm=10)
    assert await done(rig, step, "mill") == "done"
    assert jogged_mm(rig) == (10.0,)
    assert await done(rig, ZeroMill(machine="mill"), "mill") == "done"
    assert await done(rig, TraceOutline(machine="mill"), "mill") == "done"
    assert await done(rig, CheckProgram(machine="mill"), "mill") == "done"
    shown = await hand(rig, "mill")
    assert shown.job == job.id
    assert {point.code: point.done for point in shown.points} == {
        "clamp": None, "tool": None, "zero": True, "lid": None, "outline": True, "program": True,
    }  # fmt: skip
    await rig.ask(step)
    assert await refused(rig, step) == "machine-busy"
    await until(lambda: rig.station("mill").errand is None)
    assert await done(rig, ProbeMill(machine="mill", plate_mm=2), "mill") not in {"done", ""}
    assert rig.station("mill").device.snapshot.state is DeviceState.FAULT
    await rig.ask(RearmMachine(machine="mill"))
    assert (await hand(rig, "mill")).points[2].done is None
    assert not [entry for entry in rig.boxes["mill"].entries if entry["kind"] == "spindle"]
    assert rig.job(job).state is JobState.APPROVED


async def test_a_press_moves_the_mill_once_and_never_after_it_was_released(rig: Rig):
    """A late message of a finger that has left does nothing."""
    await rig.open_halt()
    press = HoldJog(machine="mill", axis="x", press="press-0001")
    for _ in range(4):
        await rig.ask(press)
        await asyncio.sleep(0.1)
    assert "$J=" in "".join(rig.executed("mill"))
    await rig.ask(ReleaseJog(machine="mill", press="press-0001"))
    await until(lambda: rig.station("mill").errand is None)
    before = rig.executed("mill")
    await rig.ask(press)
    assert rig.station("mill").errand is None
    await rig.ask(ReleaseJog(machine="mill", press="press-0002"))
    await rig.ask(HoldJog(machine="mill", axis="x", press="press-0002"))
    assert rig.station("mill").errand is None
    assert rig.executed("mill") == before
    await rig.ask(HoldJog(machine="mill", axis="x", press="press-0003"))
    await until(lambda: rig.station("mill").errand is None)
    assert "\x85" in "".join(str(e.get("data", "")) for e in rig.boxes["mill"].entries)


async def test_nobody_arms_a_mill_whose_list_was_not_gone_through(rig: Rig):
    """Whoever asks: outline and program are looked at for this job, and anew after a start or a zero."""
    await rig.open_halt()
    job = await rig.approved("list", CUT, DeviceKind.MILL, wh=5)
    await until(lambda: any(held.reason == "arm" for held in rig.bike.held))
    arm = ArmMill(machine="mill", job=job.id)
    assert await refused(rig, arm) == "list"
    assert await done(rig, CheckProgram(machine="mill"), "mill") == "done"
    assert await refused(rig, arm) == "list"
    await rig.look_at(job)
    assert await done(rig, ZeroMill(machine="mill"), "mill") == "done"
    assert await refused(rig, arm) == "list"
    assert rig.station("mill").armed_s == 0
    await rig.arm(job)
    await rig.is_in(job, JobState.RUNNING)
    await rig.ask(CancelJob(job=job.id))
    await rig.is_in(job, JobState.CANCELLED, JobState.DONE)
    assert (rig.station("mill").hand.traced, rig.station("mill").hand.checked) == ("", "")


async def test_an_arming_is_for_one_job_and_a_paused_mill_goes_on_only_with_a_fresh_one(rig: Rig):
    """Another job does not start by it; `~` never goes out without it."""
    await rig.open_halt()
    first = await rig.approved("first", CUT.replace(b"F600", b"F60"), DeviceKind.MILL, wh=5)
    second = await rig.approved("second", CUT, DeviceKind.MILL, wh=5)
    await until(lambda: any(held.reason == "arm" for held in rig.bike.held))
    assert await refused(rig, ArmMill(machine="mill", job="0" * 32)) == "unknown-job"
    waiting = next(held.job for held in rig.bike.held if held.reason == "arm")
    running, other = (first, second) if waiting == first.id else (second, first)
    rig.station("mill").arm(other.id)
    await rig.dispatcher.replan()
    assert rig.job(running).state is JobState.APPROVED
    rig.station("mill").disarm()
    await rig.arm(running)
    await rig.is_in(running, JobState.RUNNING)
    await until(lambda: rig.station("mill").device.snapshot.spindle_on)
    await rig.ask(PauseJob(job=running.id))
    assert await refused(rig, ResumeJob(job=running.id)) == "arm"
    assert "~" not in "".join(str(e.get("data", "")) for e in rig.boxes["mill"].entries)
    assert await refused(rig, ArmMill(machine="mill", job=other.id)) == "other-job"
    await rig.ask(ArmMill(machine="mill", job=running.id))
    await rig.ask(ResumeJob(job=running.id))
    assert rig.station("mill").armed_s == 0
    await rig.ask(CancelJob(job=running.id))
    await rig.is_in(running, JobState.CANCELLED, JobState.DONE)
