"""What is wrong, missing or full gets a sentence; what runs goes on, and nothing is lost."""

import asyncio
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.types import DeviceState
from onboard.broker import run_broker
from onboard.control.messages import ApproveJob, ClearPlate, StopEverything
from onboard.demo.stage import Stage, start_city, start_daemon, start_machines
from tests.journeys.bikeside import BikeSide, until
from tests.journeys.black_box import executed, heater_targets, moves
from tests.journeys.queued import PRINTER, program, queue_print

SPEED = 25.0
REFUSED = 2
EXIT_S = 10.0


def command(module: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of our commands to its end."""
    line = [sys.executable, "-P", "-m", module, *map(str, arguments)]
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a refusing command says: on standard error, without a traceback."""
    assert done.returncode == REFUSED, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    "module", ["onboard.cli.daemon", "kiosk.server", "onboard.cli.status", "onboard.cli.submit"]
)
def test_an_unknown_setting_is_named_by_every_command(tmp_path: Path, module: str):
    """Each command that reads settings refuses them alike, and touches nothing."""
    settings, part = tmp_path / "dipbike.toml", tmp_path / "part.stl"
    settings.write_text(f'[paths]\nstate = "{tmp_path}/state"\n[printer]\nsped = 3\n', encoding="utf-8")
    part.write_bytes(b"solid")
    arguments = [part] if module.endswith("submit") else []
    said = one_sentence(command(module, *arguments, "--config", settings))
    assert "printer: there is no such setting" in said
    assert not (tmp_path / "state").exists()


def test_the_doctor_names_an_unknown_setting_too(tmp_path: Path):
    """It goes on looking at the computer, so it ends as for anything that is missing."""
    settings = tmp_path / "dipbike.toml"
    settings.write_text("[printer]\n", encoding="utf-8")
    done = command("onboard.cli.doctor", "--config", settings)
    assert done.returncode == 1
    assert "printer: there is no such setting" in done.stdout


@pytest.mark.parametrize(
    ("protocol", "port", "profile", "says"),
    [
        ("thymio", "sim://thymio?nonsense=1", "", "there is no nonsense"),
        ("firmata", "/dev/nothing", "", "needs a profile"),
        ("firmata", "sim://firmata", "/nowhere.toml", "/nowhere.toml cannot be read"),
    ],
)
def test_robots_that_cannot_be_are_told(tmp_path: Path, protocol: str, port: str, profile: str, says: str):
    """By the doctor, with the name of the robot; the daemon does not start."""
    settings = tmp_path / "dipbike.toml"
    settings.write_text(
        f'[paths]\nstate = "{tmp_path}/state"\nrun = "{tmp_path}/run"\n'
        f'[robots.anna]\nprotocol = "{protocol}"\nport = "{port}"\nprofile = "{profile}"\n',
        encoding="utf-8",
    )
    assert "robots.anna: " in (told := command("onboard.cli.doctor", "--config", settings).stdout)
    assert says in told
    done = command("onboard.cli.daemon", "--config", settings)
    assert done.returncode == 2
    assert says in done.stderr


def test_a_robot_and_a_machine_never_share_a_name(tmp_path: Path):
    """People re-arm by name."""
    settings = tmp_path / "dipbike.toml"
    settings.write_text(
        '[machines.anna]\nprotocol = "grbl"\nport = "sim://grbl"\nprofile = "mill"\n'
        '[robots.anna]\nprotocol = "thymio"\nport = "sim://thymio"\n',
        encoding="utf-8",
    )
    assert "anna is a machine and a robot" in command("onboard.cli.doctor", "--config", settings).stdout


