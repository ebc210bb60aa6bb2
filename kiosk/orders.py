"""What mediators order: one POST each, the same twice as once, answered by the page that shows it."""

import unicodedata
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from jobs.errors import JobError, Sentence
from jobs.types import JobState
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.login import only_mediators
from kiosk.mediator import NOW, halt_context
from kiosk.mediator_views import halt_bounds
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import (
    ApproveJob,
    ArmMill,
    CancelJob,
    ClearPlate,
    CloseHalt,
    ContinueQueue,
    HaltView,
    OpenHalt,
    PauseJob,
    RearmMachine,
    RefusalCode,
    RefuseJob,
    ResumeJob,
    TraceOutline,
)
from onboard.control.messages import Request as Command

router = APIRouter(dependencies=[Depends(only_mediators)])

QUEUE: Final = "/mediateur/file"
HALT: Final = "/mediateur/halte"
CONNECT_S: Final = 25.0
"""A board that was just reset takes its time to speak."""
CHECKS: Final = frozenset({"clamp", "tool", "zero", "lid"})
_UNCHECKED: Final = Sentence(
    "Cochez les quatre points avant d'armer la fraiseuse.", "Tick all four points before you arm the mill."
)

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


def _tidy(text: object) -> str:
    """One line, composed letters, single spaces, and something visible."""
    tidy = " ".join(unicodedata.normalize("NFC", str(text)).split())
    if not tidy.isprintable():
        raise ValueError("not printable")
    return tidy


Name = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=80)]


class HaltForm(BaseModel):
    """Place, host city, minutes from now, and watt-hours kept for the ride home."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Name
    host_city: Name
    minutes: Annotated[int, Field(ge=10)]
    reserve_wh: Annotated[float, Field(ge=0, allow_inf_nan=False)]


@router.post("/mediateur/objet/{job_id}/refuser")
async def refuse(
    request: Request, job_id: JobId, reason: Annotated[RefusalCode, Form()], kiosk: KioskHere
) -> Response:
    """Refuse a job with one of the ready sentences."""
    if kiosk.queue.job(job_id).state is JobState.REFUSED:
        return RedirectResponse(QUEUE, 303)
    return await _order(kiosk, request, RefuseJob(job=job_id, reason=reason), QUEUE)


@router.post("/mediateur/objet/{job_id}/{act}")
async def steer(request: Request, job_id: JobId, act: JobAct, kiosk: KioskHere) -> Response:
    """Accept, pause, resume or cancel a job, and go back to where the button was."""
    state = kiosk.queue.job(job_id).state
    on_machine = act in {JobAct.PAUSE, JobAct.RESUME} or state in {JobState.RUNNING, JobState.PAUSED}
    back = NOW if on_machine and act is not JobAct.ACCEPT else QUEUE
    if state in _ALREADY[act]:
        return RedirectResponse(back, 303)
    return await _order(kiosk, request, _COMMANDS[act](job=job_id), back)


@router.post("/mediateur/file/reprendre")
async def go_on(request: Request, kiosk: KioskHere) -> Response:
    """A person lets accepted jobs start again after a restart; twice is as good as once."""
    return await _order(kiosk, request, ContinueQueue(), NOW)


@router.post("/mediateur/machine/{machine}/vide")
async def plate_cleared(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person has cleared a plate."""
    return await _order(kiosk, request, ClearPlate(machine=machine), NOW)


@router.post("/mediateur/machine/{machine}/armer")
async def arm(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person has made the mill ready; each point has to be ticked."""
    if frozenset((await request.form()).getlist("check")) != CHECKS:
        return _trouble(kiosk, request, 422, _UNCHECKED, NOW)
    return await _order(kiosk, request, ArmMill(machine=machine), NOW)


@router.post("/mediateur/machine/{machine}/tracer")
async def trace(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person at the mill wants to see where its next object goes; twice is as good as once."""
    status = kiosk.feed.latest.status
    if status is not None and any(m.name == machine and m.traces is not None for m in status.machines):
        return RedirectResponse(NOW, 303)
    return await _order(kiosk, request, TraceOutline(machine=machine), NOW)


@router.post("/mediateur/machine/{machine}/rearmer")
async def rearm(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """A person has looked at a stopped machine: connect it again."""
    patient = replace(kiosk, control=ControlClient(kiosk.config.paths.control_socket, CONNECT_S))
    return await _order(patient, request, RearmMachine(machine=machine), NOW)


@router.post("/mediateur/halte/ouvrir")
async def open_halt(request: Request, kiosk: KioskHere) -> Response:
    """Open a halt; a form sent twice opens one."""
    typed = {name: str(value) for name, value in (await request.form()).items()}
    try:
        form = HaltForm.model_validate(typed)
    except ValidationError as error:
        wrong = frozenset(str(problem["loc"][0]) for problem in error.errors())
    else:
        wrong = _out_of_bounds(kiosk, form)
    if wrong:
        return kiosk.pages.page(request, "mediator/halt.html", 422, halt_context(kiosk, wrong, typed))
    status = kiosk.feed.latest.status
    if status is not None and status.halt is not None and _same(status.halt, form):
        return RedirectResponse(NOW, 303)
    return await _order(kiosk, request, OpenHalt(**form.model_dump()), NOW)


@router.post("/mediateur/halte/fermer")
async def close_halt(request: Request, kiosk: KioskHere) -> Response:
    """Close the halt; nothing starts any more."""
    return await _order(kiosk, request, CloseHalt(), HALT)


def _out_of_bounds(kiosk: Kiosk, form: HaltForm) -> frozenset[str]:
    bounds = halt_bounds(kiosk.config)
    sane = {
        "minutes": form.minutes <= bounds.minutes_max,
        "reserve_wh": form.reserve_wh <= bounds.reserve_max_wh,
    }
    return frozenset(name for name, fits in sane.items() if not fits)


def _same(halt: HaltView, form: HaltForm) -> bool:
    """Whether the open halt was made from this very form less than a minute ago."""
    named = (halt.place, halt.host_city, halt.reserve_wh) == (form.place, form.host_city, form.reserve_wh)
    return named and abs(halt.left_s - form.minutes * 60) < 60


async def _order(kiosk: Kiosk, request: Request, command: Command, back: str) -> Response:
    """Have a command carried out; what went wrong is said on a page that keeps the stop button in reach."""
    try:
        await kiosk.order(command)
    except DaemonUnreachableError as error:
        return _trouble(kiosk, request, 503, error.sentence, back)
    except JobError as error:
        return _trouble(kiosk, request, 409, error.sentence, back)
    return RedirectResponse(back, 303)


def _trouble(kiosk: Kiosk, request: Request, status: int, sentence: Sentence, back: str) -> Response:
    context = {"tab": "", "sentence": sentence, "back": back}
    return kiosk.pages.page(request, "mediator/trouble.html", status, context)
