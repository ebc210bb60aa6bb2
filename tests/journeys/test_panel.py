"""The bike's contacts and its relay, with everything in processes of its own: the black boxes judge."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest_asyncio

from drivers.panel.sim_socket import SocketLines
from drivers.panel.types import Input
from drivers.types import DeviceKind, DeviceState
from jobs.types import JobState
from onboard import config
from onboard.broker import find_mosquitto
from onboard.control.messages import ArmMill, RearmMachine
from onboard.demo.settings import write_settings
from onboard.demo.stage import Stage, start_daemon, start_machines
from tests.journeys.bikeside import BikeSide, until
from tests.journeys.black_box import entries, heater_targets
from tests.journeys.queued import PRINTER, program, queue_print

MILL = "fraiseuse"
SPEED = 10.0
RELAY_S = 1.0
DOOR = "\x84"


@pytest_asyncio.fixture
async def side(lone: Stage) -> AsyncIterator[BikeSide]:
    """Machines behind a relay that nobody beats yet, and the settings of their bike."""
    write_settings(lone.layout, lone.ports, mqtt_is_v3=find_mosquitto() is None, with_panel=True)
    stage = Stage(lone.crew, lone.layout, lone.ports, config.load(lone.layout.config))
    await start_machines(stage, SPEED)
    yield BikeSide(stage)


def instants(box: Path, kind: str) -> Iterator[tuple[float, dict[str, object]]]:
    """The panel's entries of one kind, with their monotonic instants."""
    born_s = 0.0
    for entry in entries(box):
        if entry["kind"] == "born":
            born_s = float(str(entry["monotonic_s"]))
        if entry["kind"] == kind:
            yield born_s + float(str(entry["t"])), entry


@contextmanager
def hand(side: BikeSide) -> Iterator[SocketLines]:
    """A person's hand on the contacts."""
    lines = SocketLines(str(side.stage.layout.machines / "panel"))
    yield lines
    lines.close()


def spindle_on(side: BikeSide) -> bool:
    """Whether the spindle turns, by the mill's black box."""
    turns = [e for e in entries(side.stage.layout.black_boxes / "grbl.jsonl") if e["kind"] == "spindle"]
    return bool(turns) and float(str(turns[-1]["rpm"])) > 0


async def cutting(side: BikeSide) -> str:
    """Start the daemon and cut until the spindle turns; return the job's id.

    An arming lasts two minutes: on a busy computer a person may have to arm once more.
    """
    moves = b"".join(b"G1 X%d F300\n" % (x % 40) for x in range(1, 400))
    cut = b"G21\nG90\nG0 X1 Y0\nM3 S1000\n" + moves + b"M5\n"
    job = queue_print(side.stage, "panel-cut", cut, DeviceKind.MILL)
    await start_daemon(side.stage)
    await side.go_on()
    await side.machine(MILL, lambda view: view.state is DeviceState.IDLE, "the mill")
    await until(lambda: no_hazard(side), "a safe panel")
    await side.arm(MILL, job)

    async def turns() -> bool:
        status = await side.status()
        mill = next((view for view in status.machines if view.name == MILL), None) if status else None
        if mill is not None and mill.state is DeviceState.IDLE and not mill.armed_s:
            await side.client.ask(ArmMill(machine=MILL, job=job))
        return spindle_on(side)

    await until(turns, "the spindle")
    return job


async def no_hazard(side: BikeSide) -> bool:
    """Whether the panel finds nothing."""
    status = await side.status()
    return status is not None and status.panel == ()


async def test_a_killed_daemon_loses_the_machines_power_within_a_second(side: BikeSide):
    """B01: nobody beats any more; the spindle stands before the daemon is back, and nothing resumes."""
    job = await cutting(side)
    daemon = side.stage.crew.process("daemon")
    killed_s = time.monotonic()
    daemon.kill()
    await daemon.wait()
    box = side.stage.layout.black_boxes / "panel.jsonl"

    async def opened_s() -> float | None:
        return next((at_s for at_s, e in instants(box, "relay") if not e["closed"] and at_s > killed_s), None)

    assert await until(opened_s, "the relay to open") - killed_s <= RELAY_S

    async def stands() -> bool:
        return not spindle_on(side)

    await until(stands, "the spindle to stand")
    await start_daemon(side.stage)
    await side.job_is(job, JobState.INTERRUPTED)
    await until(lambda: no_hazard(side), "the relay to close again")
    assert not spindle_on(side)


async def test_the_mushroom_stops_everything_until_it_is_released_and_a_person_rearms(side: BikeSide):
    """Power goes by the wire, the job is interrupted, re-arming is refused while the button is down."""
    job = queue_print(side.stage, "panel-print", program(3000))
    box = side.stage.layout.black_boxes / "marlin.jsonl"
    await start_daemon(side.stage)
    await side.go_on()
    await side.machine(PRINTER, lambda view: view.fraction > 0, "the print to begin")
    with hand(side) as person:
        person.turn(Input.MUSHROOM_A, False)
        person.turn(Input.MUSHROOM_B, False)
        await side.job_is(job, JobState.INTERRUPTED)
        assert set(heater_targets(box).values()) == {0.0}
        reply = await side.client.ask(RearmMachine(machine=PRINTER))
        assert reply.refusal is not None
        assert "mushroom" in reply.refusal.text_en
        person.turn(Input.MUSHROOM_A, True)
        person.turn(Input.MUSHROOM_B, True)

        async def released() -> bool:
            status = await side.status()
            return status is not None and [h.code for h in status.panel or ()] == ["relay-open"]

        await until(released, "only the relay to be open")
    await side.ask(RearmMachine(machine=PRINTER))
    view = await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer")
    assert view.job is None
    assert side.job(job).state is JobState.INTERRUPTED
    assert set(heater_targets(box).values()) == {0.0}
