"""The mediator's Bilan tab: what a halt or the term came to, as page, table and paper."""

import asyncio
import datetime as dt
import time
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from jobs.errors import Sentence, UnknownJobError
from jobs.report import Report, report
from jobs.types import Halt
from kiosk.access.login import only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.i18n import language_of, said
from kiosk.mediator.report_lines import Section, sections
from kiosk.mediator.report_paper import paper, report_table

router = APIRouter(dependencies=[Depends(only_mediators)])

REPORT: Final = "/mediateur/bilan"
TERM: Final = "periode"
HALTS_SHOWN: Final = 40
NO_HALT: Final = Sentence(
    "Cette halte n'existe pas ou a été effacée.", "There is no such halt, or it was erased."
)
_THE_TERM: Final = Sentence("Toute la période", "The whole term")

HaltId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Scope = Annotated[str, Path(pattern=r"^([0-9a-f]{32}|periode)$")]


@dataclass(frozen=True, slots=True)
class Told:
    """A report with its name: of a halt, or of the term."""

    scope: str
    title: str
    when: str
    report: Report
    sections: tuple[Section, ...]
    is_open: bool


@router.get(REPORT)
async def newest_page(request: Request, kiosk: KioskHere) -> Response:
    """The report of the halt that is open, else of the last one."""
    halts = kiosk.queue.accounts.halts()
    return _page(request, kiosk, halts[0].id if halts else TERM)


@router.get(REPORT + "/{scope}")
async def page(request: Request, scope: Scope, kiosk: KioskHere) -> Response:
    """The report of a halt or of the term."""
    return _page(request, kiosk, scope)


@router.get(REPORT + "/{scope}/bilan.csv")
async def as_table(request: Request, scope: Scope, kiosk: KioskHere) -> Response:
    """The same for a spreadsheet."""
    language = language_of(request)
    told = told_of(kiosk, scope, language)
    data = report_table(f"{told.title}, {told.when}", told.sections, language)
    return attachment(data, "text/csv; charset=utf-8", _file(told, "csv"))


@router.get(REPORT + "/{scope}/bilan.pdf")
async def as_paper(request: Request, scope: Scope, kiosk: KioskHere) -> Response:
    """The same to print and to send; made beside the loop, for it takes a moment."""
    language = language_of(request)
    told = told_of(kiosk, scope, language)
    made = dt.datetime.now().astimezone()
    data = await asyncio.to_thread(paper, f"{told.title}, {told.when}", made, told.sections, language)
    return attachment(data, "application/pdf", _file(told, "pdf"))


def attachment(data: bytes, kind: str, name: str) -> Response:
    """A file to keep; its name is ours."""
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def told_of(kiosk: Kiosk, scope: str, language: str) -> Told:
    """Count what a halt or the term came to.

    Raises:
        UnknownJobError: there is no such halt.
    """
    accounts = kiosk.queue.accounts
    halts = accounts.halts_of_term() if scope == TERM else [halt_of(kiosk, scope)]
    made = report(accounts.records(halts), time.time())
    title = said(_THE_TERM, language) if scope == TERM else f"{halts[0].place}, {halts[0].host_city}"
    is_open = any(halt.closed_s is None for halt in halts)
    return Told(scope, title, _when(halts), made, sections(made), is_open)


def halt_of(kiosk: Kiosk, halt_id: str) -> Halt:
    """One halt.

    Raises:
        UnknownJobError: there is none.
    """
    found = next((halt for halt in kiosk.queue.accounts.halts() if halt.id == halt_id), None)
    if found is None:
        raise UnknownJobError("no-halt", NO_HALT)
    return found


def day(at_s: float) -> str:
    """A date as people write it."""
    return f"{dt.datetime.fromtimestamp(at_s).astimezone():%d/%m/%Y}"


def _page(request: Request, kiosk: Kiosk, scope: str) -> Response:
    language = language_of(request)
    halts = [(halt, day(halt.opened_s)) for halt in kiosk.queue.accounts.halts()]
    told = told_of(kiosk, scope, language)
    context = {"tab": "report", "told": told, "halts": halts[:HALTS_SHOWN], "term": TERM}
    return kiosk.pages.page(request, "mediator/report.html", context=context)


def _when(halts: list[Halt]) -> str:
    days = dict.fromkeys(day(halt.opened_s) for halt in sorted(halts, key=lambda halt: halt.opened_s))
    return " – ".join(dict.fromkeys([next(iter(days)), list(days)[-1]])) if days else "–"


def _file(told: Told, ending: str) -> str:
    first = min((halt.opened_s for halt in told.report.halts), default=0.0)
    return f"dipbike-bilan-{dt.datetime.fromtimestamp(first).astimezone():%Y-%m-%d}.{ending}"
