"""Traces the outline of a mill's next job in the air, before anybody arms the mill."""

import asyncio
from typing import Final

from drivers.device import Tracer
from drivers.errors import DriverError
from drivers.gcode import Program
from jobs.errors import JobError, Sentence
from jobs.machines import MillProfile
from jobs.types import Job, JobState
from onboard.bike import Bike
from onboard.dispatcher import NO_HALT, STOPPED, read_program
from onboard.station import Errand, Station

NOT_A_MILL: Final = Sentence("Cette machine ne fraise pas.", "This machine does not mill.")
NOT_FREE: Final = Sentence(
    "La fraiseuse n'est pas au repos : attendez qu'elle ait fini, ou réarmez-la d'abord.",
    "The mill is not at rest: wait until it has ended, or re-arm it first.",
)
NO_JOB: Final = Sentence(
    "Aucun objet accepté n'attend la fraiseuse : il n'y a pas de contour à tracer.",
    "No accepted object waits for the mill: there is no outline to trace.",
)
NO_OUTLINE: Final = Sentence(
    "Le contour ne peut pas être tracé : la fraiseuse ne dit pas où est son outil, ou le programme où il va.",
    "The outline cannot be traced: the mill does not tell where its tool is, or the program where it goes.",
)


async def trace_next(bike: Bike, station: Station) -> None:
    """Send an idle mill once round its next job in the air, spindle off; an arming is forgotten.

    Raises:
        JobError: nothing was sent, and why.
    """
    _check(bike, station)
    job = await _next(bike, station)
    try:
        program = await asyncio.to_thread(read_program, bike.config.paths.jobs, job)
        errand = Errand(_outline(station, program), job.ticket or "")
    except (DriverError, OSError) as error:
        raise JobError("no-outline", NO_OUTLINE) from error
    _check(bike, station)
    station.send(errand)


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


async def _next(bike: Bike, station: Station) -> Job:
    """The job that would start if the mill were armed: as the plan says, else the oldest."""
    jobs = await bike.ledger.jobs(JobState.APPROVED)
    mine = {job.id: job for job in jobs if job.design.device is station.kind}
    planned = sorted(
        (start for start in bike.starts if start.device == station.name), key=lambda start: start.start_min
    )
    waiting = [held.job for held in bike.held if held.reason == "arm"]
    order = [*waiting, *(start.job for start in planned), *mine]
    first = next((mine[job_id] for job_id in order if job_id in mine), None)
    if first is None:
        raise JobError("no-job", NO_JOB)
    return first


def _outline(station: Station, program: Program) -> Program:
    if not isinstance(station.device, Tracer) or not isinstance(station.profile, MillProfile):
        raise JobError("not-a-mill", NOT_A_MILL)
    return station.device.outline(program, station.profile.safe_z_mm)
