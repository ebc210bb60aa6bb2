"""What every way in ends with: an object to be prepared, and the page that shows it."""

import secrets

from fastapi.responses import RedirectResponse, Response

from kiosk.context import Kiosk
from onboard.control.messages import MakeDraft


async def prepare(kiosk: Kiosk, command: MakeDraft) -> Response:
    """Have an object prepared, and go to the page where it is checked."""
    reply = await kiosk.order(command)
    assert reply.reference is not None  # noqa: S101 - the contract of MakeDraft
    return see(f"/verifier/{reply.reference.job}")


def see(address: str) -> RedirectResponse:
    """Go to a page of ours; a reload there sends nothing again."""
    return RedirectResponse(address, 303)


def new_key() -> str:
    """An idempotency key, so that a form sent twice makes one object."""
    return secrets.token_urlsafe(18)
