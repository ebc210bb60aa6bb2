"""*Choisir un modèle*: the shapes that are made on the bike, each with a few sliders."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from drivers.types import DeviceKind
from jobs.designs.catalogue import SHAPES, Source
from jobs.errors import Sentence
from jobs.types import DesignKind
from kiosk.context import Kiosk, KioskHere
from kiosk.participant.modelling import make, model_page, possible, where_drawn
from kiosk.ways import words
from kiosk.ways.way import Way

router = APIRouter()

WAY: Final = Way(
    "/modeles",
    "models",
    Sentence("Choisir un modèle", "Choose a model"),
    Sentence("Une médaille, un tampon, un emporte-pièce…", "A medal, a stamp, a cookie cutter…"),
    router,
)
_FROM_SETTINGS: Final = frozenset({Source.NONE, Source.DRAWING_OR_NOT})


@dataclass(frozen=True, slots=True)
class Card:
    """One model: where it is made, and on which machines of this bike."""

    kind: DesignKind
    label: Sentence
    address: str
    devices: tuple[DeviceKind, ...]


@router.get(WAY.address)
async def models_page(request: Request, kiosk: KioskHere) -> Response:
    """Show every model that this bike can make."""
    return kiosk.pages.page(request, "models.html", context={"cards": cards(kiosk)})


@router.get(WAY.address + "/{kind}")
async def one_model(request: Request, kind: DesignKind, kiosk: KioskHere) -> Response:
    """Ask for the words and the sizes of one model."""
    return model_page(request, kiosk, _made_here(kind), f"{WAY.address}/{kind}")


@router.post(WAY.address + "/{kind}")
async def make_model(request: Request, kind: DesignKind, kiosk: KioskHere) -> Response:
    """Have a model prepared."""
    return await make(request, kiosk, _made_here(kind), f"{WAY.address}/{kind}")


def cards(kiosk: Kiosk) -> list[Card]:
    """The catalogue in its order, without what nobody here can make."""
    found = [_card(kiosk, kind) for kind in SHAPES]
    return [card for card in found if card is not None]


def _card(kiosk: Kiosk, kind: DesignKind) -> Card | None:
    devices, address = possible(kind, kiosk.config), _address(kiosk, kind)
    if not devices or address is None:
        return None
    return Card(kind, SHAPES[kind].label, address, devices)


def _address(kiosk: Kiosk, kind: DesignKind) -> str | None:
    """Where a shape is made: a tag where words are written, a drawing where one draws."""
    if kind is DesignKind.NAME_TAG:
        return words.WAY.address
    return f"{WAY.address}/{kind}" if SHAPES[kind].source in _FROM_SETTINGS else where_drawn(kind, kiosk)


def _made_here(kind: DesignKind) -> DesignKind:
    """A shape that can be made out of settings alone; the others have ways of their own."""
    if kind not in SHAPES or SHAPES[kind].source not in _FROM_SETTINGS:
        raise HTTPException(404)
    return kind
