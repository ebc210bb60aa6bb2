"""Runs one G-code file on one machine, without queue or approval: `dipbike stream`."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from drivers.device import Device
from drivers.errors import (
    ConnectTimeoutError,
    DeviceFaultError,
    DriverError,
    ProgramCancelledError,
    ProgramInterruptedError,
    TransportError,
)
from drivers.gcode import Program
from drivers.types import DeviceState, Progress, RunReport

PROGRESS_EVERY_S: Final = 0.5
OBEY_S: Final = 5.0
LOOK_EVERY_S: Final = 0.05
LONGEST_LINE: Final = 90
"""With its number and checksum a line must fit into a firmware's buffer of 96."""
_PRINTABLE: Final = re.compile(rb"[ -~]+")
_OURS: Final = re.compile(rb"N\s*\d|M\s*110(?!\d)", re.IGNORECASE)


class Result(StrEnum):
    """How it ended; only DONE means that the machine has executed everything."""

    DONE = "done"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `dipbike stream --json` prints; counts are what the machine has acknowledged."""

    lines: int
    bytes: int
    elapsed_s: float
    resends: int
    result: Result
    message: str = ""


Dialect = Literal["marlin", "grbl"]
_RESULTS: Final[tuple[tuple[type[DriverError], Result], ...]] = (
    (ProgramCancelledError, Result.CANCELLED),
    (ProgramInterruptedError, Result.INTERRUPTED),
    (DeviceFaultError, Result.FAULT),
    (ConnectTimeoutError, Result.UNREACHABLE),
    (TransportError, Result.UNREACHABLE),
)


def refusal(program: Program, protocol: Dialect) -> str | None:
    """Say why a program must not go on the wire as it is, or None."""
    if not program.line_count:
        return "This file holds no command."
    for number, line in enumerate(program, 1):
        if reason := _refusal_of(line, protocol):
            return f"Command {number}: {reason}."
    return None


def _refusal_of(line: bytes, protocol: Dialect) -> str | None:
    if not _PRINTABLE.fullmatch(line):
        return "it holds a character that is no printable ASCII"
    if len(line) > LONGEST_LINE:
        return f"it is longer than {LONGEST_LINE} characters"
    if protocol == "grbl" and (b"$" in line or line[:1] in b"?!~"):
        return "settings, jogs and real-time commands of GRBL are not sent from a file"
    if protocol == "marlin" and _OURS.match(line):
        return "line numbers are ours to give"
    return None


async def stream(
    device: Device,
    program: Program,
    protocol: Dialect,
    on_progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Connect, run and close the machine.

    When this task is cancelled, as Ctrl-C does, so is the program: heat and spindle go off, and the outcome
    says so.
    """
    if reason := refusal(program, protocol):
        return Outcome(0, 0, 0.0, 0, Result.REFUSED, reason)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(device.close)
        try:
            await device.connect()
            report = await _run(device, program, on_progress)
        except DriverError as error:
            return _failed(device.snapshot.progress, error)
        except asyncio.CancelledError:
            return await _cancelled(device)
    return Outcome(report.lines, report.bytes, report.elapsed_s, report.resends, Result.DONE)


async def _run(device: Device, program: Program, on_progress: Callable[[Progress], None] | None) -> RunReport:
    ticker = asyncio.create_task(_tell(device, on_progress), name="progress") if on_progress else None
    try:
        return await device.run(program)
    finally:
        if ticker is not None:
            ticker.cancel()


async def _tell(device: Device, on_progress: Callable[[Progress], None]) -> None:
    while True:
        await asyncio.sleep(PROGRESS_EVERY_S)
        if progress := device.snapshot.progress:
            on_progress(progress)


async def _cancelled(device: Device) -> Outcome:
    """A cancelled `run` has asked for heat and spindle off: give the machine a moment to obey."""
    for _ in range(round(OBEY_S / LOOK_EVERY_S)):
        if device.snapshot.state not in {DeviceState.RUNNING, DeviceState.PAUSED}:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    return _outcome(device.snapshot.progress, Result.CANCELLED, "Cancelled: heat and spindle are off.")


def _failed(progress: Progress | None, error: DriverError) -> Outcome:
    result = next((result for kind, result in _RESULTS if isinstance(error, kind)), Result.FAULT)
    return _outcome(progress, result, str(error))


def _outcome(progress: Progress | None, result: Result, message: str) -> Outcome:
    if progress is None:
        return Outcome(0, 0, 0.0, 0, result, message)
    done = progress.lines_done, progress.bytes_done, progress.elapsed_s, progress.resends
    return Outcome(*done, result, message)
