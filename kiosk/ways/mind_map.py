"""*Ma carte mentale*: ideas round a word become a plate."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import Field

from drivers.types import DeviceKind
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import DesignKind
from kiosk.context import KioskHere
from kiosk.models import FormModel
from kiosk.participant.drafts import new_key, prepare
from kiosk.participant.outline import LONGEST, mind_map_of
from kiosk.participant.sketches import made_here
from kiosk.ways.way import Way
from onboard.control.messages import MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/carte-mentale",
    "mindmap",
    Sentence("Ma carte mentale", "My mind map"),
    Sentence("Tes idées autour d'un mot, sur une plaque", "Your ideas around a word, on a plate"),
    router,
)


class Size(StrEnum):
    """The name of a plate in forms."""

    SMALL = "petite"
    MEDIUM = "moyenne"
    LARGE = "grande"
    WOOD = "bois"


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate to choose, with what its picture needs to know: its margin and how tall capitals may be.

    A test compares it with the design, which this process does not load.
    """

    size: Size
    machine: DeviceKind
    label: Sentence
    width_mm: float
    height_mm: float
    least_mm: float
    margin_mm: float = 5.0
    largest_mm: float = 10.0


PLATES: Final = {  # the quickest and the thriftiest first
    plate.size: plate
    for plate in (
        Plate(Size.WOOD, DeviceKind.MILL, Sentence("en bois", "wooden"), 225.0, 150.0, 5.5),
        Plate(
            Size.SMALL,
            DeviceKind.PRINTER,
            Sentence("petite, en plastique", "small, plastic"),
            90.0,
            60.0,
            3.2,
        ),
        Plate(Size.MEDIUM, DeviceKind.PRINTER, Sentence("moyenne", "medium"), 126.0, 84.0, 3.2),
        Plate(Size.LARGE, DeviceKind.PRINTER, Sentence("grande", "large"), 180.0, 120.0, 3.2),
    )
}
NO_WORDS: Final = Sentence("Écris d'abord un mot au milieu.", "Write a word in the middle first.")


class MindMapForm(FormModel):
    """The map as indented lines, and the plate it stands on."""

    lines: Annotated[str, Field(max_length=LONGEST)]
    plate: Size = Size.SMALL


@router.get("/carte-mentale")
async def map_page(request: Request, kiosk: KioskHere) -> Response:
    """The editor, or a field for indented lines when there is no script."""
    plates = [plate for plate in PLATES.values() if made_here(kiosk.config, plate.machine)]
    context = {"key": new_key(), "longest": LONGEST, "plates": plates}
    return kiosk.pages.page(request, "mind_map.html", context=context)


@router.post("/carte-mentale")
async def make_plate(form: Annotated[MindMapForm, Form()], kiosk: KioskHere) -> Response:
    """Put the map into the spool, as if it had been brought, and have its plate prepared."""
    mind_map = mind_map_of(form.lines)
    if mind_map is None:
        raise DesignRefusedError("no-mind-map", NO_WORDS)
    plate = PLATES[form.plate]
    upload = await kiosk.spool.keep(mind_map)
    try:
        command = MakeDraft(
            key=form.key,
            design=DesignKind.MIND_MAP,
            device=plate.machine,
            source=upload.source,
            parameters={"width_mm": plate.width_mm, "height_mm": plate.height_mm},
        )
        return await prepare(kiosk, command, back="/carte-mentale")
    finally:
        if not kiosk.queue.refers_to(upload.source):  # refused, or the same form sent twice
            kiosk.spool.discard(upload)
