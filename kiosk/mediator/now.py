"""What mediators see and decide: machines now, the queue."""

import datetime as dt

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from jobs.errors import JobError, Sentence
from kiosk.access.login import COOKIE, Door, DoorHere, only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator import views as mediator_views
from kiosk.mediator.drawing import Regions, live_regions
from kiosk.pages import Context

router = APIRouter(dependencies=[Depends(only_mediators)])

NOW = "/mediateur/maintenant"
_LOGGED_OUT = Sentence(
    "Votre connexion est terminée : entrez de nouveau le code.",
    "Your session has ended: enter the PIN again.",
)


@router.get(NOW)
async def now_page(request: Request, kiosk: KioskHere) -> Response:
    """One card a machine, worst first."""
    cards = mediator_views.cards(kiosk.config, kiosk.feed.latest)
    return kiosk.pages.page(request, "mediator/now.html", context={"tab": "now", "cards": cards})


@router.get("/flux" + NOW)
async def now_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The machines, live."""

    def look(moment: Moment) -> Regions:
        regions = common(request, door, moment)
        regions["unsafe"] = ("mediator-unsafe", {"moment": moment})
        for number, card in enumerate(mediator_views.cards(kiosk.config, moment), 1):
            for part in ("top", "values", "acts"):
                regions[f"card-{number}-{part}"] = (f"mediator-card-{part}", {"card": card})
        return regions

    return live_regions(kiosk, request, look)


@router.get("/flux/mediateur")
async def plain_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """What is live on pages that are not: the notice and the alerts."""
    return live_regions(kiosk, request, lambda moment: common(request, door, moment))


@router.get("/mediateur/file")
async def queue_page(request: Request, kiosk: KioskHere) -> Response:
    """Everything that waits for a decision, for its turn, or for a hand."""
    context = {"tab": "queue", "view": _queue(kiosk, kiosk.feed.latest)}
    return kiosk.pages.page(request, "mediator/queue.html", context=context)


@router.get("/flux/mediateur/file")
async def queue_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The queue, live."""

    def look(moment: Moment) -> Regions:
        context: Context = {"view": _queue(kiosk, moment)}
        regions = common(request, door, moment)
        for part in ("inbox", "approved", "broken", "finished"):
            regions[part] = (f"mediator-{part}", context)
        return regions

    return live_regions(kiosk, request, look)


def common(request: Request, door: Door, moment: Moment) -> dict[str, tuple[str, Context]]:
    """The regions of every page; a page that stays open ends with its session."""
    if not door.knows(request.cookies.get(COOKIE)):
        raise JobError("logged-out", _LOGGED_OUT)
    context: Context = {"moment": moment}
    return {
        "notice": ("mediator-notice", context),
        "battery": ("battery", context),
        "bike": ("mediator-bike", context),
        "alerts": ("mediator-alerts", context),
        "waiting": ("mediator-waiting", context),
    }


def _queue(kiosk: Kiosk, moment: Moment) -> mediator_views.QueueView:
    now = dt.datetime.now().astimezone()
    return mediator_views.queue_view(kiosk.config, kiosk.queue, moment, now)
