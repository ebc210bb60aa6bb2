"""A print lives through the death of the pages, and ends safely with the death of the daemon."""

import pytest
import pytest_asyncio

from drivers.types import DeviceKind, DeviceState
from jobs.types import Design, DesignKind
from onboard.control.messages import ApproveJob, ClearPlate
from onboard.demo.seed import HALT
from onboard.demo.stage import Stage, start_daemon, start_kiosk, start_machines
from onboard.sender import Sender
from tests.jobs.meshes import cube
from tests.journeys.bikeside import BikeSide, until
from tests.journeys.black_box import executed, heater_targets, moves

pytestmark = [pytest.mark.slicer, pytest.mark.broker]

SPEED = 25.0
PRINTER = "prusa"


@pytest_asyncio.fixture
async def printing(stage: Stage) -> tuple[BikeSide, str]:
    """A bike in the middle of a print, and the job's id."""
    await start_machines(stage, SPEED)
    await start_daemon(stage)
    side = BikeSide(stage)
    await side.ask(HALT)
    sender = Sender(stage.settings.paths)
    file = stage.layout.folder / "cube.stl"
    file.write_bytes(cube(12.0))
    job = await sender.draft("journey-kill", Design(DesignKind.MESH, DeviceKind.PRINTER), file)
    await sender.prepared(job)
    await sender.send(job)
    await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer to be connected")
    await side.ask(ClearPlate(machine=PRINTER))
    await side.ask(ApproveJob(job=job))
    await side.machine(PRINTER, lambda view: view.fraction > 0.02, "the print to advance")
    return side, job


@pytest.mark.thorough
async def test_a_killed_kiosk_leaves_the_print_alone(printing: tuple[BikeSide, str]) -> None:
    """Kill -9 of the pages: the job ends, and the machine executed each move of it once, in order."""
    side, job = printing
    await start_kiosk(side.stage)
    kiosk = side.stage.crew.process("kiosk")
    kiosk.kill()
    await kiosk.wait()
    done = await side.job_is(job, "done", "failed", "interrupted")
    assert done.state == "done", done.problem
    assert done.prepared is not None
    program = side.stage.settings.paths.jobs / job / done.prepared.program
    wanted = moves(program.read_text().splitlines())
    assert moves(executed(side.stage.layout.black_boxes / "marlin.jsonl")) == wanted


async def test_a_killed_daemon_comes_back_with_everything_off(printing: tuple[BikeSide, str]) -> None:
    """Kill -9 of the daemon: heaters off at restart, the job INTERRUPTED, and nothing moves any more."""
    side, job = printing
    box = side.stage.layout.black_boxes / "marlin.jsonl"
    daemon = side.stage.crew.process("daemon")
    daemon.kill()
    await daemon.wait()
    assert any(target > 0 for target in heater_targets(box).values()), "the machine must not notice by itself"
    await start_daemon(side.stage)
    await side.job_is(job, "interrupted")
    await side.machine(
        PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer to be connected again"
    )
    assert set(heater_targets(box).values()) == {0.0}
    before = len(moves(executed(box)))

    async def planned_twice() -> bool:
        status = await side.status()
        return status is not None and status.plan_version >= version + 2

    status = await side.status()
    assert status is not None
    version = status.plan_version
    await side.ask(HALT)
    await until(planned_twice, "two more plans")
    assert side.job(job).state == "interrupted"
    assert len(moves(executed(box))) == before
    view = next(view for view in (await side.status()).machines if view.name == PRINTER)  # type: ignore[union-attr]  # it answered above
    assert not view.plate_clear
