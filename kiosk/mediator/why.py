"""The mediator's "Pourquoi ?": what the bike knew and told when a job had to wait, tomorrow too."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from jobs.errors import JobError, Sentence, UnknownJobError
from jobs.planner.why import Known, known_by
from jobs.store.rows import KeptPlan
from jobs.types import Job, JobState
from kiosk.access.login import only_mediators
from kiosk.context import JobId, Kiosk, KioskHere
from onboard.history import Moment, in_force

router = APIRouter(dependencies=[Depends(only_mediators)])

PLANS_SHOWN: Final = 30
JOBS_SHOWN: Final = 60
_UNREADABLE: Final = Sentence("Ce plan ne peut plus être lu.", "This plan can no longer be read.")
_NO_PLAN: Final = Sentence("Ce plan n'est plus gardé.", "This plan is no longer kept.")


@dataclass(frozen=True, slots=True)
class Line:
    """One moment of a job's story with its time on the wall; `before` are the tickets that went first."""

    when: dt.datetime
    moment: Moment
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One kept plan: its address (milliseconds), its time, what it knew, how many it started and held."""

    address: int
    when: dt.datetime
    known: Known
    starts: tuple[dict[str, object], ...]
    held: tuple[dict[str, object], ...]


@router.get("/mediateur/pourquoi")
async def why_page(
    request: Request, kiosk: KioskHere, ticket: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Choose a job or a plan; a ticket that was typed leads to its story."""
    if ticket.strip():
        return RedirectResponse(f"/mediateur/pourquoi/{kiosk.queue.by_ticket(ticket).id}", 303)
    jobs = sorted((job for job in kiosk.queue.jobs(*JobState) if job.ticket), key=lambda job: -job.changed_s)
    context = {"tab": "energy", "jobs": jobs[:JOBS_SHOWN], "plans": _plans(kiosk, PLANS_SHOWN)}
    return kiosk.pages.page(request, "mediator/why.html", context=context)


@router.get("/mediateur/pourquoi/{job_id}")
async def job_page(
    request: Request, job_id: JobId, kiosk: KioskHere, a: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """The story of a job, or what was in force at one time of day."""
    job = kiosk.queue.job(job_id)
    try:
        story = kiosk.queue.history(job)
    except ValueError as error:
        raise JobError("unreadable-plan", _UNREADABLE) from error
    shown = in_force(story, _instant(a, story).timestamp()) if a else story
    tickets = {each.id: each.ticket for each in kiosk.queue.jobs(*JobState)}
    lines = [_line(moment, tickets) for moment in shown]
    context = {"tab": "energy", "job": job, "lines": lines, "at": a}
    return kiosk.pages.page(request, "mediator/why_job.html", context=context)


@router.get("/mediateur/plan/{address}")
async def plan_page(request: Request, address: int, kiosk: KioskHere) -> Response:
    """One kept plan, whole."""
    plan = next((each for each in _plans(kiosk, None) if each.address == address), None)
    if plan is None:
        raise UnknownJobError("no-plan", _NO_PLAN)
    jobs: dict[str, Job] = {job.id: job for job in kiosk.queue.jobs(*JobState)}
    context = {"tab": "energy", "plan": plan, "jobs": jobs}
    return kiosk.pages.page(request, "mediator/why_plan.html", context=context)


def _plans(kiosk: Kiosk, count: int | None) -> list[PlanLine]:
    """The kept plans that can be read, newest first."""
    return [_plan(each) for each in kiosk.queue.kept_plans(count)]


def _plan(kept: KeptPlan) -> PlanLine:
    try:
        told, known = json.loads(kept.plan), known_by(kept.instance)
        starts, held = tuple(told["starts"]), tuple(told["held"])
    except (ValueError, KeyError, TypeError) as error:
        raise JobError("unreadable-plan", _UNREADABLE) from error
    return PlanLine(address_of(kept.at_s), _local(kept.at_s), known, starts, held)


def address_of(at_s: float) -> int:
    """A plan by its time: two plans are never made within a millisecond."""
    return round(at_s * 1000)


def _line(moment: Moment, tickets: dict[str, str | None]) -> Line:
    before = moment.why.before if moment.why else ()
    names = (tickets.get(job) for job in before)
    return Line(_local(moment.at_s), moment, tuple(name for name in names if name))


def _instant(typed: str, story: list[Moment]) -> dt.datetime:
    """A time of day on the day of the story's last line.

    Raises:
        JobError: that is no time.
    """
    day = _local(story[-1].at_s) if story else dt.datetime.now().astimezone()
    try:
        return dt.datetime.combine(day.date(), dt.time.fromisoformat(typed), day.tzinfo)
    except ValueError as error:
        sentence = Sentence("Écrivez l'heure comme 15:10.", "Write the time like 15:10.")
        raise JobError("no-time", sentence) from error


def _local(at_s: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_s).astimezone()
