"""Every event after which the plan is made again rings the bell, and the interlock looks at watts itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from drivers.battery.sim import VirtualPack
from drivers.types import DeviceKind, DeviceState
from jobs.types import JobState
from onboard.changes import Changes
from onboard.control.messages import (
    ApproveJob,
    CancelJob,
    ClearPlate,
    CloseHalt,
    ExtendHalt,
    OpenHalt,
    RefuseJob,
    SendJob,
)
from onboard.plan.interlock import power_refusal, promised_w
from onboard.plan.planning import budget_wh
from tests.onboard.rig import CUT, HEATING, LONG_PRINT, PRINT, Rig, idle, rig_in, until

Act = Callable[[], Awaitable[object]]


async def rings(rig: Rig, act: Act) -> bool:
    """Whether somebody has to plan again after this."""
    rig.bike.bell.clear()
    await act()
    return rig.bike.bell.is_set()


async def test_what_people_do_rings_the_bell(rig: Rig):
    """Sent, approved, refused, cancelled; a plate cleared; a halt opened, extended, closed."""
    for task in rig.running[1:]:
        task.cancel()
    opened = OpenHalt(place="Parc", host_city="Antony", minutes=60, reserve_wh=0.0)
    assert await rings(rig, lambda: rig.ask(opened))
    assert await rings(rig, lambda: rig.ask(ExtendHalt(minutes=30)))
    first, second = await rig.ready("ring-1"), await rig.ready("ring-2")
    assert await rings(rig, lambda: rig.ask(SendJob(job=first.id)))
    assert await rings(rig, lambda: rig.ask(SendJob(job=second.id)))
    assert await rings(rig, lambda: rig.ask(ApproveJob(job=first.id)))
    assert await rings(rig, lambda: rig.ask(RefuseJob(job=second.id, reason="too-long")))
    assert await rings(rig, lambda: rig.ask(CancelJob(job=first.id)))
    assert await rings(rig, lambda: rig.ask(ClearPlate(machine="prusa")))
    assert await rings(rig, lambda: rig.ask(CloseHalt()))


async def test_what_machines_do_rings_the_bell(rig: Rig):
    """A job's end and failure, a cable pulled and put back, a stop; without a change it is quiet."""
    changes = Changes(rig.bike)
    assert changes.look()
    assert not changes.look()
    await rig.open_halt()
    await rig.clear()
    job = await rig.approved("end", PRINT)
    await rig.is_in(job, JobState.RUNNING)
    assert changes.look()
    rig.bike.bell.clear()
    seen = rig.bike.version
    await rig.is_in(job, JobState.DONE)
    await until(lambda: rig.station().order is None)
    assert rig.bike.version > seen
    assert changes.look()
    rig.lines["prusa"].unplug()
    await until(lambda: rig.station().device.snapshot.state is DeviceState.OFFLINE)
    assert changes.look()
    rig.lines["prusa"].plug()
    await rig.station().connect()
    assert changes.look()
    rig.bike.stop()
    await until(lambda: rig.station().device.snapshot.state is DeviceState.STOPPED)
    assert changes.look()


async def test_a_charge_off_its_forecast_rings_the_bell(tmp_path: Path):
    """Nine watt-hours more or less are the forecast's own; eleven are news, and so is a lost battery."""
    pack = VirtualPack(960.0, 60.0, lambda: 0.0)
    async with rig_in(tmp_path, pack) as rig:
        rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        await rig.open_halt(reserve_wh=100.0)
        changes = Changes(rig.bike)
        changes.look()
        rig.bike.budget_wh = budget_wh(rig.bike)
        assert rig.bike.budget_wh is not None
        assert not changes.look()
        rig.bike.budget_wh += 9
        assert not changes.look()
        rig.bike.budget_wh += 2
        assert changes.look()
        rig.bike.budget_wh = budget_wh(rig.bike)
        pack.soc_pct -= 2.0
        await until(changes.look)
        rig.bike.budget_wh = budget_wh(rig.bike)
        rig.lines["battery"].unplug()
        await until(changes.look)


async def test_no_start_passes_the_cap_whatever_the_plan_says(rig: Rig):
    """While the printer heats, a mill that fits alone does not start; once the heat is held, it does."""
    await rig.open_halt()
    await rig.clear()
    heating = await rig.approved("heats", LONG_PRINT)
    cut = await rig.ready("cuts", CUT, DeviceKind.MILL, wh=5)
    assert cut.prepared is not None
    cost = replace(cut.prepared.estimate, peak_w=335.0)
    cut = replace(cut, prepared=replace(cut.prepared, estimate=cost))
    assert power_refusal(rig.bike, cut) is None
    await rig.is_in(heating, JobState.RUNNING)
    assert promised_w(rig.station()) >= 260
    refused = power_refusal(rig.bike, cut)
    assert refused is not None
    assert refused.reason == "power"
    assert refused.needs == 335.0
    assert 0 <= refused.left < 335.0
    await until(lambda: power_refusal(rig.bike, cut) is None, within_s=60)
    assert rig.station().device.snapshot.state is DeviceState.RUNNING


async def test_two_heaters_never_heat_above_the_cap(rig: Rig):
    """A second printer's 357 W on top of 357: refused while the first heats, whoever asks."""
    await rig.open_halt()
    await rig.clear()
    first = await rig.approved("first", HEATING + LONG_PRINT)
    await rig.is_in(first, JobState.RUNNING)
    second = await rig.ready("second", PRINT)
    assert second.prepared is not None
    cost = replace(second.prepared.estimate, peak_w=357.0)
    refused = power_refusal(rig.bike, replace(second, prepared=replace(second.prepared, estimate=cost)))
    assert refused is not None
    assert "357 W" in refused.sentence.fr
    assert not idle(rig.station())
