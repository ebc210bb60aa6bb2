"""A page that asks for a shape of the catalogue, and what happens once it is answered."""

from collections.abc import Callable
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from drivers.types import DeviceKind
from jobs.designs.catalogue import SHAPES
from jobs.types import Design, DesignKind
from kiosk.context import Kiosk
from kiosk.models import DEVICE, key_of, wished
from kiosk.participant.drafts import new_key, prepare
from kiosk.participant.knobs import machines_for, panel_of
from kiosk.participant.views import carried
from onboard.config import Config
from onboard.control.messages import MakeDraft

DRAWN: Final = {
    DesignKind.KEY_RING: "/dessiner/porte-cles",
    DesignKind.STAMP: "/dessiner/tampon",
    DesignKind.COOKIE_CUTTER: "/dessiner/emporte-piece",
    DesignKind.MEDAL: "/dessiner/medaille",
    DesignKind.MIND_MAP: "/carte-mentale",
}
"""Where the shapes that can be drawn are drawn."""


def possible(kind: DesignKind, config: Config) -> tuple[DeviceKind, ...]:
    """The machines on this bike that can make a shape."""
    here = carried(config)
    return tuple(device for device in machines_for(kind) if device in here)


def where_drawn(kind: DesignKind, kiosk: Kiosk) -> str | None:
    """The page on which a shape is drawn, where there is such a way in."""
    page = DRAWN.get(kind)
    known = page is not None and any(page.startswith(way.address) for way in kiosk.ways)
    return page if known else None


def model_page(request: Request, kiosk: Kiosk, kind: DesignKind, address: str) -> Response:
    """Ask for the words and the sizes of a shape; `?device=` shows the settings of another machine."""
    devices = possible(kind, kiosk.config) or machines_for(kind)
    asked = request.query_params.get(DEVICE)
    device = next((each for each in devices if each == asked), devices[0])
    context = {
        "shape": SHAPES[kind],
        "address": address,
        "key": new_key(),
        "panel": panel_of(Design(kind, device), frozenset(devices)),
        "draw": where_drawn(kind, kiosk),
    }
    return kiosk.pages.page(request, "model.html", context=context)


def _as_wished(design: Design) -> Design:
    return design


async def make(
    request: Request,
    kiosk: Kiosk,
    kind: DesignKind,
    address: str,
    mend: Callable[[Design], Design] = _as_wished,
) -> Response:
    """Have a shape prepared as its page asks for it.

    Raises:
        DesignRefusedError: a field is unknown, or what stands in it cannot be read.
    """
    fields = {name: str(value) for name, value in (await request.form()).items()}
    key = key_of(fields)
    design = mend(wished(fields, Design(kind, machines_for(kind)[0])))
    command = MakeDraft(key=key, design=kind, device=design.device, parameters=design.parameters)
    return await prepare(kiosk, command, back=address)