@pytest.mark.parametrize(
    ("protocol", "port", "profile", "says"),
    [
        ("marlin", "sim://nothing", "i3", "is no simulated machine"),
        ("marlin", "sim://marlin", "mill", "needs profile = 'i3'"),
        ("grbl", "sim://grbl", "i3", "needs profile = 'mill'"),
        ("octoprint", "http://here", "i3", "octoprint://host:port"),
    ],
)
def test_machines_that_cannot_be_are_refused(
    tmp_path: Path, protocol: str, port: str, profile: str, says: str
):
    """An address without sense, or a mill's programs on a printer."""
    settings = tmp_path / "dipbike.toml"
    settings.write_text(
        f'[paths]\nstate = "{tmp_path}/state"\nrun = "{tmp_path}/run"\n'
        f'[machines.m]\nprotocol = "{protocol}"\nport = "{port}"\nprofile = "{profile}"\n',
        encoding="utf-8",
    )
    assert says in one_sentence(command("onboard.cli.daemon", "--config", settings))


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path):
    """A file stands where the state should be; a socket's name has its bound."""
    settings = tmp_path / "dipbike.toml"
    (tmp_path / "state").write_text("a file")
    settings.write_text(f'[paths]\nstate = "{tmp_path}/state"\nrun = "{tmp_path}/run"\n', encoding="utf-8")
    assert "cannot be used" in one_sentence(command("onboard.cli.daemon", "--config", settings))
    settings.write_text(
        f'[paths]\nstate = "{tmp_path}/s"\nrun = "{tmp_path}/{"r" * 100}"\n', encoding="utf-8"
    )
    assert "too long a name" in one_sentence(command("onboard.cli.daemon", "--config", settings))


@pytest.mark.parametrize(
    ("name", "content", "machine", "says"),
    [
        ("part.stl", b"\x00\xffgarbage" * 100, "i3", ""),
        ("part.gcode", b"G28\nM500\nG1 X1\n", "i3", "M500"),
        ("part.nc", b"G21\n$H\nG1 X1 F100\n", "mill", ""),
        ("part.svg", b"<svg><script/></svg", "mill", ""),
    ],
)
def test_a_file_that_cannot_be_made_is_refused(
    tmp_path: Path, name: str, content: bytes, machine: str, says: str
):
    """Garbage, a stored setting, a homing in a program, a torn drawing: no program is written."""
    part, out = tmp_path / name, tmp_path / "out.gcode"
    part.write_bytes(content)
    said = one_sentence(command("onboard.cli.prepare", part, "--machine", machine, "-o", out))
    assert says in said
    assert len(said.splitlines()) == 1
    assert not out.exists()


def test_a_submit_without_a_daemon_says_so(tmp_path: Path):
    """Nobody answers: a sentence, and nothing is left in the spool."""
    settings, part = tmp_path / "dipbike.toml", tmp_path / "part.stl"
    settings.write_text(f'[paths]\nstate = "{tmp_path}"\nrun = "{tmp_path}"\n', encoding="utf-8")
    part.write_bytes(b"solid")
    (tmp_path / "spool").mkdir()
    done = command("onboard.cli.submit", part, "--config", settings)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert not list((tmp_path / "spool").iterdir())


async def test_a_port_that_is_not_there_is_said_and_used_when_it_comes(lone: Stage):
    """The daemon stays up without machines, tells why, and connects them when they are plugged in."""
    await start_daemon(lone)
    side = BikeSide(lone)
    view = await side.machine(PRINTER, lambda found: bool(found.message), "the reason")
    assert view.state is DeviceState.OFFLINE
    assert "There is no such port" in view.message or "no port" in view.message
    await start_machines(lone, SPEED)
    await side.machine(PRINTER, lambda found: found.state is DeviceState.IDLE, "the printer")
    await side.machine("fraiseuse", lambda found: found.state is DeviceState.IDLE, "the mill")


async def test_a_second_daemon_leaves_the_first_ones_print_alone(lone: Stage):
    """It says who is there, and declares nothing interrupted."""
    side, job, box = await a_print(lone, 400)
    done = await asyncio.to_thread(command, "onboard.cli.daemon", "--config", lone.layout.config)
    assert "Another daemon" in one_sentence(done)
    assert (await side.job_is(job, "done", "interrupted")).state == "done"
    assert len(moves(executed(box))) == 400


