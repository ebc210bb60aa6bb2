"""The mediators' way in and out: PIN, badge, and the first start, when there is nobody yet."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import JobError, Sentence
from kiosk.access.address import BADGE, badge_address, phones_address
from kiosk.access.login import COOKIE, LIFETIME_S, DoorHere, only_mediators
from kiosk.access.own_screen import is_own_screen
from kiosk.access.people import NAME_RULE, Welcome
from kiosk.access.secret import grouped
from kiosk.context import Kiosk, KioskHere
from kiosk.mediator.now import NOW
from kiosk.pages import Context
from kiosk.participant.views import qr
from onboard.control.messages import AccessChange, NoteAccess

router = APIRouter()

ENTRY: Final = "/mediateur"
FIRST: Final = ENTRY + "/premier"
WRONG_CODE: Final = Sentence(
    "Ce code n'est pas le bon. Vérifiez-le, attendez un peu, puis réessayez.",
    "This is not the code. Check it, wait a little, then try again.",
)

Typed = Annotated[str, Form(max_length=64)]


@router.get(ENTRY)
async def pin_page(request: Request, kiosk: KioskHere, door: DoorHere) -> Response:
    """Ask for the PIN, or for the first mediator when there is none."""
    if door.knows(request.cookies.get(COOKIE)):
        return RedirectResponse(NOW, 303)
    if door.people.needs_setup:
        return _setup_page(request, kiosk, door)
    return kiosk.pages.page(request, "mediator/pin.html", context={"tab": "", "wrong": False})


@router.post(ENTRY)
async def enter(request: Request, kiosk: KioskHere, door: DoorHere) -> Response:
    """Open a session, or say the same whether the PIN was wrong or nobody may try now."""
    pin = (await request.form()).get("pin")
    cookie = await door.enter(pin[:64] if isinstance(pin, str) else "")
    if cookie is None:
        return kiosk.pages.page(request, "mediator/pin.html", 403, {"tab": "", "wrong": True})
    return entered(request, door, cookie, RedirectResponse(NOW, 303))


@router.get(BADGE)
async def badge_page(request: Request, kiosk: KioskHere) -> Response:
    """Where the code on a badge leads; its secret stands behind the # and is never sent with the address."""
    return kiosk.pages.page(request, "mediator/badge.html", context={"tab": "", "wrong": False})


@router.post(BADGE)
async def enter_by_badge(request: Request, kiosk: KioskHere, door: DoorHere, code: Typed = "") -> Response:
    """Open a session, also while wrong PINs make everybody wait."""
    cookie = door.enter_by_badge(code)
    if cookie is None:
        return kiosk.pages.page(request, "mediator/badge.html", 403, {"tab": "", "wrong": True})
    return entered(request, door, cookie, RedirectResponse(NOW, 303))


@router.post(FIRST)
async def begin(
    request: Request, kiosk: KioskHere, door: DoorHere, code: Typed = "", name: Typed = ""
) -> Response:
    """Add the first mediator, who shows the code that only the bike's own screen or a command tells."""
    if not door.people.needs_setup:
        return RedirectResponse(ENTRY, 303)
    try:
        welcome = await door.set_up(code, name)
    except JobError as error:
        return _setup_page(request, kiosk, door, error.sentence, name)
    if welcome is None:
        return _setup_page(request, kiosk, door, WRONG_CODE, name)
    await kiosk.note(NoteAccess(change=AccessChange.MEDIATOR_ADDED), welcome.mediator.id)
    return entered(request, door, door.begin(welcome), welcome_page(request, kiosk, welcome))


@router.post(ENTRY + "/sortie", dependencies=[Depends(only_mediators)])
async def leave(request: Request, door: DoorHere) -> Response:
    """End the session."""
    door.leave(request.cookies.get(COOKIE))
    answer = RedirectResponse(ENTRY, 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def welcome_page(request: Request, kiosk: Kiosk, welcome: Welcome) -> Response:
    """A mediator's PIN and badge, to be kept or printed now: they are never shown again."""
    asked = "" if is_own_screen(request) else str(request.base_url)
    here = phones_address(kiosk.config.kiosk, asked)
    context: Context = {
        "tab": "",
        "name": welcome.mediator.name,
        "pin": f"{welcome.pin[:3]} {welcome.pin[3:]}",
        "code": grouped(welcome.badge),
        "qr": qr(badge_address(here, welcome.badge)),
        "here": here.partition("://")[2],
    }
    return kiosk.pages.page(request, "mediator/welcome.html", context=context)


def entered(request: Request, door: DoorHere, cookie: str, answer: Response) -> Response:
    """A new session is never an old one made longer."""
    door.leave(request.cookies.get(COOKIE))
    answer.set_cookie(COOKIE, cookie, max_age=LIFETIME_S, httponly=True, samesite="strict")
    return answer


def _setup_page(
    request: Request, kiosk: Kiosk, door: DoorHere, wrong: Sentence | None = None, name: str = ""
) -> Response:
    code = grouped(door.people.setup_code()) if is_own_screen(request) else ""
    context: Context = {"tab": "", "code": code, "wrong": wrong, "name": name, "rule": NAME_RULE}
    return kiosk.pages.page(request, "mediator/setup.html", 200 if wrong is None else 403, context)
