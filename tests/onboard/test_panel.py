"""What the panel allows, and what happens to the machines when it does not: the black boxes judge."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.panel.opening import open_panel
from drivers.panel.sim_socket import PanelSocket, SocketLines
from drivers.panel.types import Hazard, Input
from drivers.simulator import BlackBox
from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError
from jobs.types import JobState
from onboard.control.messages import ArmMill, GetStatus, RearmMachine
from onboard.daemon import heartbeat
from onboard.panel import PanelGuard
from onboard.panel_duty import PanelDuty
from tests.onboard.rig import CUT, HEATING, SPEED, Rig, rig_in, until

LID_S = 0.05
LOST_S = 2.0


class Guarded:
    """A bike with a panel, and a hand on its contacts."""

    def __init__(self, rig: Rig, plug: PanelSocket, box: BlackBox, hand: SocketLines) -> None:
        self.rig = rig
        self.plug = plug
        self.box = box
        self.hand = hand

    def opened_after_s(self, since_s: float) -> float | None:
        """When the relay opened, in the panel's own seconds after an instant of it."""
        opened = (float(str(e["t"])) for e in self.box.entries if e["kind"] == "relay" and not e["closed"])
        return next((at_s - since_s for at_s in opened if at_s > since_s), None)

    def turn(self, name: Input, *, closed: bool) -> None:
        """Change a contact."""
        self.hand.turn(name, closed)

    async def sees(self, *hazards: Hazard) -> None:
        """Wait until the bike sees exactly these."""
        await until(lambda: self.rig.bike.panel.hazards == set(hazards))

    async def cuts(self, key: str) -> str:
        """Cut until the spindle turns; return the job's id."""
        await self.rig.open_halt()
        job = await self.rig.approved(key, CUT.replace(b"F600", b"F60"), DeviceKind.MILL, wh=5)
        await self.sees()
        await self.rig.arm(job)
        await until(lambda: any(e["kind"] == "spindle" and e["rpm"] for e in self.rig.boxes["mill"].entries))
        return job.id


@pytest_asyncio.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Guarded]:
    """A connected bike whose relay is held closed by its heartbeat."""
    box = BlackBox()
    plug = PanelSocket(tmp_path / "panel", box)
    hand = SocketLines(str(tmp_path / "panel"))
    async with rig_in(tmp_path) as rig:
        rig.bike.panel = PanelGuard(open_panel(f"sim://{tmp_path}/panel"))
        duty = PanelDuty(rig.bike)
        rig.start(duty.run())
        rig.start(heartbeat(duty.beat))
        await rig.go()
        made = Guarded(rig, plug, box, hand)
        await made.sees()
        yield made
        await rig.bike.panel.close()
    hand.close()
    plug.close()


@pytest.mark.parametrize("name", [Input.MUSHROOM_B, Input.LID, Input.KEY, Input.PARKED])
async def test_a_mill_is_not_armed_on_an_unsafe_panel(guarded: Guarded, name: Input):
    """Each contact has its sentence; closed again, the arming is accepted."""
    guarded.turn(name, closed=False)
    await until(lambda: guarded.rig.bike.panel.refusal(DeviceKind.MILL))
    with pytest.raises(JobError) as refused:
        await guarded.rig.ask(ArmMill(machine="mill", job="0" * 32))
    assert refused.value.code in {"panel", "machine-not-ready"}
    assert not guarded.rig.station("mill").armed_s


async def test_an_open_lid_holds_the_mill_and_lets_the_printer_work(guarded: Guarded):
    """The gate says why; with the lid closed the cut starts by the arming that still holds."""
    rig = guarded.rig
    job = await rig.approved("lid", CUT, DeviceKind.MILL, wh=5)
    rig.station("mill").arm(job.id)
    guarded.turn(Input.LID, closed=False)
    await guarded.sees(Hazard.LID)
    await rig.open_halt()
    await until(lambda: {h.job: h.reason for h in rig.bike.held}.get(job.id) == "panel")
    assert rig.bike.held[0].sentence.en == "The lid of the mill is open."
    assert rig.bike.panel.refusal(DeviceKind.PRINTER) is None
    reply = await rig.ask(GetStatus())
    assert reply.status is not None
    assert [hazard.code for hazard in reply.status.panel or ()] == ["lid"]
    assert not rig.moves("mill")
    guarded.turn(Input.LID, closed=True)
    await rig.is_in(job, JobState.DONE, within_s=60)


async def test_a_lid_that_opens_over_the_spindle_is_a_safety_door_and_the_relay(guarded: Guarded):
    """B10: 0x84 on the wire within 50 ms of the contact, then the relay, and the job ends interrupted."""
    rig = guarded.rig
    job = await guarded.cuts("door")
    turned_s = rig.lines["mill"].machine_s
    guarded.turn(Input.LID, closed=False)

    def door_s() -> float | None:
        seen = (e for e in rig.boxes["mill"].entries if e["kind"] == "rx" and "\x84" in str(e["data"]))
        return next((float(str(e["t"])) for e in seen), None)

    await until(door_s)
    assert ((door_s() or 0.0) - turned_s) / SPEED <= LID_S
    turned = next(float(str(e["t"])) for e in guarded.box.entries if e["kind"] == "input")
    await until(lambda: guarded.opened_after_s(turned))
    assert (guarded.opened_after_s(turned) or 9.0) <= 1.0
    await until(lambda: rig.store.get(job).state is JobState.INTERRUPTED)
    assert [e["rpm"] for e in rig.boxes["mill"].entries if e["kind"] == "spindle"][-1] == 0


async def test_a_printer_lost_while_hot_opens_the_relay_until_a_person_rearms(guarded: Guarded):
    """A14: nobody can turn its heat off by wire any more."""
    rig = guarded.rig
    await rig.open_halt()
    await rig.approved("lost", HEATING)
    await rig.clear()
    await until(lambda: not rig.cold())
    await until(lambda: any(h.target_c for h in rig.station().device.snapshot.temperatures.values()))
    since_s = float(str(guarded.box.entries[-1]["t"]))
    lost_s = guarded.plug.now_s
    rig.lines["prusa"].unplug()
    await until(lambda: guarded.opened_after_s(since_s))
    assert (guarded.opened_after_s(lost_s) or 9.0) <= LOST_S
    rig.lines["prusa"].plug()
    await rig.ask(RearmMachine(machine="prusa"))
    await guarded.sees()
    assert rig.station().device.snapshot.state is DeviceState.IDLE
    assert rig.cold()


async def test_a_cold_printer_that_is_unplugged_takes_no_power_from_the_others(guarded: Guarded):
    """Only a lost machine that may burn or turn is worth the others' work."""
    guarded.rig.lines["prusa"].unplug()
    await until(lambda: guarded.rig.station().device.snapshot.state is DeviceState.OFFLINE)
    lost_s = guarded.plug.now_s
    await until(lambda: guarded.plug.now_s > lost_s + 1.2)
    assert guarded.opened_after_s(lost_s) is None
    assert not guarded.rig.bike.stopped


async def test_a_loop_that_hangs_loses_the_relay(guarded: Guarded):
    """The beat comes from the loop alone."""
    since_s = guarded.plug.now_s
    while guarded.plug.now_s < since_s + 1.2:
        pass
    assert (guarded.opened_after_s(since_s) or 9.0) <= 1.0
