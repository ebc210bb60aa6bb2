"""What programs may look at: the bike now, its queue, its halts, what they came to."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request

from jobs.errors import Sentence, UnknownJobError
from jobs.types import JobState
from kiosk.access.roles import Needs, Role
from kiosk.api.views import ActView, HaltRecord, JobView, ReportView
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.i18n import language_of
from kiosk.mediator.orders import MachineName
from kiosk.mediator.report import Scope, told_of
from onboard.control.client import DaemonUnreachableError
from onboard.control.messages import BikeStatus, MachineView

router = APIRouter(tags=["look"])

MOST: Final = 1000
READ: Final = [Depends(Needs(Role.READ))]
MEDIATOR: Final = [Depends(Needs(Role.MEDIATOR))]
_NO_MACHINE: Final = Sentence("Cette machine n'existe pas.", "There is no such machine.")


@router.get("/status", dependencies=READ)
async def status(kiosk: KioskHere) -> BikeStatus:
    """Everything that is live: machines, battery, halt, plan, and why objects wait."""
    return _status(kiosk)


@router.get("/machines", dependencies=READ)
async def machines(kiosk: KioskHere) -> list[MachineView]:
    """Every machine, as it is now."""
    return list(_status(kiosk).machines)


@router.get("/machines/{machine}", dependencies=READ)
async def one_machine(machine: MachineName, kiosk: KioskHere) -> MachineView:
    """One machine, as it is now."""
    found = [each for each in _status(kiosk).machines if each.name == machine]
    if not found:
        raise UnknownJobError("no-machine", _NO_MACHINE)
    return found[0]


@router.get("/queue", dependencies=READ)
async def queue(
    kiosk: KioskHere, state: Annotated[list[JobState] | None, Query(description="Only these states.")] = None
) -> list[JobView]:
    """Objects with a ticket, the oldest first; drafts are their children's own business."""
    return [JobView.of(job) for job in kiosk.queue.jobs(*(state or JobState)) if job.ticket is not None]


@router.get("/queue/{job_id}", dependencies=READ)
async def one_job(job_id: JobId, kiosk: KioskHere) -> JobView:
    """One object."""
    return JobView.of(kiosk.queue.job(job_id))


@router.get("/halts", dependencies=READ)
async def halts(kiosk: KioskHere) -> list[HaltRecord]:
    """Every halt that is known, the newest first."""
    return [HaltRecord.of(halt) for halt in kiosk.queue.accounts.halts()]


@router.get("/report/{scope}", dependencies=READ)
async def report(request: Request, scope: Scope, kiosk: KioskHere) -> ReportView:
    """What a halt came to, by its id, or the whole term (`periode`); small counts of people are left out."""
    return ReportView.of(told_of(kiosk, scope, language_of(request)))


@router.get("/journal", dependencies=MEDIATOR)
async def journal(
    kiosk: KioskHere,
    halt: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> list[ActView]:
    """What was done and what went wrong, the newest first; for mediators only: it tells who worked when."""
    return [ActView.of(act) for act in kiosk.queue.accounts.acts(halt, limit)]


def _status(kiosk: Kiosk) -> BikeStatus:
    """What the bike said last.

    Raises:
        DaemonUnreachableError: it says nothing.
    """
    if kiosk.feed.latest.status is None:
        raise DaemonUnreachableError("no news")
    return kiosk.feed.latest.status