@pytest.mark.broker
@pytest.mark.thorough
async def test_a_broker_that_is_down_and_dies_again_costs_no_record(lone: Stage):
    """Down at the start, up, down in a print, up: the machines do not notice, the city gets everything."""
    side, job, _ = await a_print(lone, 600)
    assert await waiting(side) > 0
    async with run_broker(lone.layout.folder, lone.ports.broker):
        await start_city(lone)
        await until(caught_up(side), "the city to catch up")
    await side.job_is(job, "done")
    await until(some_wait(side), "records that wait on disk")
    async with run_broker(lone.layout.folder, lone.ports.broker):
        await until(caught_up(side), "the city to catch up again")


async def test_a_disk_that_takes_no_byte_ends_no_print_and_loses_no_end(lone: Stage):
    """Every write of the daemon fails in mid-print: the part is made whole, its end is written down later."""
    side, job, box = await a_print(lone, 900)
    with no_room(lone):
        await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the print to end")
        await asyncio.sleep(1)
        assert len(moves(executed(box))) == 900
        assert set(heater_targets(box).values()) == {0.0}
        assert side.job(job).state == "running"
        refused = await side.client.ask(ClearPlate(machine=PRINTER))
        assert refused.refusal is not None
    await side.job_is(job, "done")
    await side.ask(ClearPlate(machine=PRINTER))


async def test_a_disk_that_takes_no_byte_does_not_hold_up_a_stop(lone: Stage):
    """Cold first, written down when there is room."""
    side, job, box = await a_print(lone, 4000)
    with no_room(lone):
        pressed_s = time.monotonic()
        await side.ask(StopEverything())
        await until(cold(box), "the heat to be off")
        assert time.monotonic() - pressed_s < 0.5
    await side.job_is(job, "interrupted")


async def test_the_end_of_the_daemon_in_a_print_is_quick_and_cold(lone: Stage):
    """SIGTERM: heat off, INTERRUPTED, gone in less than ten seconds; the next daemon resumes nothing."""
    side, job, box = await a_print(lone, 4000)
    daemon = lone.crew.process("daemon")
    asked_s = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert await daemon.wait() == 0
    assert time.monotonic() - asked_s < EXIT_S
    assert set(heater_targets(box).values()) == {0.0}
    assert side.job(job).state == "interrupted"
    done = len(moves(executed(box)))
    await start_daemon(lone)
    await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer again")
    await side.ask(ApproveJob(job=job))
    assert len(moves(executed(box))) == done
    assert side.job(job).state == "approved", "the plate waits for a person"


async def a_print(stage: Stage, count: int) -> tuple[BikeSide, str, Path]:
    """A bike in mid-print: what to ask, the job and the printer's black box."""
    await start_machines(stage, SPEED)
    job = queue_print(stage, "journey-print", program(count))
    await start_daemon(stage)
    side = BikeSide(stage)
    await side.go_on()
    await side.machine(PRINTER, lambda view: view.fraction > 0.02, "the print to advance")
    return side, job, stage.layout.black_boxes / "marlin.jsonl"


@contextmanager
def no_room(stage: Stage) -> Iterator[None]:
    """A daemon that cannot write to any file, as on a full disk."""
    pid = stage.crew.process("daemon").pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


async def waiting(side: BikeSide) -> int:
    """Records that the city has not confirmed."""
    status = await side.status()
    assert status is not None
    assert status.telemetry is not None
    return status.telemetry.waiting_rows


def caught_up(side: BikeSide):
    """Look whether the city has confirmed everything."""

    async def look() -> bool:
        return await waiting(side) == 0

    return look


def some_wait(side: BikeSide):
    """Look whether something waits on disk."""

    async def look() -> bool:
        return await waiting(side) > 0

    return look


def cold(box: Path):
    """Look whether every heater is off by the black box."""

    async def look() -> bool:
        return set(heater_targets(box).values()) == {0.0}

    return look
