"""*Ma carte mentale*: ideas round a word become a plate."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import Field

from drivers.types import DeviceKind
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import DesignKind
from kiosk.context import KioskHere
from kiosk.drafts import new_key, prepare
from kiosk.models import FormModel
from kiosk.outline import LONGEST, mind_map_of
from kiosk.way import Way
from onboard.control.messages import MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/carte-mentale",
    "mindmap",
    Sentence("Ma carte mentale", "My mind map"),
    Sentence("Tes idées autour d'un mot, sur une plaque", "Your ideas around a word, on a plate"),
    router,
)


@dataclass(frozen=True, slots=True)
class Plate:
    """What the picture of a plate needs to know: its size, its margin and how tall capitals may be.

    A test compares it with the design, which this process does not load.
    """

    machine: DeviceKind
    label: Sentence
    width_mm: float
    height_mm: float
    margin_mm: float
    largest_mm: float
    least_mm: float


PLATES: Final = (
    Plate(
        DeviceKind.PRINTER,
        Sentence("imprimée en plastique", "printed in plastic"),
        180.0,
        120.0,
        5.0,
        10.0,
        3.2,
    ),
    Plate(DeviceKind.MILL, Sentence("gravée dans le bois", "engraved in wood"), 260.0, 150.0, 5.0, 10.0, 5.5),
)
NO_WORDS: Final = Sentence("Écris d'abord un mot au milieu.", "Write a word in the middle first.")


class MindMapForm(FormModel):
    """The map as indented lines, and the machine that makes its plate."""

    lines: Annotated[str, Field(max_length=LONGEST)]
    machine: Literal[DeviceKind.PRINTER, DeviceKind.MILL] = DeviceKind.PRINTER


@router.get("/carte-mentale")
async def map_page(request: Request, kiosk: KioskHere) -> Response:
    """The editor, or a field for indented lines when there is no script."""
    context = {"key": new_key(), "longest": LONGEST, "plates": PLATES}
    return kiosk.pages.page(request, "mind_map.html", context=context)


@router.post("/carte-mentale")
async def make_plate(form: Annotated[MindMapForm, Form()], kiosk: KioskHere) -> Response:
    """Put the map into the spool, as if it had been brought, and have its plate prepared."""
    mind_map = mind_map_of(form.lines)
    if mind_map is None:
        raise DesignRefusedError("no-mind-map", NO_WORDS)
    upload = await kiosk.spool.keep(mind_map)
    try:
        command = MakeDraft(
            key=form.key, design=DesignKind.MIND_MAP, device=form.machine, source=upload.source
        )
        return await prepare(kiosk, command, back="/carte-mentale")
    finally:
        if not kiosk.queue.refers_to(upload.source):  # refused, or the same form sent twice
            kiosk.spool.discard(upload)
