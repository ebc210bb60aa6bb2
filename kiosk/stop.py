"""The emergency stop as a page: no login, no database, no dialog, no claim that no machine confirms."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from drivers.types import DeviceState
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator.drawing import Regions, live_regions
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import BikeStatus, GetStatus, StopEverything

router = APIRouter()

PATIENCE_S: Final = 1.5
"""A person hears "no answer" within 2 s of touching the button."""
LOOK_AGAIN_S: Final = 0.05
AT_REST: Final = frozenset({DeviceState.STOPPED, DeviceState.FAULT, DeviceState.OFFLINE})


def own_client(request: Request) -> ControlClient:
    """A client that gives up early, and that no other command keeps waiting."""
    kiosk: Kiosk = request.app.state.kiosk
    return ControlClient(kiosk.config.paths.control_socket, PATIENCE_S)


@router.get("/stop")
async def stop_page(request: Request, kiosk: KioskHere) -> Response:
    """The red button alone, with what the machines say of themselves."""
    return kiosk.pages.page(request, "mediator/stop.html", context={"tab": "", "silent": False})


@router.get("/flux/stop")
async def stop_stream(request: Request, kiosk: KioskHere) -> StreamingResponse:
    """What the machines say of themselves, live."""
    return live_regions(kiosk, request, _regions)


@router.post("/stop")
async def stop(
    request: Request, kiosk: KioskHere, control: Annotated[ControlClient, Depends(own_client)]
) -> Response:
    """Stop every machine at once; only the machines' own state counts as done."""
    if await stopped_everything(control):
        await kiosk.feed.look()
        return RedirectResponse("/stop", 303)
    return kiosk.pages.page(request, "mediator/stop.html", 503, {"tab": "", "silent": True})


async def stopped_everything(control: ControlClient, patience_s: float = PATIENCE_S) -> bool:
    """Order the stop and wait until no machine is left that may move or heat."""
    try:
        async with asyncio.timeout(patience_s):
            if (await control.ask(StopEverything())).accepted is None:
                return False
            while not _at_rest((await control.ask(GetStatus())).status):  # noqa: ASYNC110 - told over a socket
                await asyncio.sleep(LOOK_AGAIN_S)
    except (TimeoutError, DaemonUnreachableError):
        return False
    return True


def _at_rest(status: BikeStatus | None) -> bool:
    return status is not None and all(machine.state in AT_REST for machine in status.machines)


def _regions(moment: Moment) -> Regions:
    return {"notice": ("mediator-notice", {"moment": moment}), "stop": ("mediator-stop", {"moment": moment})}
