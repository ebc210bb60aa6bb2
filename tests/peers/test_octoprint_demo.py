"""The demo's bike prints a part through a real OctoPrint, from the design to the end of the job."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.types import DeviceKind, DeviceState
from jobs.types import Design, DesignKind
from onboard import config
from onboard.broker import run_broker
from onboard.control.messages import ApproveJob, ClearPlate
from onboard.demo.crew import Crew
from onboard.demo.octoprint import Server
from onboard.demo.seed import HALT
from onboard.demo.settings import Layout, Ports, write_settings
from onboard.demo.stage import Stage, start_daemon, start_machines, start_octoprint
from onboard.ports import free_port
from onboard.sender import Sender
from tests.jobs.meshes import cube
from tests.journeys.bikeside import BikeSide
from tests.journeys.black_box import moves
from tests.peers.serial_log import SerialLog

pytestmark = [pytest.mark.peers, pytest.mark.slicer, pytest.mark.broker]

PRINTER = "prusa"


@pytest_asyncio.fixture
async def stage(octoprint_installed: None, tmp_path: Path) -> AsyncIterator[Stage]:
    """The bike of `dipbike demo --printer octoprint`, without its pages."""
    layout = Layout(tmp_path)
    for folder in (layout.machines, layout.black_boxes, layout.logs):
        folder.mkdir(parents=True)
    server = Server(tmp_path / "octoprint", free_port())
    server.prepare("secret")
    async with run_broker(tmp_path) as broker:
        ports = Ports(kiosk=free_port(), city=free_port(), broker=broker.port)
        write_settings(layout, ports, mqtt_is_v3=broker.kind == "amqtt", octoprint=server)
        crew = Crew(layout.logs)
        try:
            await start_octoprint(crew, server)
            yield Stage(crew, layout, ports, config.load(layout.config))
        finally:
            await crew.end()


async def test_a_part_is_printed_through_octoprint(stage: Stage) -> None:
    """Sliced, approved, printed: the printer took each move of the program, in order, and the job is done."""
    await start_machines(stage, 10.0)
    await start_daemon(stage)
    side = BikeSide(stage)
    await side.ask(HALT)
    sender = Sender(stage.settings.paths)
    file = stage.layout.folder / "cube.stl"
    file.write_bytes(cube(5.0))
    job = await sender.draft("peer-octoprint", Design(DesignKind.MESH, DeviceKind.PRINTER), file)
    await sender.prepared(job)
    await sender.send(job)
    await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer to be connected")
    await side.ask(ClearPlate(machine=PRINTER))
    await side.ask(ApproveJob(job=job))
    done = await side.job_is(job, "done", "failed", "interrupted", "cancelled")
    assert done.state == "done", done.problem
    assert done.prepared is not None
    program = stage.settings.paths.jobs / job / done.prepared.program
    log = SerialLog(stage.layout.folder / "octoprint" / "logs" / "plugin_virtual_printer_serial.log")
    assert log.accepted_moves() == moves(program.read_text().splitlines())
