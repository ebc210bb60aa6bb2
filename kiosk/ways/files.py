"""*Apporter mon fichier*: a file from the tablet becomes an object."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from jobs.errors import Sentence
from kiosk.context import KioskHere
from kiosk.drafts import new_key, prepare
from kiosk.models import FileForm, brought
from kiosk.way import Way
from onboard.control.messages import MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/fichier",
    "file",
    Sentence("Apporter mon fichier", "Bring my file"),
    Sentence("Un modèle 3D ou un dessin à découper", "A 3D model or a drawing to cut out"),
    router,
)


@router.get("/fichier")
async def file_page(request: Request, kiosk: KioskHere) -> Response:
    """Ask for a file."""
    return kiosk.pages.page(
        request, "file.html", context={"key": new_key(), "limit_mb": kiosk.spool.file_limit_mb}
    )


@router.post("/fichier")
async def take_file(request: Request, kiosk: KioskHere) -> Response:
    """Keep an uploaded file and have it prepared."""
    upload = await kiosk.spool.receive(request)
    try:
        kind, device = brought(upload.suffix)
        form = FileForm.model_validate(upload.fields)
        return await prepare(kiosk, MakeDraft(key=form.key, design=kind, device=device, source=upload.source))
    finally:
        if not kiosk.queue.refers_to(upload.source):  # refused, or the same form sent twice
            kiosk.spool.discard(upload)
