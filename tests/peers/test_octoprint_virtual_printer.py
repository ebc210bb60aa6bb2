"""Our own Marlin driver against a printer that other people wrote: OctoPrint's virtual one on a terminal."""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import groupby
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.errors import DeviceFaultError, ProgramCancelledError, ProgramInterruptedError
from drivers.gcode import Program
from drivers.marlin.printer import Printer
from drivers.transport import open_transport
from drivers.types import DeviceState
from onboard.demo.octoprint import environment
from tests.peers.prints import until

pytestmark = pytest.mark.peers

SCRIPT = Path(__file__).parent / "virtual_printer_on_pty.py"
BAUD_BPS = 115_200
SETTINGS = {"rxBuffer": 127, "simulated_errors": ["100:resend", "115:checksum_mismatch"], "sendBusy": True}
"""Marlin's own buffer; without the errors in which the virtual printer loses a line for good."""


class Foreigner:
    """The foreign printer's process: what it executed, and a way to disturb it."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "printer"
        self._box = folder / "box.jsonl"
        python = str(environment() / "bin" / "python")
        command = [python, str(SCRIPT), str(self.link), str(self._box), json.dumps(SETTINGS)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)

    def disturb(self, command: str) -> None:
        """One of the virtual printer's `!!DEBUG:` commands."""
        assert self._process.stdin is not None
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()

    def executed(self, start: str = "") -> list[str]:
        """Every command executed so far that begins like this."""
        text = self._box.read_text(encoding="utf-8") if self._box.exists() else ""
        whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        return [entry["line"] for entry in whole if entry["line"].startswith(start)]

    def executed_at(self, line: str) -> float:
        """When a command was executed last, in UTC epoch seconds."""
        entries = [json.loads(text) for text in self._box.read_text(encoding="utf-8").splitlines()]
        return max(float(entry["t"]) for entry in entries if entry["line"] == line)

    def end(self) -> None:
        """Take it off the table."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@pytest_asyncio.fixture
async def foreigner(octoprint_installed: None, tmp_path: Path) -> AsyncIterator[Foreigner]:
    """The foreign printer, plugged in."""
    running = Foreigner(tmp_path)
    await until(running.link.exists, "the port of the foreign printer")
    yield running
    running.end()


@pytest_asyncio.fixture
async def printer(foreigner: Foreigner) -> AsyncIterator[Printer]:
    """Our driver, connected to it."""
    device = Printer("prusa", lambda: open_transport(str(foreigner.link), BAUD_BPS), BAUD_BPS)
    await device.connect()
    yield device
    await device.close()


def program(moves: int, feed_mm_min: int = 9000) -> Program:
    """Moves of which no two are alike, hot to begin with; at 1200 mm/min each takes this printer 5 ms."""
    lines = [b"M104 S50", b"M140 S40", b"G90", b"G0 F%d" % feed_mm_min]
    return Program.from_lines([*lines, *(b"G1 X%d" % number for number in range(moves))])


def moves(count: int) -> list[str]:
    """What such a program makes a printer execute."""
    return [f"G1 X{number}" for number in range(count)]


async def test_every_line_is_executed_once_and_in_order(foreigner: Foreigner, printer: Printer):
    """Across the resends that the foreign printer asks for by itself."""
    report = await printer.run(program(300))
    assert foreigner.executed("G1") == moves(300)
    assert report.resends >= 2
    assert printer.snapshot.firmware.startswith("Virtual Marlin")


@pytest.mark.parametrize(
    "disturbance",
    [
        "dont_answer",
        "trigger_missing_lineno",
        "prepare_ok o",
        "prepare_ok okok",
        "prepare_ok \x01\x02ok",
        "sleep 2",
        "sleep_after_next G1 2",
        "send // some chatter: ok then",
        "send echo:busy: processing",
        "send T:50.0 /50.0 B:40.0 /40.0",
    ],
)
async def test_a_disturbed_print_is_still_exact(foreigner: Foreigner, printer: Printer, disturbance: str):
    """Dropped lines, lost or mangled `ok`s, silence and chatter: nothing is lost or doubled."""
    run = asyncio.create_task(printer.run(program(200, 1200)))
    await until(lambda: len(foreigner.executed("G1")) >= 20, "the first moves", 10)
    foreigner.disturb(disturbance)
    await asyncio.wait_for(run, 20)
    assert foreigner.executed("G1") == moves(200)


@pytest.mark.parametrize(
    "disturbance", ["trigger_resend_lineno", "trigger_resend_checksum", "trigger_missing_checksum"]
)
async def test_a_line_asked_for_again_is_given_once(foreigner: Foreigner, printer: Printer, disturbance: str):
    """This printer asks for a line that it has executed: it gets that one and no other twice, and no gap."""
    run = asyncio.create_task(printer.run(program(200, 1200)))
    await until(lambda: len(foreigner.executed("G1")) >= 20, "the first moves", 10)
    foreigner.disturb(disturbance)
    await asyncio.wait_for(run, 20)
    executed = foreigner.executed("G1")
    assert [line for line, _ in groupby(executed)] == moves(200)
    assert len(executed) <= 201


@pytest.mark.parametrize(
    ("disturbance", "error", "state"),
    [
        ("trigger_fatal_error_marlin", DeviceFaultError, DeviceState.FAULT),
        ("maxtemp_error", DeviceFaultError, DeviceState.FAULT),
        ("reset", ProgramInterruptedError, DeviceState.FAULT),
    ],
)
async def test_the_end_of_the_printer_is_the_end_of_the_print(
    foreigner: Foreigner, printer: Printer, disturbance: str, error: type[Exception], state: DeviceState
):
    """A runaway heater or a reset is latched; what was executed is a prefix, and a person connects again."""
    run = asyncio.create_task(printer.run(program(300, 1200)))
    await until(lambda: len(foreigner.executed("G1")) >= 20, "the first moves", 10)
    foreigner.disturb(disturbance)
    with pytest.raises(error):
        await run
    assert printer.snapshot.state is state
    await asyncio.sleep(0.5)
    executed = foreigner.executed("G1")
    assert executed == moves(len(executed))
    await printer.connect()
    assert printer.snapshot.state is DeviceState.IDLE


async def cancelled(printer: Printer, run: asyncio.Task[object]) -> None:
    """End it from our side."""
    await printer.cancel()
    with pytest.raises(ProgramCancelledError):
        await run


async def stopped(printer: Printer, run: asyncio.Task[object]) -> None:
    """Stop it from our side."""
    printer.stop()
    with pytest.raises(ProgramInterruptedError):
        await run


@pytest.mark.parametrize(("end", "last"), [(cancelled, "M104 S0"), (stopped, "KILLED")])
async def test_our_ends_reach_a_foreign_printer(
    foreigner: Foreigner,
    printer: Printer,
    end: Callable[[Printer, asyncio.Task[object]], Awaitable[None]],
    last: str,
):
    """Cancel cuts the heat, stop kills; after either nothing moves."""
    run: asyncio.Task[object] = asyncio.create_task(printer.run(program(300, 300)))
    await until(lambda: len(foreigner.executed("G1")) >= 20, "the first moves", 10)
    asked_s = time.time()
    await end(printer, run)
    await until(lambda: last in foreigner.executed(), last)
    assert foreigner.executed_at(last) - asked_s < 1.0
    executed = foreigner.executed("G1")
    assert executed == moves(len(executed))
    await asyncio.sleep(0.5)
    assert foreigner.executed("G1") == executed


async def test_a_pause_from_its_panel_is_obeyed(foreigner: Foreigner, printer: Printer):
    """Somebody at the machine pauses and resumes."""
    run: asyncio.Task[object] = asyncio.create_task(printer.run(program(200, 1200)))
    await until(lambda: len(foreigner.executed("G1")) >= 20, "the first moves", 10)
    foreigner.disturb("action_pause")
    await until(lambda: printer.snapshot.state is DeviceState.PAUSED, "the pause")
    foreigner.disturb("action_resume")
    await run
    executed = [line for line in foreigner.executed("G1") if line in moves(200)]
    assert executed == moves(200)
