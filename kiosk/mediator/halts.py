"""The mediator's page of the halt: open, extend, move, close, the class that is here and its tickets."""

import datetime as dt
import unicodedata
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from jobs.store.groups import Group
from kiosk.access.login import DoorHere, only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator import views as mediator_views
from kiosk.mediator.drawing import Regions, live_regions
from kiosk.mediator.group_words import GROUP_WORDS
from kiosk.mediator.now import NOW, common
from kiosk.mediator.orders import order
from kiosk.pages import Context
from onboard.control.messages import (
    BeginTerm,
    ChangeReserve,
    CloseHalt,
    ExtendHalt,
    GiveTickets,
    HaltView,
    MoveHalt,
    OpenHalt,
    WelcomeGroup,
)

router = APIRouter(dependencies=[Depends(only_mediators)])

HALT: Final = "/mediateur/halte"


def _tidy(text: object) -> str:
    """One line, composed letters, single spaces, and something visible."""
    tidy = " ".join(unicodedata.normalize("NFC", str(text)).split())
    if not tidy.isprintable():
        raise ValueError("not printable")
    return tidy


Name = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=80)]
ReserveWh = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _HaltForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


FormT = TypeVar("FormT", bound=_HaltForm)


class OpenForm(_HaltForm):
    """Place, host city, minutes from now, and watt-hours kept for the ride home."""

    place: Name
    host_city: Name
    minutes: Annotated[int, Field(ge=10)]
    reserve_wh: ReserveWh


class MoveForm(_HaltForm):
    """Where the bike goes on."""

    place: Name
    host_city: Name


class ReserveForm(_HaltForm):
    """Watt-hours kept for the ride home."""

    reserve_wh: ReserveWh


@router.get(HALT)
async def halt_page(request: Request, kiosk: KioskHere) -> Response:
    """The halt, and the forms that open, move or change one."""
    return kiosk.pages.page(request, "mediator/halt.html", context=_page(kiosk))


