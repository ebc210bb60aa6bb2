"""*Mon ticket*: how an object is getting on, and what its child may still say and do."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response, StreamingResponse

from jobs.types import JobState
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.live import live
from kiosk.pages import Context
from kiosk.participant import views
from kiosk.participant.drafts import see
from kiosk.participant.revising import DRAFTS, begun_again
from onboard.control.messages import CallMediator, DiscardJob, RateJob

router = APIRouter()

_REGIONS: Final = ("ticket", "at", "help", "erase")


@router.get("/ticket/{job_id}")
async def ticket_page(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Show a ticket and how its object is getting on."""
    job = kiosk.queue.job(job_id)
    if job.state in DRAFTS:
        return see(f"/verifier/{job_id}")
    if job.ticket is None:
        return see("/efface")
    here = kiosk.config.kiosk.public_url or str(request.base_url)
    follow = f"{here.rstrip('/')}/ticket/{job_id}"
    context = {"qr": views.qr(follow), **_ticket(kiosk, job_id, kiosk.feed.latest)}
    return kiosk.pages.page(request, "ticket.html", context=context)


@router.get("/flux/ticket/{job_id}")
async def ticket_stream(request: Request, job_id: JobId, kiosk: KioskHere) -> StreamingResponse:
    """How an object is getting on, live; `at` follows the machine without redrawing anything else."""
    return live(
        kiosk, request, lambda moment: _ticket(kiosk, job_id, moment), "ticket", "at", "help", "erase"
    )


@router.post("/effacer/{job_id}")
async def erase(job_id: JobId, kiosk: KioskHere) -> Response:
    """Erase an object and its file at its owner's wish."""
    await kiosk.order(DiscardJob(job=job_id))
    return see("/efface")


@router.get("/efface")
async def erased(request: Request, kiosk: KioskHere) -> Response:
    """Say that nothing is left."""
    return kiosk.pages.page(request, "erased.html")


@router.post("/avis/{job_id}")
async def rate(job_id: JobId, good: Annotated[bool, Form()], kiosk: KioskHere) -> Response:
    """Keep a thumb up or down for a finished object; the last one counts."""
    await kiosk.order(RateJob(job=job_id, good=good))
    return see(f"/ticket/{job_id}")


@router.post("/appeler/{job_id}")
async def call(job_id: JobId, kiosk: KioskHere) -> Response:
    """Something is wrong: tell the mediator, once however often it is said."""
    await kiosk.order(CallMediator(job=job_id))
    return see(f"/ticket/{job_id}")


@router.post("/reprendre/{job_id}")
async def change_and_send_again(job_id: JobId, kiosk: KioskHere) -> Response:
    """Make a draft of what was refused, with everything that the child had made of it."""
    job = kiosk.queue.job(job_id)
    if job.state is not JobState.REFUSED or job.ticket is None:
        return see(f"/ticket/{job_id}")
    draft = await begun_again(kiosk, job)
    return see(f"/verifier/{draft.id}")


def _ticket(kiosk: Kiosk, job_id: str, moment: Moment) -> Context:
    job = kiosk.queue.job(job_id)
    rating = kiosk.queue.rating(job_id) if job.state is JobState.DONE else None
    return {"job": job, "view": views.ticket_view(job, moment), "rating": rating}
