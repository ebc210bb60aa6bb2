"""A child who has a ticket already shows it once: what is sent next belongs to the same participant."""

from typing import Annotated, Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from jobs.errors import Sentence
from jobs.store.tickets import ANIMALS
from kiosk.context import JobId, KioskHere
from kiosk.pages import Context
from kiosk.participant.drafts import see

router = APIRouter()

HERE: Final = "/mon-ticket"
COOKIE: Final = "ticket"
KEPT_S: Final = 45 * 60
"""As long as a child takes to make something; tablets are shared, so sending forgets it sooner."""
LONGEST: Final = 64

_NOT_HERE: Final = Sentence(
    "Ce ticket n'est pas en service ici. Vérifie l'animal et le numéro, ou demande au médiateur.",
    "This ticket is not in use here. Check the animal and the number, or ask the mediator.",
)


def held(request: Request) -> str | None:
    """The ticket that whoever stands at this tablet has shown."""
    return unquote(request.cookies.get(COOKIE, ""))[:LONGEST] or None


def forget(response: Response) -> Response:
    """The next one at this tablet is somebody else."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.get(HERE)
async def ask(request: Request, kiosk: KioskHere) -> Response:
    """Ask for the animal and the number."""
    return kiosk.pages.page(request, "holding.html", context=_form())


@router.post(HERE)
async def show(
    request: Request,
    kiosk: KioskHere,
    animal: Annotated[str, Form(max_length=32)],
    number: Annotated[str, Form(max_length=9)],
) -> Response:
    """Go on as the holder of a ticket that is in use at this halt."""
    holder = kiosk.queue.holder(f"{animal} {number}")
    if holder is None or not holder.here:
        context = {**_form(animal, number), "sentence": _NOT_HERE}
        return kiosk.pages.page(request, "holding.html", 422, context)
    return _remember(holder.ticket)


@router.post(HERE + "/autre/{job_id}")
async def another(job_id: JobId, kiosk: KioskHere) -> Response:
    """Whoever looks at their ticket makes another object."""
    return _remember(kiosk.queue.job(job_id).participant)


@router.post(HERE + "/oublier")
async def somebody_else() -> Response:
    """Whoever stands here has no ticket."""
    return forget(see("/"))


def _remember(ticket: str) -> Response:
    answer = see("/")
    answer.set_cookie(COOKIE, quote(ticket), max_age=KEPT_S, httponly=True, samesite="strict")
    return answer


def _form(animal: str = "", number: str = "") -> Context:
    return {"animals": ANIMALS, "animal": animal, "number": number, "sentence": None}
