"""*Apporter mon fichier*: a file from the tablet, or from a phone that has scanned the page's code."""

import asyncio
import functools
import time
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from jobs.errors import Sentence, StoreError
from jobs.types import Job
from kiosk import codes
from kiosk.context import Kiosk, KioskHere
from kiosk.live import live
from kiosk.models import FileForm, brought
from kiosk.pages import Context
from kiosk.participant.drafts import new_key, prepare, see
from kiosk.participant.views import qr
from kiosk.ways.way import Way
from onboard.control.messages import Key, MakeDraft

router = APIRouter()

WAY: Final = Way(
    "/fichier",
    "file",
    Sentence("Apporter mon fichier", "Bring my file"),
    Sentence("Un modèle 3D ou un dessin à découper", "A 3D model or a drawing to cut out"),
    router,
)
_drawn = functools.lru_cache(64)(qr)  # a page's code is drawn again and again in its stream
Code = Annotated[str, Path(pattern=codes.PATTERN)]


@router.get("/fichier")
async def file_page(request: Request, kiosk: KioskHere) -> Response:
    """Ask for a file."""
    return await _ask(request, kiosk, codes.new_code(time.monotonic()))


@router.get("/fichier/{code}")
async def file_page_again(request: Request, code: Code, kiosk: KioskHere) -> Response:
    """The same page once more, for tablets without script: it goes on when the phone has sent its file."""
    job = _sent_by_phone(kiosk, code)
    return see(f"/verifier/{job.id}") if job is not None else await _ask(request, kiosk, code)


@router.get("/flux/fichier/{code}")
async def file_stream(request: Request, code: Code, kiosk: KioskHere) -> StreamingResponse:
    """Whether the phone has sent its file."""
    return live(kiosk, request, lambda _moment: _phone(request, kiosk, code), "phone")


@router.post("/fichier")
async def take_file(request: Request, kiosk: KioskHere) -> Response:
    """Keep an uploaded file and have it prepared."""
    return await _take(request, kiosk, None)


@router.get("/telephone/{code}")
async def phone_page(request: Request, code: Code, kiosk: KioskHere) -> Response:
    """On a phone: ask for a file for the tablet, or say that it has arrived."""
    context = {"code": code, "job": _sent_by_phone(kiosk, code), "fresh": _fresh(code)}
    return kiosk.pages.page(request, "phone.html", context={**context, "limit_mb": kiosk.spool.file_limit_mb})


@router.post("/telephone/{code}")
async def take_from_phone(request: Request, code: Code, kiosk: KioskHere) -> Response:
    """Keep a phone's file for the tablet whose code it scanned; a second one changes nothing."""
    if _fresh(code) and _sent_by_phone(kiosk, code) is None:
        await _take(request, kiosk, codes.key_of(code))
    return see(f"/telephone/{code}")


async def _ask(request: Request, kiosk: Kiosk, code: str) -> Response:
    await asyncio.to_thread(_drawn, _address(request, kiosk, code))  # takes too long for the loop
    context = {**_phone(request, kiosk, code), "key": new_key(), "limit_mb": kiosk.spool.file_limit_mb}
    return kiosk.pages.page(request, "file.html", context=context)


def _phone(request: Request, kiosk: Kiosk, code: str) -> Context:
    """What the code on the tablet's page looks like, or what came of it."""
    address = _address(request, kiosk, code)
    job = _sent_by_phone(kiosk, code)
    return {"code": code, "qr": _drawn(address), "job": job, "fresh": _fresh(code)}


def _address(request: Request, kiosk: Kiosk, code: str) -> str:
    here = kiosk.config.kiosk.public_url or str(request.base_url)
    return f"{here.rstrip('/')}/telephone/{code}"


def _fresh(code: str) -> bool:
    return codes.is_fresh(code, time.monotonic())


def _sent_by_phone(kiosk: Kiosk, code: str) -> Job | None:
    try:
        return kiosk.queue.made_with(codes.key_of(code))
    except StoreError:
        return None  # no queue yet, so nothing was sent


async def _take(request: Request, kiosk: Kiosk, key: Key | None) -> Response:
    """Keep the file of a form and have it prepared under `key`, or under the form's own."""
    upload = await kiosk.spool.receive(request)
    try:
        kind, device = brought(upload.suffix)
        key = key or FileForm.model_validate(upload.fields).key
        return await prepare(kiosk, MakeDraft(key=key, design=kind, device=device, source=upload.source))
    finally:
        if not kiosk.queue.refers_to(upload.source):  # refused, or the same form sent twice
            kiosk.spool.discard(upload)
