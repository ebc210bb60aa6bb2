"""*Vérifier*: what will be made, what it costs, and everything that can still be changed."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from jobs.types import DesignKind, Job, JobState
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.live import live
from kiosk.models import wished
from kiosk.pages import Context
from kiosk.participant import views
from kiosk.participant.drafts import made_at, see
from kiosk.participant.holding import forget, held
from kiosk.participant.revising import DRAFTS, forget_before, newest, revise
from onboard.control.messages import DiscardJob, SendJob

router = APIRouter()


@router.get("/verifier/{job_id}")
async def check_page(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Show what will be made and what it costs."""
    job = newest(kiosk.queue, job_id)
    if job.state not in DRAFTS:
        return see(f"/ticket/{job.id}")
    if job.id != job_id:
        return see(f"/verifier/{job.id}")
    context = {"held": held(request), **_check(kiosk, job_id, kiosk.feed.latest)}
    return kiosk.pages.page(request, "check.html", context=context)


@router.get("/flux/verifier/{job_id}")
async def check_stream(request: Request, job_id: JobId, kiosk: KioskHere) -> StreamingResponse:
    """How far the preparation is, also of what replaced the draft meanwhile."""
    return live(kiosk, request, lambda moment: _check(kiosk, job_id, moment), "stage", "facts", "send")


@router.post("/changer/{job_id}")
async def change(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Prepare an object anew with other settings; the same wish twice is one change."""
    job = newest(kiosk.queue, job_id)
    if job.state in DRAFTS:
        fields = {name: str(value) for name, value in (await request.form()).items()}
        job = await revise(kiosk, job, wished(fields, job.design))
    return see(f"/verifier/{job.id}")


@router.post("/envoyer/{job_id}")
async def send(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Hand a checked object to the mediator; whoever comes next at a shared tablet is somebody else."""
    job = newest(kiosk.queue, job_id)
    if job.state is JobState.READY:
        await kiosk.order(SendJob(job=job.id, holder=held(request)))
        await forget_before(kiosk, job)
    return forget(see(f"/ticket/{job.id}"))


@router.post("/recommencer/{job_id}")
async def again(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """Throw a draft away and go back to where it came from; what was sent from another tab stays sent."""
    job = newest(kiosk.queue, job_id)
    if job.state not in DRAFTS:
        return see(f"/ticket/{job.id}")
    await forget_before(kiosk, job)
    await kiosk.order(DiscardJob(job=job.id))
    return see(made_at(request, kiosk) or _usual_way(job))


@router.get("/forme/{job_id}")
async def shape(job_id: JobId, kiosk: KioskHere) -> FileResponse:
    """Our own model of the object, for the 3D view."""
    return _file(kiosk, job_id, views.FileWanted.SHAPE)


@router.get("/image/{job_id}")
async def image(job_id: JobId, kiosk: KioskHere) -> FileResponse:
    """Our own picture of the object."""
    return _file(kiosk, job_id, views.FileWanted.PICTURE)


@router.get("/trajet/{job_id}")
async def paths(job_id: JobId, kiosk: KioskHere) -> FileResponse:
    """The way of the tool, layer by layer (docs/path-stream.md)."""
    return _file(kiosk, job_id, views.FileWanted.PATHS)


@router.get("/couches/{job_id}")
async def layers(job_id: JobId, kiosk: KioskHere) -> FileResponse:
    """The way of the tool as one picture, where a browser cannot draw it."""
    return _file(kiosk, job_id, views.FileWanted.LAYERS)


def _file(kiosk: Kiosk, job_id: str, wanted: views.FileWanted) -> FileResponse:
    return views.job_file(kiosk.config, kiosk.queue.job(job_id), wanted)


def _usual_way(job: Job) -> str:
    return "/prenom" if job.design.kind is DesignKind.NAME_TAG else "/fichier"


def _check(kiosk: Kiosk, job_id: str, moment: Moment) -> Context:
    job = newest(kiosk.queue, job_id)
    return {"job": job, "view": views.check_view(kiosk.config, kiosk.queue, job, moment)}
