"""Traces a mill's next job in the air or has it read in a dry run, before anybody arms the mill."""

import asyncio
from typing import Final

from drivers.device import Tracer
from drivers.errors import DriverError
from drivers.gcode import Program
from jobs.errors import JobError, Sentence
from jobs.machines import MillProfile
from jobs.types import Job, JobState
from onboard.bike import Bike
from onboard.plan.dispatcher import NO_HALT, STOPPED, read_program
from onboard.station import Errand, Station

NOT_A_MILL: Final = Sentence("Cette machine ne fraise pas.", "This machine does not mill.")
NOT_FREE: Final = Sentence(
    "La fraiseuse n'est pas au repos : attendez qu'elle ait fini, ou réarmez-la d'abord.",
    "The mill is not at rest: wait until it has ended, or re-arm it first.",
)
NO_JOB: Final = Sentence(
    "Aucun objet accepté n'attend la fraiseuse : acceptez-en un d'abord.",
    "No accepted object waits for the mill: accept one first.",
)
NO_OUTLINE: Final = Sentence(
    "Le contour ne peut pas être tracé : la fraiseuse ne dit pas où est son outil, ou le programme où il va.",
    "The outline cannot be traced: the mill does not tell where its tool is, or the program where it goes.",
)

NO_PROGRAM: Final = Sentence(
    "Le programme de cet objet ne peut pas être lu.", "The program of this object cannot be read."
)
TRACING: Final = Sentence(
    "Trace le contour de l'objet en l'air.", "Traces the object's outline in the air.", "trace"
)
CHECKING: Final = Sentence(
    "Relit le programme à blanc : rien ne bouge.",
    "Reads the program in a dry run: nothing moves.",
    "check-program",
)
CHECK_S: Final = 900.0


async def trace_next(bike: Bike, station: Station) -> None:
    """Send an idle mill once round its next job in the air, spindle off; an arming is forgotten.

    Raises:
        JobError: nothing was sent, and why.
    """
    _check(bike, station)
    job = await next_job(bike, station)
    try:
        program = await asyncio.to_thread(read_program, bike.config.paths.jobs, job)
        outline = _outline(station, program)
    except (DriverError, OSError) as error:
        raise JobError("no-outline", NO_OUTLINE) from error
    _check(bike, station)

    async def trace() -> None:
        await station.device.run(outline)
        station.hand.traced = job.id

    station.send(Errand(trace, TRACING, job.ticket or ""))


async def check_next(bike: Bike, station: Station) -> None:
    """Have an idle mill read its next program in its own dry run; nothing moves.

    Raises:
        JobError: nothing was sent, and why.
    """
    _check(bike, station)
    job = await next_job(bike, station)
    try:
        program = await asyncio.to_thread(read_program, bike.config.paths.jobs, job)
    except OSError as error:
        raise JobError("no-program", NO_PROGRAM) from error
    _check(bike, station)

    async def check() -> None:
        await station.device.check(program)
        station.hand.checked = job.id

    station.send(Errand(check, CHECKING, job.ticket or "", limit_s=CHECK_S))


def _check(bike: Bike, station: Station) -> None:
    """What must hold when the mill is asked, and still once the file is read."""
    if not isinstance(station.device, Tracer):
        raise JobError("not-a-mill", NOT_A_MILL)
    if bike.stopped:
        raise JobError("stopped", STOPPED)
    if bike.halt is None or bike.halt_left_s <= 0:
        raise JobError("no-halt", NO_HALT)
    if not station.free:
        raise JobError("machine-busy", NOT_FREE)
    bike.panel.check(station.kind)


async def next_job(bike: Bike, station: Station) -> Job:
    """The job that would start if the mill were armed: as the plan says, else the oldest.

    Raises:
        JobError: none waits for it.
    """
    jobs = await bike.ledger.jobs(JobState.APPROVED)
    mine = {job.id: job for job in jobs if job.design.device is station.kind}
    first = next((mine[job_id] for job_id in (*likely_jobs(bike, station), *mine) if job_id in mine), None)
    if first is None:
        raise JobError("no-job", NO_JOB)
    return first


def likely_jobs(bike: Bike, station: Station) -> tuple[str, ...]:
    """The jobs that wait for a mill's arming, then those that the plan has for it."""
    waiting = [held.job for held in bike.held if held.reason == "arm"]
    planned = sorted((s for s in bike.starts if s.device == station.name), key=lambda s: s.start_min)
    return (*waiting, *(start.job for start in planned))


def _outline(station: Station, program: Program) -> Program:
    if not isinstance(station.device, Tracer) or not isinstance(station.profile, MillProfile):
        raise JobError("not-a-mill", NOT_A_MILL)
    return station.device.outline(program, station.profile.safe_z_mm)
