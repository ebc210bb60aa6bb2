"""*Écrire mon prénom*: a word becomes a name tag."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.types import DesignKind
from kiosk.context import KioskHere
from kiosk.drafts import new_key, prepare
from kiosk.models import LONGEST_TEXT, TagForm
from kiosk.way import Way
from onboard.control.messages import MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/prenom",
    "tag",
    Sentence("Écrire mon prénom", "Write my first name"),
    Sentence("Une étiquette à accrocher à ton sac", "A tag to hang on your bag"),
    router,
)


@router.get("/prenom")
async def tag_page(request: Request, kiosk: KioskHere) -> Response:
    """Ask for the word of a name tag."""
    return kiosk.pages.page(request, "tag.html", context={"key": new_key(), "longest": LONGEST_TEXT})


@router.post("/prenom")
async def make_tag(form: Annotated[TagForm, Form()], kiosk: KioskHere) -> Response:
    """Have a name tag prepared."""
    return await prepare(
        kiosk,
        MakeDraft(
            key=form.key,
            design=DesignKind.NAME_TAG,
            device=DeviceKind.PRINTER,
            parameters={"text": form.text, "width_mm": form.width_mm},
        ),
    )
