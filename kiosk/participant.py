"""What children do: begin, check, send, and follow their ticket; the ways in between are in `kiosk.ways`."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from jobs.types import JobState
from kiosk import views
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.drafts import see
from kiosk.events import Moment
from kiosk.live import live
from kiosk.pages import PICTURES, Context
from onboard.control.messages import DiscardJob

router = APIRouter()

_DRAFTS: Final = frozenset({JobState.PREPARING, JobState.READY, JobState.UNUSABLE})


@router.get("/")
async def home(request: Request, kiosk: KioskHere) -> Response:
    """What the bike makes now, and what one can make."""
    return kiosk.pages.page(request, "home.html")


@router.get("/flux")
async def home_stream(request: Request, kiosk: KioskHere) -> StreamingResponse:
    """What the bike makes, live; also for pages that show only the notice."""
    return live(kiosk, request, lambda _moment: {}, "now", "battery")


@router.get("/ticket/{job_id}")
async def ticket_page(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Show a ticket and how its object is getting on."""
    job = kiosk.queue.job(job_id)
    if job.state in _DRAFTS:
        return see(f"/verifier/{job_id}")
    if job.ticket is None:
        return see("/efface")
    here = kiosk.config.kiosk.public_url or str(request.base_url)
    follow = f"{here.rstrip('/')}/ticket/{job_id}"
    context = {"qr": views.qr(follow), **_ticket(kiosk, job_id, kiosk.feed.latest)}
    return kiosk.pages.page(request, "ticket.html", context=context)


@router.get("/flux/ticket/{job_id}")
async def ticket_stream(request: Request, job_id: JobId, kiosk: KioskHere) -> StreamingResponse:
    """How an object is getting on, live."""
    return live(kiosk, request, lambda moment: _ticket(kiosk, job_id, moment), "ticket", "erase")


@router.post("/effacer/{job_id}")
async def erase(job_id: JobId, kiosk: KioskHere) -> Response:
    """Erase an object and its file at its owner's wish."""
    await kiosk.order(DiscardJob(job=job_id))
    return see("/efface")


@router.get("/efface")
async def erased(request: Request, kiosk: KioskHere) -> Response:
    """Say that nothing is left."""
    return kiosk.pages.page(request, "erased.html")


@router.get("/icone.svg")
async def icon() -> FileResponse:
    """The sign of the bike in a browser's tab."""
    return FileResponse(PICTURES / "icon.svg", headers={"Cache-Control": "max-age=86400"})


def _ticket(kiosk: Kiosk, job_id: str, moment: Moment) -> Context:
    job = kiosk.queue.job(job_id)
    return {"job": job, "view": views.ticket_view(job, moment)}
