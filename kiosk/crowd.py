"""The big screen for the crowd: what is being made, who is next, and what can be fetched; tickets only."""

import functools
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from jobs.errors import StoreError, UnknownJobError
from jobs.types import JobState
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.live import live
from kiosk.pages import Context
from kiosk.participant.views import qr

router = APIRouter()

PLACES: Final = 8
_drawn = functools.lru_cache(4)(qr)
FETCHED: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One ticket in the line; `start_min` is None while something holds it back."""

    ticket: str
    start_min: int | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """The line, how many more stand in it, who waits for the mediator, and who can come."""

    line: tuple[Place, ...] = ()
    more: int = 0
    asked: int = 0
    finished: tuple[str, ...] = ()


@router.get("/ecran")
async def screen(request: Request, kiosk: KioskHere) -> Response:
    """Show the crowd how the bike gets on."""
    here = kiosk.config.kiosk.public_url or str(request.base_url)
    context = {"qr": _drawn(here), **_look(kiosk, kiosk.feed.latest)}
    return kiosk.pages.page(request, "screen.html", context=context)


@router.get("/flux/ecran")
async def screen_stream(request: Request, kiosk: KioskHere) -> StreamingResponse:
    """The same, live."""
    return live(kiosk, request, lambda moment: _look(kiosk, moment), "screen", "battery")


def _look(kiosk: Kiosk, moment: Moment) -> Context:
    try:
        return {"crowd": _crowd(kiosk, moment)}
    except (StoreError, UnknownJobError):
        return {"crowd": Crowd()}  # the notice says that the bike does not answer


def _crowd(kiosk: Kiosk, moment: Moment) -> Crowd:
    jobs = kiosk.queue.jobs(JobState.WAITING, JobState.APPROVED, JobState.DONE)
    starts = {} if moment.status is None else {start.job: start.start_min for start in moment.status.starts}
    approved = [job for job in jobs if job.state is JobState.APPROVED and job.ticket is not None]
    approved.sort(key=lambda job: starts.get(job.id, 10**6))
    line = [Place(str(job.ticket), starts.get(job.id)) for job in approved]
    finished = [str(job.ticket) for job in jobs if job.state is JobState.DONE and job.ticket is not None]
    return Crowd(
        tuple(line[:PLACES]),
        max(len(line) - PLACES, 0),
        sum(job.state is JobState.WAITING for job in jobs),
        tuple(reversed(finished[-FETCHED:])),
    )
