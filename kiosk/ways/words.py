"""*Écrire mon prénom*: a word becomes a name tag."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.types import Design, DesignKind
from kiosk.context import KioskHere
from kiosk.participant.modelling import make, model_page
from kiosk.ways.way import Way

router = APIRouter()

WAY: Final = Way(
    "/prenom",
    "tag",
    Sentence("Écrire mon prénom", "Write my first name"),
    Sentence("Une étiquette à accrocher à ton sac", "A tag to hang on your bag"),
    router,
)
TAG_MM: Final = 70.0
LETTER_MM: Final = 6.5
"""Sixteen letters need 80 mm in small letters and 104 mm in capitals, measured with the tag's own font."""
_WIDTH: Final = "width_mm"


@router.get(WAY.address)
async def tag_page(request: Request, kiosk: KioskHere) -> Response:
    """Ask for the word of a name tag."""
    return model_page(request, kiosk, DesignKind.NAME_TAG, WAY.address)


@router.post(WAY.address)
async def make_tag(request: Request, kiosk: KioskHere) -> Response:
    """Have a name tag prepared."""
    return await make(request, kiosk, DesignKind.NAME_TAG, WAY.address, legible)


def legible(design: Design) -> Design:
    """A printed tag wide enough for its word: a child cannot know how wide that is."""
    if design.device is not DeviceKind.PRINTER:
        return design
    asked = design.parameters.get(_WIDTH, TAG_MM)
    least_mm = LETTER_MM * len(str(design.parameters.get("text", "")))
    width_mm = max(float(asked), least_mm)
    return replace(design, parameters={**design.parameters, _WIDTH: width_mm})
