"""The mediator's history: objects that are over, what they came to, and making one again."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import Sentence
from jobs.store.again import OVER
from jobs.store.tickets import spoken
from jobs.types import DesignKind, Halt, Job, JobState
from kiosk.access.login import only_mediators
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.mediator.orders import QUEUE, order
from kiosk.mediator.report import day
from kiosk.mediator.report_words import CODES, KINDS, REASONS, said_of
from onboard.control.messages import ApproveJob, JudgeJob, Reason, RepeatJob

router = APIRouter(dependencies=[Depends(only_mediators)])

HISTORY: Final = "/mediateur/historique"
SHOWN: Final = 60
BROKEN: Final = frozenset({JobState.FAILED, JobState.INTERRUPTED})
ENDED: Final = OVER | BROKEN
VERDICTS: Final[dict[str, Sentence]] = {
    "good": Sentence("Réussi", "Good"),
    "bad": Sentence("Raté", "Failed"),
    "cancelled": Sentence("Annulé", "Cancelled"),
    "refused": Sentence("Refusé", "Refused"),
}

Word = Annotated[str, Query(max_length=40)]
RepeatKey = Annotated[str, Form(pattern=r"^[0-9a-f]{16,64}$")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty words leave everything in."""

    ticket: str = ""
    kind: str = ""
    verdict: str = ""
    machine: str = ""
    halt: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One object that is over; `verdict` is the mediator's word, else the machine's."""

    job: Job
    kind: Sentence
    verdict: str
    words: Sentence
    reason: Sentence | None
    halt: Halt | None
    when: str


@router.get(HISTORY)
async def list_page(
    request: Request,
    kiosk: KioskHere,
    ticket: Word = "",
    kind: Word = "",
    verdict: Word = "",
    machine: Word = "",
    halt: Word = "",
) -> Response:
    """Search and narrow down; the newest first."""
    wanted = Wanted(ticket, kind, verdict, machine, halt)
    every = _pasts(kiosk, [job for job in kiosk.queue.jobs(*ENDED) if job.participant])
    found = [past for past in every if _fits(past, wanted)]
    context = {
        "tab": "report",
        "wanted": wanted,
        "found": found[:SHOWN],
        "count": len(found),
        "kinds": KINDS,
        "verdicts": VERDICTS,
        "machines": sorted({past.job.machine for past in every if past.job.machine}),
        "halts": [(one, day(one.opened_s)) for one in kiosk.queue.accounts.halts()],
    }
    return kiosk.pages.page(request, "mediator/history.html", context=context)


@router.get(HISTORY + "/{job_id}")
async def job_page(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """One object: what it came to, a verdict, and making it again."""
    job = kiosk.queue.job(job_id)
    (past,) = _pasts(kiosk, [job])
    context = {
        "tab": "report",
        "past": past,
        "may_judge": job.started_s is not None and job.state in ENDED,
        "may_call_good": job.state is JobState.DONE,
        "may_repeat": job.prepared is not None and job.state in ENDED,
        "reasons": REASONS,
        "key": secrets.token_hex(8),
    }
    return kiosk.pages.page(request, "mediator/past.html", context=context)


@router.post(HISTORY + "/{job_id}/verdict")
async def judge(
    request: Request, job_id: JobId, kiosk: KioskHere, verdict: Annotated[Literal["good"] | Reason, Form()]
) -> Response:
    """Say how an object came out: "good", or the reason why it did not."""
    if isinstance(verdict, Reason):
        command = JudgeJob(job=job_id, good=False, reason=verdict)
    else:
        command = JudgeJob(job=job_id, good=True)
    return await order(kiosk, request, command, f"{HISTORY}/{job_id}")


@router.post(HISTORY + "/{job_id}/refaire")
async def again(request: Request, job_id: JobId, kiosk: KioskHere, key: RepeatKey) -> Response:
    """Order an object again; the same form twice is one order."""
    state = kiosk.queue.job(job_id).state
    if state in OVER:
        return await order(kiosk, request, RepeatJob(job=job_id, key=key), QUEUE)
    if state in BROKEN:
        return await order(kiosk, request, ApproveJob(job=job_id), QUEUE)
    return RedirectResponse(QUEUE, 303)


def _pasts(kiosk: Kiosk, jobs: list[Job]) -> list[Past]:
    accounts = kiosk.queue.accounts
    halts = {halt.id: halt for halt in accounts.halts()}
    at = accounts.last_halts()
    pasts = [_past(kiosk, job, halts.get(at.get(job.id, ""))) for job in jobs]
    return sorted(pasts, key=lambda past: -(past.job.ended_s or past.job.changed_s))


def _past(kiosk: Kiosk, job: Job, halt: Halt | None) -> Past:
    told = kiosk.queue.accounts.verdict(job.id)
    verdict = job.state.value if job.state in {JobState.REFUSED, JobState.CANCELLED} else "bad"
    if job.state is JobState.DONE and (told is None or told.good):
        verdict = "good"
    reason = said_of(CODES, told.reason) if told is not None and told.reason else None
    return Past(
        job, KINDS[DesignKind(job.design.kind)], verdict, VERDICTS[verdict], reason, halt,
        day(job.ended_s or job.changed_s),
    )  # fmt: skip


def _fits(past: Past, wanted: Wanted) -> bool:
    """Whether an object is among those that are looked for."""
    asked = (
        (wanted.kind, past.job.design.kind.value),
        (wanted.verdict, past.verdict),
        (wanted.machine, past.job.machine or ""),
        (wanted.halt, past.halt.id if past.halt else ""),
    )
    words = spoken(wanted.ticket)
    found = words in spoken(past.job.ticket or "") if words else True
    return found and all(not word or word == value for word, value in asked)
