"""Programs for a foreign printer, and waiting for what it does."""

import asyncio
from collections.abc import Callable

from drivers.gcode import Program
from drivers.octoprint.printer import RemotePrinter
from tests.peers.octoprint_server import OctoPrint

HEAT = (b"M104 S60", b"M140 S45", b"G90")


def program(marks: int, dwell_ms: int = 0) -> Program:
    """A hot program that says a number after each move, and leaves the heat on."""
    lines = list(HEAT)
    for number in range(marks):
        lines.append(b"G1 X%d F9000" % (number % 7))
        lines.append(b"M117 mark %d" % number)
        if dwell_ms:
            lines.append(b"G4 P%d" % dwell_ms)
    return Program.from_lines(lines)


LONG = program(400, dwell_ms=100)
"""Forty seconds, of which no test waits for the end."""


async def until(is_so: Callable[[], bool], what: str, patience_s: float = 30.0) -> None:
    """Wait for what happens in another process."""
    try:
        async with asyncio.timeout(patience_s):
            while not is_so():  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}") from None


async def begun(server: OctoPrint, printer: RemotePrinter, marks: int = 5) -> asyncio.Task[object]:
    """Start the long program and return once some of it is executed."""
    run: asyncio.Task[object] = asyncio.create_task(printer.run(LONG), name="run")
    await until(lambda: run.done() or len(server.serial.marks()) >= marks, f"{marks} marks")
    return run


async def heat_is_off(server: OctoPrint) -> None:
    """The printer itself reports, after what it has just taken, that it heats nothing."""
    reports = len(server.serial.targets_c())
    await until(lambda: len(server.serial.targets_c()) > reports, "a report of temperatures")
    assert server.serial.targets_c()[-1] == [0.0, 0.0]


def is_prefix(marks: list[int]) -> bool:
    """Nothing left out, nothing twice, in order."""
    return marks == list(range(len(marks)))