@router.get("/flux" + HALT)
async def halt_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The halt, live."""

    def look(moment: Moment) -> Regions:
        return {
            **common(request, door, moment),
            "halt": ("mediator-halt", _halt(moment)),
            "group": ("mediator-group", _group(kiosk, moment)),
        }

    return live_regions(kiosk, request, look)


@router.post(HALT + "/ouvrir")
async def open_halt(request: Request, kiosk: KioskHere) -> Response:
    """Open a halt; a form sent twice opens one."""
    form = await _understood(kiosk, request, OpenForm)
    if isinstance(form, Response):
        return form
    halt = _open_one(kiosk)
    if halt is not None and _same(halt, form):
        return RedirectResponse(NOW, 303)
    return await order(kiosk, request, OpenHalt(**form.model_dump()), NOW)


@router.post(HALT + "/prolonger")
async def extend(
    request: Request,
    kiosk: KioskHere,
    minutes: Annotated[int, Form(ge=-720, le=720)],
    ends_s: Annotated[float, Form()],
) -> Response:
    """Put the end later or earlier, counted from the end that the page showed."""
    return await order(kiosk, request, ExtendHalt(minutes=minutes, ends_s=ends_s), HALT)


@router.post(HALT + "/deplacer")
async def move(request: Request, kiosk: KioskHere) -> Response:
    """Go on elsewhere; what waits comes along."""
    form = await _understood(kiosk, request, MoveForm)
    return (
        form
        if isinstance(form, Response)
        else await order(kiosk, request, MoveHalt(**form.model_dump()), HALT)
    )


@router.post(HALT + "/reserve")
async def reserve(request: Request, kiosk: KioskHere) -> Response:
    """Keep more or less for the ride home."""
    form = await _understood(kiosk, request, ReserveForm)
    if isinstance(form, Response):
        return form
    return await order(kiosk, request, ChangeReserve(reserve_wh=form.reserve_wh), HALT)


@router.post(HALT + "/fermer")
async def close_halt(request: Request, kiosk: KioskHere) -> Response:
    """Close the halt; nothing starts any more, and what waits is kept."""
    return await order(kiosk, request, CloseHalt(), HALT)


@router.post(HALT + "/classe")
async def welcome(
    request: Request, kiosk: KioskHere, group: Annotated[Group, Form()] = Group.NOBODY
) -> Response:
    """Say which class is here."""
    return await order(kiosk, request, WelcomeGroup(group=group), HALT)


@router.post(HALT + "/redonner")
async def give_again(
    request: Request,
    kiosk: KioskHere,
    group: Annotated[Group, Form()],
    ticket: Annotated[str | None, Form(max_length=64)] = None,
) -> Response:
    """Give the class its tickets again, or a child its own."""
    return await order(kiosk, request, GiveTickets(group=group, ticket=ticket), HALT)


@router.post(HALT + "/periode")
async def begin_term(request: Request, kiosk: KioskHere) -> Response:
    """Begin a term: counts start at nought."""
    return await order(kiosk, request, BeginTerm(), HALT)


async def _understood(kiosk: Kiosk, request: Request, kind: type[FormT]) -> FormT | Response:
    """What a form says, or the page with the wrong fields marked."""
    typed = {name: str(value) for name, value in (await request.form()).items()}
    try:
        form = kind.model_validate(typed)
    except ValidationError as error:
        wrong = frozenset(str(problem["loc"][0]) for problem in error.errors())
    else:
        wrong = _out_of_bounds(kiosk, form)
        if not wrong:
            return form
    context = _page(kiosk, wrong, typed, kind)
    return kiosk.pages.page(request, "mediator/halt.html", 422, context)


def _page(
    kiosk: Kiosk,
    wrong: frozenset[str] = frozenset(),
    typed: Context | None = None,
    kind: type[_HaltForm] = OpenForm,
) -> Context:
    """The whole page; `wrong` names the fields to correct, `typed` is what stood in the form of this kind."""
    moment, bounds = kiosk.feed.latest, mediator_views.halt_bounds(kiosk.config)
    usual = {
        "place": "",
        "host_city": kiosk.config.bike.city.replace("-", " ").title(),
        "minutes": 180,
        "reserve_wh": bounds.reserve_usual_wh,
    }
    return {
        "tab": "halt",
        "bounds": bounds,
        "form": kind.__name__,
        "wrong": wrong,
        "typed": {**usual, **(typed or {})},
        **_halt(moment),
        **_group(kiosk, moment),
    }


def _halt(moment: Moment) -> Context:
    halt = moment.status.halt if moment.status is not None else None
    ends = dt.datetime.fromtimestamp(halt.ends_s).astimezone() if halt is not None else None
    return {"moment": moment, "halt": halt, "ends": ends}


def _group(kiosk: Kiosk, moment: Moment) -> Context:
    """The class that is here with its tickets, those that have come before, and the words left."""
    halt = moment.status.halt if moment.status is not None else None
    here = Group(halt.group) if halt is not None and halt.group else None
    known = [Group(name) for name in kiosk.queue.halt_groups()] if halt is not None else []
    return {
        "halt": halt,
        "here": here,
        "known": [group for group in known if group is not here],
        "words_left": [group for group in Group if group and group not in known],
        "holders": kiosk.queue.holders(here) if here is not None else [],
        "word": GROUP_WORDS,
    }


def _open_one(kiosk: Kiosk) -> HaltView | None:
    status = kiosk.feed.latest.status
    return status.halt if status is not None else None


def _out_of_bounds(kiosk: Kiosk, form: _HaltForm) -> frozenset[str]:
    bounds, values = mediator_views.halt_bounds(kiosk.config), form.model_dump()
    most = {"minutes": bounds.minutes_max, "reserve_wh": bounds.reserve_max_wh}
    return frozenset(name for name, limit in most.items() if values.get(name, 0) > limit)


def _same(halt: HaltView, form: OpenForm) -> bool:
    """Whether the open halt was made from this very form less than a minute ago."""
    named = (halt.place, halt.host_city, halt.reserve_wh) == (form.place, form.host_city, form.reserve_wh)
    return named and abs(halt.left_s - form.minutes * 60) < 60
