"""Where children begin: the home page and its news; the ways from there are in `kiosk.ways`."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from kiosk.context import KioskHere
from kiosk.live import live
from kiosk.pages import PICTURES

router = APIRouter()


@router.get("/")
async def home(request: Request, kiosk: KioskHere) -> Response:
    """What the bike makes now, and what one can make."""
    return kiosk.pages.page(request, "home.html")


@router.get("/flux")
async def home_stream(request: Request, kiosk: KioskHere) -> StreamingResponse:
    """What the bike makes, live; also for pages that show only the notice."""
    return live(kiosk, request, lambda _moment: {}, "now", "battery")


@router.get("/icone.svg")
async def icon() -> FileResponse:
    """The sign of the bike in a browser's tab."""
    return FileResponse(PICTURES / "icon.svg", headers={"Cache-Control": "max-age=86400"})
