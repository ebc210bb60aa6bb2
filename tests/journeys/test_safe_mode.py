"""A daemon that cannot use its queue cuts the heat first, stays up, says why, and goes on when it can."""

import asyncio
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from drivers.types import DeviceState
from onboard.control.messages import ContinueQueue
from onboard.demo.stage import Stage, start_daemon
from tests.frame import house
from tests.journeys.bikeside import BikeSide, until
from tests.journeys.black_box import entries, heater_targets
from tests.journeys.queued import PRINTER, program, queue_print
from tests.onboard.rig import lock_outside

Trouble = Callable[[Path], AbstractContextManager[None]]

SPEED = 5.0
"""Quicker, the board's own watch for a silent host might cool it before Python is up again."""
GARBAGE = b"this is no database" * 1000
HARMLESS = re.compile(r"(M108|M104 S0|M140 S0|M107|M115|M113 S2|M85 S180|M155 S2|M413 S0|M105|M110.*|)")


async def left_hot(stage: Stage) -> tuple[BikeSide, str, Path]:
    """A daemon killed in mid-print: what to ask, the job, and the box of a printer that heats on.

    Its board does not start anew when the port is opened: only a word of ours turns its heat off.
    """
    links, boxes = stage.layout.machines, stage.layout.black_boxes
    words = ["bike", "--link", str(links), "--black-box", str(boxes), "--speed", f"{SPEED:g}"]
    words += ["--board", "no-reset"]
    await stage.crew.start("machines", "onboard.cli.simulate", *words, ready=(links / "battery").exists)
    job = queue_print(stage, "journey-hot", program(4000))
    side, box = BikeSide(stage), stage.layout.black_boxes / "marlin.jsonl"
    await start_daemon(stage)
    await side.go_on()
    await side.machine(PRINTER, lambda view: view.fraction > 0.01, "the print to advance")
    daemon = stage.crew.process("daemon")
    daemon.kill()
    await daemon.wait()
    await drained(box)
    assert all(target > 0 for target in heater_targets(box).values()), "the machine must not notice by itself"
    return side, job, box


async def drained(box: Path) -> None:
    """Wait until the board has heard the last of what the dead daemon wrote."""
    before = -1
    while (heard := sum(entry["kind"] == "rx" for entry in entries(box))) != before:
        before = heard
        await asyncio.sleep(0.5)


def heard_since(box: Path, before: int) -> list[str]:
    """What the board heard after some entries until the last heater went off, without number and checksum."""
    heard, targets = "", heater_targets(box) | dict.fromkeys(heater_targets(box), 1.0)
    for entry in entries(box)[before:]:
        if entry["kind"] == "rx":
            heard += str(entry["bytes"])
        if entry["kind"] == "heater":
            targets[str(entry["name"])] = float(str(entry["target"]))
        if not any(targets.values()):
            break
    return [re.sub(r"^N\d+ |\*\d+$", "", line) for line in heard.split("\n")]


async def cold_after(box: Path, before: int) -> None:
    """The heat goes off, whatever keeps the queue, and nothing but what makes safe was said before."""

    async def cold() -> bool:
        return set(heater_targets(box).values()) == {0.0}

    await until(cold, "the heat to be off")
    lines = heard_since(box, before)
    assert {"M104 S0", "M140 S0"} <= set(lines)
    assert not [line for line in lines if not HARMLESS.fullmatch(line)]


@contextmanager
def garbage(database: Path) -> Iterator[None]:
    """The queue is no database; a person moves it away."""
    kept = database.read_bytes()
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    database.write_bytes(GARBAGE)
    yield
    assert database.read_bytes() == GARBAGE
    database.write_bytes(kept)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the queue."""
    with closing(lock_outside(database)):
        yield


@contextmanager
def full(database: Path) -> Iterator[None]:
    """No file of the daemon may grow, as on a full disk: whoever starts it hands the limit down."""
    assert database.exists()
    yield


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(garbage, marks=pytest.mark.thorough),
        pytest.param(locked, marks=pytest.mark.thorough),
        full,
    ],
)
async def test_a_queue_that_cannot_be_used_cuts_the_heat_all_the_same(lone: Stage, trouble: Trouble):
    """Killed while hot, then garbage, a lock or a full disk: cold first, safe mode, on when it is mended."""
    side, job, box = await left_hot(lone)
    before = len(entries(box))
    with trouble(lone.settings.paths.jobs_database):
        starting = asyncio.create_task(start_limited(lone, is_full=trouble is full))
        await cold_after(box, before)
        await starting
        status = await side.status()
        assert status is not None
        assert status.hold is not None
        assert status.hold.code == ("store-unusable" if trouble is garbage else "store-blocked")
        assert str(lone.settings.paths.jobs_database) in status.hold.text_en
        assert (await side.client.ask(ContinueQueue())).refusal is not None
    if trouble is full:
        make_room(lone)
    if trouble is not garbage:  # the last steps of the killed daemon lay beside the damaged file
        await side.job_is(job, "interrupted")

    async def is_open() -> bool:
        status = await side.status()
        return status is not None and (status.hold is None or status.hold.code == "restart")

    await until(is_open, "the queue to be open")
    await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer")
    assert set(heater_targets(box).values()) == {0.0}


async def start_limited(stage: Stage, *, is_full: bool) -> None:
    """Start the daemon, on a disk that takes no byte if wanted; we have the limit only until it does."""
    killed, before = stage.crew.process("daemon"), resource.getrlimit(resource.RLIMIT_FSIZE)
    starting = asyncio.create_task(start_daemon(stage))
    if is_full:  # the virtual robots live in the daemon, and their boxes would be files of its own
        settings = stage.layout.config
        settings.write_text(re.sub(r"\?blackbox=[^\"]*", "", settings.read_text()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        while stage.crew.process("daemon") is killed and not starting.done():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    await starting


def make_room(stage: Stage) -> None:
    """The disk takes bytes again."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(stage.crew.process("daemon").pid, resource.RLIMIT_FSIZE, unlimited)


async def test_folders_that_cannot_be_used_leave_no_machine_hot(lone: Stage):
    """The card did not come up: the daemon cuts the heat and leaves with the code that is not tried again."""
    _, _, box = await left_hot(lone)
    before, paths = len(entries(box)), lone.settings.paths
    paths.state.rename(paths.state.with_name("away"))
    paths.state.write_text("no folder")
    command = [sys.executable, "-P", "-m", "onboard.cli.daemon", "--config", str(lone.layout.config)]
    leaving = asyncio.create_task(
        asyncio.to_thread(subprocess.run, command, check=False, capture_output=True, text=True, timeout=60)
    )
    await cold_after(box, before)
    done = await leaving
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    unit = (house.ROOT / "systemd/dipbike-daemon.service").read_text(encoding="utf-8")
    assert f"\nRestartPreventExitStatus={done.returncode}\n" in unit
