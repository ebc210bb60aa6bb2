"""The audit journal, and a halt's data: taken along as one file, then forgotten."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from jobs.errors import Sentence
from jobs.report import Records
from jobs.store.accounts import Act
from jobs.types import Halt
from kiosk.access.login import DoorHere, only_mediators
from kiosk.access.records import COMMON
from kiosk.access.tokens import is_token
from kiosk.context import KioskHere
from kiosk.i18n import language_of
from kiosk.mediator.journal_words import HAPPENED, sentence_of
from kiosk.mediator.orders import order, trouble
from kiosk.mediator.report import REPORT, HaltId, attachment, day, halt_of, told_of
from kiosk.mediator.report_paper import report_table, table
from onboard.control.messages import EraseHalt

router = APIRouter(dependencies=[Depends(only_mediators)])

JOURNAL: Final = "/mediateur/journal"
ACTS_SHOWN: Final = 200
_NOT_TICKED: Final = Sentence(
    "Cochez d'abord la case : l'effacement ne se défait pas.", "Tick the box first: erasing cannot be undone."
)


@dataclass(frozen=True, slots=True)
class ActLine:
    """A line of the audit journal with its time on the wall, as a sentence, and the place of its halt.

    `happened` is for what nobody decided.
    """

    when: dt.datetime
    words: Sentence
    happened: bool
    place: str


@router.get(JOURNAL)
async def journal_page(
    request: Request, kiosk: KioskHere, door: DoorHere, halt: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """What was done on this bike and by whom, and what went wrong; no child's name."""
    accounts = kiosk.queue.accounts
    halts = {one.id: one for one in accounts.halts()}
    tickets = {job.id: job.ticket for job in kiosk.queue.jobs()}
    names = door.names()
    lines = [_line(act, tickets, halts, names) for act in accounts.acts(halt or None, ACTS_SHOWN)]
    context = {"tab": "report", "lines": lines, "wanted": halt,
               "halts": [(one, day(one.opened_s)) for one in halts.values()]}  # fmt: skip
    return kiosk.pages.page(request, "mediator/journal.html", context=context)


@router.get(REPORT + "/{halt_id}/donnees.zip")
async def data(request: Request, halt_id: HaltId, kiosk: KioskHere) -> Response:
    """A halt's data in one file: no ticket, no word of a child, no file."""
    halt, language = halt_of(kiosk, halt_id), language_of(request)
    told = told_of(kiosk, halt_id, language)
    accounts = kiosk.queue.accounts
    records, acts = accounts.records([halt]), list(reversed(accounts.acts(halt_id)))
    steps, gestures = list(_steps(records, halt)), list(_acts(acts, records))
    files = {
        "bilan.csv": report_table(f"{told.title}, {told.when}", told.sections, language),
        "etapes.csv": table(steps, language),
        "gestes.csv": table(gestures, language),
        "donnees.json": _json(halt, steps, gestures),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    opened = dt.datetime.fromtimestamp(halt.opened_s).astimezone()
    return attachment(packed.getvalue(), "application/zip", f"dipbike-halte-{opened:%Y-%m-%d}.zip")


@router.get(REPORT + "/{halt_id}/effacer")
async def ask(request: Request, halt_id: HaltId, kiosk: KioskHere) -> Response:
    """Say with numbers what will be forgotten."""
    halt = halt_of(kiosk, halt_id)
    extent = kiosk.queue.accounts.extent(halt_id)
    context = {"tab": "report", "halt": halt, "when": day(halt.opened_s), "extent": extent}
    return kiosk.pages.page(request, "mediator/erase_halt.html", context=context)


@router.post(REPORT + "/{halt_id}/effacer")
async def erase(
    request: Request,
    halt_id: HaltId,
    kiosk: KioskHere,
    objects: Annotated[int, Form(ge=0)],
    sure: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Forget a halt; its page has shown the number of objects, and a box was ticked."""
    if sure != "oui":
        return trouble(kiosk, request, 422, _NOT_TICKED, f"{REPORT}/{halt_id}/effacer")
    return await order(kiosk, request, EraseHalt(halt=halt_id, objects=objects), REPORT)


def _line(act: Act, tickets: dict[str, str | None], halts: dict[str, Halt], names: dict[str, str]) -> ActLine:
    when = dt.datetime.fromtimestamp(act.at_s).astimezone()
    place = halts[act.halt].place if act.halt in halts else ""
    who = _who(act.signed, names) if act.signed else None
    return ActLine(when, sentence_of(act, tickets.get(act.job or ""), who), act.act in HAPPENED, place)


def _who(signed: str, names: dict[str, str]) -> Sentence:
    """A mediator's pseudonym or a token's label; whoever was removed has none any more."""
    if signed == COMMON:
        return Sentence("quelqu'un avec le code commun", "somebody with the common PIN")
    if signed not in names:
        return Sentence("quelqu'un qui n'est plus dans la liste", "somebody who is no longer on the list")
    name = names[signed]
    return Sentence(f"la clé « {name} »", f"the token “{name}”") if is_token(signed) else Sentence(name, name)


def _steps(records: Records, halt: Halt) -> Iterator[Sequence[object]]:
    """The journal of a halt; objects are numbers that mean nothing elsewhere."""
    yield ("object", "kind", "machine_kind", "at", "from", "to", "note", "took_wh", "is_measured", "took_g",
           "judged_good", "reason")  # fmt: skip
    numbers = _numbers(records)
    for step in records.steps:
        if step.halt == halt.id:
            item = records.items[step.job]
            yield (
                *(numbers[step.job], item.kind.value, item.device.value, _utc(step.at_s)),
                *(step.from_state and step.from_state.value, step.to_state.value, step.note),
                *(step.took_wh, int(step.is_measured), step.took_g, step.judged_good, step.reason),
            )


def _acts(acts: Sequence[Act], records: Records) -> Iterator[Sequence[object]]:
    yield ("at", "act", "object", "machine", "detail")
    numbers = _numbers(records)
    for act in acts:
        yield _utc(act.at_s), act.act, numbers.get(act.job or ""), act.machine, act.detail


def _numbers(records: Records) -> dict[str, int]:
    return {job: number for number, job in enumerate(dict.fromkeys(step.job for step in records.steps), 1)}


def _json(halt: Halt, *tables: Sequence[Sequence[object]]) -> bytes:
    names = ("steps", "acts")
    told = {name: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
            for name, rows in zip(names, tables, strict=True)}  # fmt: skip
    place = {name: value for name, value in asdict(halt).items() if name != "id"}
    return json.dumps({"halt": place, **told}, ensure_ascii=False, indent=1).encode()


def _utc(at_s: float) -> str:
    return dt.datetime.fromtimestamp(at_s, dt.UTC).isoformat(timespec="seconds")
