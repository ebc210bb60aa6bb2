"""*Dessiner*: what a finger, a mouse or the keys have drawn becomes an object."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from jobs.errors import DesignRefusedError, Sentence
from kiosk.context import KioskHere
from kiosk.participant.drafts import new_key, prepare
from kiosk.participant.sketches import THINGS, SketchForm, Slug, made_here
from kiosk.ways.way import Way
from onboard.control.messages import MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/dessiner",
    "draw",
    Sentence("Dessiner", "Draw"),
    Sentence("Avec le doigt : un porte-clés, un tampon…", "With your finger: a key ring, a stamp…"),
    router,
)
STAMPS: Final = ("star", "heart", "cat", "flower", "fish", "butterfly", "rocket", "sun", "smile")
"""The pictures `stamp-*.svg`; the page's script takes their paths as lines."""


@router.get("/dessiner")
async def choose_page(request: Request, kiosk: KioskHere) -> Response:
    """Ask what the drawing is to become; without script this works, too."""
    things = [thing for thing in THINGS.values() if made_here(kiosk.config, thing.device)]
    return kiosk.pages.page(request, "draw_choice.html", context={"things": things})


@router.get("/dessiner/{slug}")
async def draw_page(request: Request, slug: Slug, kiosk: KioskHere) -> Response:
    """The sheet and the tools, or a field for a drawing made elsewhere when there is no script."""
    context = {"key": new_key(), "thing": THINGS[slug], "stamps": STAMPS}
    return kiosk.pages.page(request, "draw.html", context=context)


@router.post("/dessiner")
async def take_drawing(request: Request, kiosk: KioskHere) -> Response:
    """Keep a drawing as any file that comes from outside, and have it prepared."""
    upload = await kiosk.spool.receive(request)
    try:
        if upload.suffix != ".svg":
            raise DesignRefusedError("unknown-file", NOT_A_DRAWING)
        form = SketchForm.model_validate(upload.fields)
        thing = THINGS[form.thing]
        command = MakeDraft(
            key=form.key,
            design=thing.design,
            device=thing.device,
            source=upload.source,
            parameters=form.parameters(),
        )
        return await prepare(kiosk, command, back=f"/dessiner/{form.thing}")
    finally:
        if not kiosk.queue.refers_to(upload.source):  # refused, or the same form sent twice
            kiosk.spool.discard(upload)


NOT_A_DRAWING: Final = Sentence("Il me faut un dessin : un fichier SVG.", "I need a drawing: an SVG file.")
