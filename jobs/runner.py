"""One job on one device, written down as it happens."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from drivers.device import Device
from drivers.errors import DriverError
from drivers.gcode import Program
from drivers.types import DeviceKind, DeviceState
from jobs.endings import Ending, daemon_stopped, ending_of, over_limit
from jobs.errors import JobError
from jobs.store.change import NO_CHANGE, JobChange
from jobs.types import Job, JobState

_LOG: Final = logging.getLogger(__name__)
_SAFE_S: Final = 5.0
_WRITE_S: Final = 15.0

_OFF: Final[dict[DeviceKind, tuple[tuple[bytes, re.Pattern[bytes], re.Pattern[bytes]], ...]]] = {
    DeviceKind.PRINTER: (
        (b"M104 S0", re.compile(rb"^M10[49]\b.*", re.MULTILINE), re.compile(rb"S0*(?:\.0*)?(?![\d.])")),
        (b"M140 S0", re.compile(rb"^M1[49]0\b.*", re.MULTILINE), re.compile(rb"S0*(?:\.0*)?(?![\d.])")),
    ),
    DeviceKind.MILL: ((b"M5", re.compile(rb"M0?[345](?!\d)"), re.compile(rb"M0?5")),),
}
"""For each heater or spindle: the line that switches it off, what sets it, and how a setting to off looks."""


class Record(Protocol):
    """Writes a step of a job down; returns once it is on disk."""

    async def transition(
        self, job_id: str, to: JobState, *, note: str = "", change: JobChange = NO_CHANGE
    ) -> Job:
        """Move a job on, as `jobs.store.queue.Store.transition` does and with its errors."""


def unmeasured() -> float | None:
    """No meter counts this job's energy."""
    return None


async def run_job(
    job: Job,
    device: Device,
    program: Program,
    record: Record,
    *,
    limit_s: float | None = None,
    used_wh: Callable[[], float | None] = unmeasured,
) -> Job:
    """Make a STARTING job and return it as it ended; whatever happens, the machine is safe before a write.

    `limit_s` bounds the whole run on the monotonic clock; `used_wh` is asked once, at the end.

    Raises:
        JobError: a step could not be written down; the machine was not started, or is off already.
    """
    await record.transition(job.id, JobState.RUNNING)
    try:
        ending = await _make(device, program, limit_s)
    except BaseException:
        await _abandon(job, device, record, used_wh)
        raise
    return await _write_end(job, ending, record, used_wh)


async def make_safe(device: Device) -> None:
    """Cut heat and spindle: by a cancel if the machine answers in time, else by the emergency stop."""
    is_cut = False
    try:
        async with asyncio.timeout(_SAFE_S):
            await device.cancel()
        is_cut = True
    except (DriverError, TimeoutError) as error:
        _LOG.warning("%s did not take the cancel (%s): emergency stop", device.name, error)
    finally:
        if not is_cut:
            device.stop()


def left_on(program: Program, kind: DeviceKind) -> Program:
    """The lines that switch off what a program leaves on; empty for one that ends as it should."""
    lines = []
    for off, setting, is_off in _OFF[kind]:
        last = deque(setting.finditer(program.data), maxlen=1)
        if last and is_off.search(last[0].group()) is None:
            lines.append(off)
    return Program.from_lines(lines)


async def _make(device: Device, program: Program, limit_s: float | None) -> Ending:
    try:
        async with asyncio.timeout(limit_s):
            await device.check(program)
            await device.run(program)
            rest = left_on(program, device.kind)
            if rest.line_count:
                await device.run(rest)
    except DriverError as error:
        if device.snapshot.state in {DeviceState.RUNNING, DeviceState.PAUSED}:
            await make_safe(device)
        return ending_of(error)
    except TimeoutError:
        await make_safe(device)
        return over_limit(limit_s or 0.0)
    return Ending(JobState.DONE)


async def _abandon(job: Job, device: Device, record: Record, used_wh: Callable[[], float | None]) -> None:
    """The run was torn away from us: cut first, then try to say so; the tear itself is what is raised."""
    await make_safe(device)
    try:
        await _write_end(job, daemon_stopped(), record, used_wh)
    except (JobError, TimeoutError):
        _LOG.exception("job %s ended but could not be written down", job.id)


async def _write_end(job: Job, ending: Ending, record: Record, used_wh: Callable[[], float | None]) -> Job:
    change = JobChange(problem=ending.problem, used_wh=used_wh())
    async with asyncio.timeout(_WRITE_S):
        return await record.transition(job.id, ending.state, note=ending.note, change=change)
