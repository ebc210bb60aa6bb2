"""What mediators order: one POST each, the same twice as once, answered by the page that shows it."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from drivers.types import DeviceState
from jobs.errors import JobError, Sentence
from jobs.types import JobState
from kiosk.access.login import only_mediators
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.mediator.now import NOW
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import (
    ApproveJob,
    CancelJob,
    ClearPlate,
    ContinueQueue,
    PauseJob,
    RearmMachine,
    RefusalCode,
    RefuseJob,
    ResumeJob,
)
from onboard.control.messages import Request as Command

router = APIRouter(dependencies=[Depends(only_mediators)])

QUEUE: Final = "/mediateur/file"
CONNECT_S: Final = 25.0
"""A board that was just reset takes its time to speak."""

MachineName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class JobAct(StrEnum):
    """What may be ordered about a job; the words stand in addresses."""

    ACCEPT = "accepter"
    PAUSE = "pause"
    RESUME = "reprendre"
    CANCEL = "annuler"


_COMMANDS: Final[dict[JobAct, type[ApproveJob | PauseJob | ResumeJob | CancelJob]]] = {
    JobAct.ACCEPT: ApproveJob,
    JobAct.PAUSE: PauseJob,
    JobAct.RESUME: ResumeJob,
    JobAct.CANCEL: CancelJob,
}
_ALREADY: Final[dict[JobAct, frozenset[JobState]]] = {
    JobAct.ACCEPT: frozenset({JobState.APPROVED, JobState.STARTING, JobState.RUNNING}),
    JobAct.PAUSE: frozenset({JobState.PAUSED}),
    JobAct.RESUME: frozenset({JobState.RUNNING}),
    JobAct.CANCEL: frozenset({JobState.CANCELLED}),
}
_WANTED: Final = {JobAct.PAUSE: DeviceState.PAUSED, JobAct.RESUME: DeviceState.RUNNING}


@router.post("/mediateur/objet/{job_id}/refuser")
async def refuse(
    request: Request, job_id: JobId, reason: Annotated[RefusalCode, Form()], kiosk: KioskHere
) -> Response:
    """Refuse a job with one of the ready sentences."""
    if kiosk.queue.job(job_id).state is JobState.REFUSED:
        return RedirectResponse(QUEUE, 303)
    return await order(kiosk, request, RefuseJob(job=job_id, reason=reason), QUEUE)


@router.post("/mediateur/objet/{job_id}/{act}")
async def steer(request: Request, job_id: JobId, act: JobAct, kiosk: KioskHere) -> Response:
    """Accept, pause, resume or cancel a job, and go back to where the button was."""
    state = kiosk.queue.job(job_id).state
    on_machine = act in {JobAct.PAUSE, JobAct.RESUME} or state in {JobState.RUNNING, JobState.PAUSED}
    back = NOW if on_machine and act is not JobAct.ACCEPT else QUEUE
    if _is_so(kiosk, job_id, act, state):
        return RedirectResponse(back, 303)
    return await order(kiosk, request, _COMMANDS[act](job=job_id), back)


def _is_so(kiosk: Kiosk, job_id: str, act: JobAct, state: JobState) -> bool:
    """Whether nothing is left to do; a machine that has paused by itself counts, whatever the queue says."""
    status = kiosk.feed.latest.status
    machines = () if status is None else [each for each in status.machines if each.job == job_id]
    if act in _WANTED and machines:
        return all(machine.state is _WANTED[act] for machine in machines)
    return state in _ALREADY[act]


@router.post("/mediateur/file/reprendre")
async def go_on(request: Request, kiosk: KioskHere) -> Response:
    """A person lets accepted jobs start again after a restart; twice is as good as once."""
    return await order(kiosk, request, ContinueQueue(), NOW)


@router.post("/mediateur/machine/{machine}/vide")
async def plate_cleared(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person has cleared a plate."""
    return await order(kiosk, request, ClearPlate(machine=machine), NOW)


@router.post("/mediateur/machine/{machine}/rearmer")
async def rearm(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person has looked at a stopped machine: connect it again."""
    return await rearmed(kiosk, request, machine, NOW)


async def rearmed(kiosk: Kiosk, request: Request, machine: str, back: str) -> Response:
    """Have a machine or a robot connected again, with the patience that this takes."""
    patient = replace(kiosk, control=ControlClient(kiosk.config.paths.control_socket, CONNECT_S))
    return await order(patient, request, RearmMachine(machine=machine), back)


async def order(kiosk: Kiosk, request: Request, command: Command, back: str) -> Response:
    """Have a command carried out; what went wrong is said on a page that keeps the stop button in reach."""
    try:
        await kiosk.order(command, request.state.who)
    except DaemonUnreachableError as error:
        return trouble(kiosk, request, 503, error.sentence, back)
    except JobError as error:
        return trouble(kiosk, request, 409, error.sentence, back)
    return RedirectResponse(back, 303)


def trouble(kiosk: Kiosk, request: Request, status: int, sentence: Sentence, back: str) -> Response:
    """A page that says what went wrong, with the way back."""
    context = {"tab": "", "sentence": sentence, "back": back}
    return kiosk.pages.page(request, "mediator/trouble.html", status, context)
