"""What mediators order about the line: a pick, a promise, a place before somebody else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from kiosk.access.login import only_mediators
from kiosk.context import JobId, KioskHere
from kiosk.mediator.orders import QUEUE, order
from onboard.control.messages import FavourJob, PlaceJob, PromiseJob

router = APIRouter(dependencies=[Depends(only_mediators)])

OtherJob = Annotated[str, Form(pattern=r"^([0-9a-f]{32})?$")]


@router.post("/mediateur/ligne/{job_id}/faveur")
async def favour(
    request: Request, job_id: JobId, kiosk: KioskHere, priority: Annotated[int, Form(ge=0, le=2)]
) -> Response:
    """Favour a job: 0 normal, 1 class project, 2 the mediator's pick."""
    return await order(kiosk, request, FavourJob(job=job_id, priority=priority), QUEUE)


@router.post("/mediateur/ligne/{job_id}/promesse")
async def promise(
    request: Request, job_id: JobId, kiosk: KioskHere, promised: Annotated[bool, Form()]
) -> Response:
    """Promise a job for today, or take the promise back."""
    return await order(kiosk, request, PromiseJob(job=job_id, promised=promised), QUEUE)


@router.post("/mediateur/ligne/{job_id}/avant")
async def place(request: Request, job_id: JobId, kiosk: KioskHere, other: OtherJob = "") -> Response:
    """Put a job before another one; without another one at the end."""
    return await order(kiosk, request, PlaceJob(job=job_id, before=other or None), QUEUE)
