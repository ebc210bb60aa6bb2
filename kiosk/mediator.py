"""What mediators see and decide: machines now, the queue, the halt."""

import datetime as dt

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from jobs.errors import JobError, Sentence
from kiosk import mediator_views
from kiosk.context import Kiosk, KioskHere
from kiosk.drawing import Regions, live_regions
from kiosk.events import Moment
from kiosk.login import COOKIE, LIFETIME_S, Door, DoorHere, only_mediators
from kiosk.pages import Context

login = APIRouter()
router = APIRouter(dependencies=[Depends(only_mediators)])

NOW = "/mediateur/maintenant"
_LOGGED_OUT = Sentence(
    "Votre connexion est terminée : entrez de nouveau le code.",
    "Your session has ended: enter the PIN again.",
)
LOGIN_NEEDED: Context = {"tab": "", "sentence": _LOGGED_OUT, "back": "/mediateur"}
"""The page for an order that came without a session."""


@login.get("/mediateur")
async def pin_page(request: Request, kiosk: KioskHere, door: DoorHere) -> Response:
    """Ask for the PIN."""
    if door.knows(request.cookies.get(COOKIE)):
        return RedirectResponse(NOW, 303)
    return kiosk.pages.page(request, "mediator/pin.html", context=_pin(door, wrong=False))


@login.post("/mediateur")
async def enter(request: Request, kiosk: KioskHere, door: DoorHere) -> Response:
    """Open a session, or say the same whether the PIN was wrong or nobody may try now."""
    pin = (await request.form()).get("pin")
    cookie = await door.enter(pin[:64] if isinstance(pin, str) else "")
    if cookie is None:
        return kiosk.pages.page(request, "mediator/pin.html", 403, _pin(door, wrong=True))
    answer = RedirectResponse(NOW, 303)
    answer.set_cookie(COOKIE, cookie, max_age=LIFETIME_S, httponly=True, samesite="strict")
    return answer


@router.post("/mediateur/sortie")
async def leave(request: Request, door: DoorHere) -> Response:
    """End the session."""
    door.leave(request.cookies.get(COOKIE))
    answer = RedirectResponse("/mediateur", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


@router.get(NOW)
async def now_page(request: Request, kiosk: KioskHere) -> Response:
    """One card a machine, worst first."""
    cards = mediator_views.cards(kiosk.config, kiosk.feed.latest)
    return kiosk.pages.page(request, "mediator/now.html", context={"tab": "now", "cards": cards})


@router.get("/flux" + NOW)
async def now_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The machines, live."""

    def look(moment: Moment) -> Regions:
        regions = _common(request, door, moment)
        for number, card in enumerate(mediator_views.cards(kiosk.config, moment), 1):
            for part in ("top", "values", "acts"):
                regions[f"card-{number}-{part}"] = (f"mediator-card-{part}", {"card": card})
        return regions

    return live_regions(kiosk, request, look)


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
        regions = _common(request, door, moment)
        for part in ("inbox", "approved", "broken", "finished"):
            regions[part] = (f"mediator-{part}", context)
        return regions

    return live_regions(kiosk, request, look)


@router.get("/mediateur/halte")
async def halt_page(request: Request, kiosk: KioskHere) -> Response:
    """The halt, and the form that opens one."""
    return kiosk.pages.page(request, "mediator/halt.html", context=halt_context(kiosk))


@router.get("/flux/mediateur/halte")
async def halt_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The halt, live."""

    def look(moment: Moment) -> Regions:
        return {**_common(request, door, moment), "halt": ("mediator-halt", {"moment": moment})}

    return live_regions(kiosk, request, look)


def halt_context(kiosk: Kiosk, wrong: frozenset[str] = frozenset(), typed: Context | None = None) -> Context:
    """The page of the halt; `wrong` names the fields to correct, `typed` is what stood in them."""
    bounds = mediator_views.halt_bounds(kiosk.config)
    usual = {
        "place": "",
        "host_city": kiosk.config.bike.city.replace("-", " ").title(),
        "minutes": 180,
        "reserve_wh": bounds.reserve_usual_wh,
    }
    return {"tab": "halt", "bounds": bounds, "wrong": wrong, "typed": {**usual, **(typed or {})}}


def _common(request: Request, door: Door, moment: Moment) -> dict[str, tuple[str, Context]]:
    """The regions of every page; a page that stays open ends with its session."""
    if not door.knows(request.cookies.get(COOKIE)):
        raise JobError("logged-out", _LOGGED_OUT)
    context: Context = {"moment": moment}
    return {
        "notice": ("mediator-notice", context),
        "battery": ("battery", context),
        "bike": ("mediator-bike", context),
    }


def _queue(kiosk: Kiosk, moment: Moment) -> mediator_views.QueueView:
    now = dt.datetime.now().astimezone()
    return mediator_views.queue_view(kiosk.config, kiosk.queue, moment, now)


def _pin(door: Door, *, wrong: bool) -> Context:
    return {"tab": "", "has_pin": door.has_pin, "wrong": wrong}
