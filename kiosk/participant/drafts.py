"""What every way in ends with: an object to be prepared, and the page that shows it."""

import re
import secrets
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from kiosk.context import Kiosk
from onboard.control.messages import MakeDraft

OUR_PAGE: Final = re.compile(r"(?:/[a-z-]+)+")
BACK: Final = "retour"
"""The cookie that holds the page on which the last draft of this tablet was made."""


async def prepare(kiosk: Kiosk, command: MakeDraft, back: str = "") -> Response:
    """Have an object prepared, and go to the page where it is checked; `back` is where it can be changed."""
    reply = await kiosk.order(command)
    assert reply.reference is not None  # noqa: S101 - the contract of MakeDraft
    answer = see(f"/verifier/{reply.reference.job}")
    if back:
        answer.set_cookie(BACK, back, httponly=True, samesite="strict")
    else:
        answer.delete_cookie(BACK)
    return answer


def made_at(request: Request, kiosk: Kiosk) -> str | None:
    """The page of ours on which the last draft of this tablet was made, if it said so."""
    page = request.cookies.get(BACK, "")
    known = any(page == way.address or page.startswith(f"{way.address}/") for way in kiosk.ways)
    return page if known and OUR_PAGE.fullmatch(page) else None


def see(address: str) -> RedirectResponse:
    """Go to a page of ours; a reload there sends nothing again."""
    return RedirectResponse(address, 303)


def new_key() -> str:
    """An idempotency key, so that a form sent twice makes one object."""
    return secrets.token_urlsafe(18)
