"""Who may enter: mediators and scripts, added, renewed and removed by any mediator."""

import asyncio
import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import JobError
from kiosk.access.entry import entered, welcome_page
from kiosk.access.login import DoorHere, only_mediators
from kiosk.access.people import NAME_RULE
from kiosk.access.records import Scope
from kiosk.access.tokens import LABEL_RULE
from kiosk.context import KioskHere
from kiosk.mediator.orders import trouble
from onboard.control.messages import AccessChange, NoteAccess

router = APIRouter(dependencies=[Depends(only_mediators)])

TEAM: Final = "/mediateur/equipe"
TOKENS: Final = "/mediateur/cles"

MediatorId = Annotated[str, Path(pattern=r"^m-[0-9a-f]{8}$")]
TokenId = Annotated[str, Path(pattern=r"^t-[0-9a-f]{8}$")]
Typed = Annotated[str, Form(max_length=80)]


@router.get(TEAM)
async def team_page(request: Request, kiosk: KioskHere, door: DoorHere) -> Response:
    """Mediators and tokens, without what lets them in."""
    context = {
        "tab": "halt",
        "mediators": [(each, _day(each.since_s)) for each in door.mediators()],
        "me": request.state.who,
        "has_common": door.people.has_common,
        "name_rule": NAME_RULE,
        "tokens": [(each, _day(each.ends_s)) for each in door.tokens.every()],
        "label_rule": LABEL_RULE,
    }
    return kiosk.pages.page(request, "mediator/team.html", context=context)


@router.post(TEAM + "/ajouter")
async def add(request: Request, kiosk: KioskHere, door: DoorHere, name: Typed = "") -> Response:
    """Add a mediator, and show the PIN and the badge once."""
    try:
        welcome = await asyncio.to_thread(door.people.add, name)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, TEAM)
    await kiosk.note(NoteAccess(change=AccessChange.MEDIATOR_ADDED), request.state.who)
    return welcome_page(request, kiosk, welcome)


@router.post(TEAM + "/{mediator_id}/renouveler")
async def renew(request: Request, mediator_id: MediatorId, kiosk: KioskHere, door: DoorHere) -> Response:
    """Give a mediator a new PIN and badge; what they entered with before is over, on every phone but this."""
    try:
        welcome = await asyncio.to_thread(door.people.renew, mediator_id)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, TEAM)
    await kiosk.note(NoteAccess(change=AccessChange.MEDIATOR_RENEWED), request.state.who)
    answer = welcome_page(request, kiosk, welcome)
    if mediator_id != request.state.who:
        return answer
    return entered(request, door, door.begin(welcome), answer)


@router.post(TEAM + "/{mediator_id}/retirer")
async def remove(request: Request, mediator_id: MediatorId, kiosk: KioskHere, door: DoorHere) -> Response:
    """Forget a mediator, whose sessions are over at once."""
    try:
        door.people.remove(mediator_id)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, TEAM)
    await kiosk.note(NoteAccess(change=AccessChange.MEDIATOR_REMOVED), request.state.who)
    return RedirectResponse(TEAM, 303)


@router.post(TOKENS + "/faire")
async def make_token(
    request: Request,
    kiosk: KioskHere,
    door: DoorHere,
    label: Typed = "",
    scope: Annotated[Scope, Form()] = Scope.READ,
    days: Annotated[int, Form()] = 30,
) -> Response:
    """Make a token, and show it once."""
    try:
        token, words = door.tokens.make(label, scope, days)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, TEAM)
    await kiosk.note(NoteAccess(change=AccessChange.TOKEN_MADE), request.state.who)
    context = {"tab": "", "token": token, "words": words, "until": _day(token.ends_s)}
    return kiosk.pages.page(request, "mediator/token.html", context=context)


@router.post(TOKENS + "/{token_id}/revoquer")
async def revoke_token(request: Request, token_id: TokenId, kiosk: KioskHere, door: DoorHere) -> Response:
    """End a token at once."""
    try:
        door.tokens.revoke(token_id)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, TEAM)
    await kiosk.note(NoteAccess(change=AccessChange.TOKEN_REVOKED), request.state.who)
    return RedirectResponse(TEAM, 303)


def _day(at_s: float) -> str:
    return f"{dt.datetime.fromtimestamp(at_s).astimezone():%d/%m/%Y}"
