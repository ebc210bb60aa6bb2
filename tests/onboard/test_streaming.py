"""One file on one machine: what is told is what the machine did."""

import asyncio
import json
from pathlib import Path

import pytest

from drivers.gcode import Program
from drivers.registry import open_device
from drivers.types import Progress
from onboard.streaming import Result, refusal, stream

PROGRAM = Program.from_lines(b"G1 X%d.%02d F6000" % (i % 5, i % 100) for i in range(120))


def device(url: str):
    """Open a printer by URL."""
    return open_device("stream", "marlin", url, 115_200)


async def test_done_means_executed(tmp_path: Path):
    """The counts are the file's, the black box has each line once, progress was told."""
    box = tmp_path / "box.jsonl"
    told: list[Progress] = []
    outcome = await stream(device(f"sim://marlin?speed=10&blackbox={box}"), PROGRAM, "marlin", told.append)
    assert (outcome.result, outcome.lines, outcome.bytes) == (Result.DONE, 120, len(PROGRAM.data))
    assert told
    executed = [entry["line"] for entry in map(json.loads, box.read_text().splitlines()) if "line" in entry]
    assert [line for line in executed if line[:2] == "G1"] == [line.decode() for line in PROGRAM]


async def test_a_missing_port_is_unreachable():
    """A sentence, no traceback, nothing sent."""
    outcome = await stream(device("/dev/serial/by-id/none"), PROGRAM, "marlin")
    assert (outcome.result, outcome.lines) == (Result.UNREACHABLE, 0)
    assert outcome.message.startswith("There is no port")


async def test_control_c_cancels_and_cools(tmp_path: Path):
    """The task is cancelled in the heat-up: the outcome says so and the heat is off."""
    box = tmp_path / "box.jsonl"
    hot = Program.from_lines([b"M104 S200", b"M109 S200", b"G28"])
    task = asyncio.create_task(stream(device(f"sim://marlin?speed=10&blackbox={box}"), hot, "marlin"))
    async with asyncio.timeout(5):
        while '"target": 200.0' not in (box.read_text() if box.exists() else ""):  # noqa: ASYNC110 - the file is written by another thread
            await asyncio.sleep(0.02)
    task.cancel()
    outcome = await task
    assert outcome.result is Result.CANCELLED
    heaters = [entry for entry in map(json.loads, box.read_text().splitlines()) if entry["kind"] == "heater"]
    assert [entry["target"] for entry in heaters] == [200.0, 0.0]


@pytest.mark.parametrize(
    ("line", "protocol"),
    [
        (b"", "marlin"),
        ("G1 X1 é".encode(), "marlin"),
        (b"G1 \x18", "grbl"),
        (b"$X", "grbl"),
        (b"G1 X1 $H", "grbl"),
        (b"!", "grbl"),
        (b"N5 G1 X1", "marlin"),
        (b"M110 N7", "marlin"),
        (b"G1 " + b"X1 " * 40, "marlin"),
    ],
)
async def test_hostile_lines_are_refused_whole(line: bytes, protocol: str):
    """Nothing of such a file reaches a wire: the port does not even have to exist."""
    program = Program.from_lines([*([b"G1 X1"] if line else []), line])
    outcome = await stream(device("/dev/serial/by-id/none"), program, protocol)
    assert outcome.result is Result.REFUSED
    assert outcome.message.endswith(".")


def test_ordinary_lines_are_not_refused():
    """The allow-list is for the queue; here only what would break the line is kept back."""
    assert refusal(Program.from_lines([b"M117 N5 is a text", b"M1101"]), "marlin") is None
