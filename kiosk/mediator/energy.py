"""The mediator's Énergie tab: the battery now, until the end of the halt, and what accepting means."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from drivers.panel.types import Hazard
from jobs.types import Job, JobState
from kiosk.access.login import DoorHere, only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator.chart import Chart, chart, clock
from kiosk.mediator.drawing import Regions, live_regions
from kiosk.mediator.now import common
from onboard.control.messages import AcceptanceView, OccupationView

router = APIRouter(dependencies=[Depends(only_mediators)])

REGIONS = ("charge", "past", "outlook", "acceptances", "panel")
PAST_STEP_S = 20
"""Between two readings of the past, as `onboard.energy.power` keeps them."""
ROW_STEPS = 9
"""A row of their table is three minutes."""
CONTACTS = (
    ("mushroom", frozenset({Hazard.MUSHROOM, Hazard.DISAGREE})),
    ("key", frozenset({Hazard.KEY})),
    ("parked", frozenset({Hazard.MOVING})),
    ("lid", frozenset({Hazard.LID})),
    ("relay", frozenset({Hazard.RELAY_OPEN, Hazard.WELDED})),
)
"""Contacts of the panel, and the hazards that each of them tells of."""


@dataclass(frozen=True, slots=True)
class Row:
    """A job of the drawing as a row of its table: when, for whom, where."""

    number: int
    ticket: str | None
    occupation: OccupationView
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of the panel: `is_well` is None while the panel does not answer."""

    name: str
    is_well: bool | None


@dataclass(frozen=True, slots=True)
class PastView:
    """Half an hour: what the drawings need, for their script; rows of minutes ago, charge, watts drawn."""

    charge: str
    power: str
    rows: tuple[tuple[int, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class EnergyView:
    """All that the tab shows; without a halt or a believed battery there is no chart."""

    chart: Chart | None
    rows: tuple[Row, ...]
    charges: tuple[tuple[str, float, float, float], ...]
    ends: str
    offers: tuple[tuple[Job, AcceptanceView], ...]
    contacts: tuple[Contact, ...] | None
    past: PastView | None = None


@router.get("/mediateur/energie")
async def energy_page(request: Request, kiosk: KioskHere) -> Response:
    """The battery, now and ahead."""
    context = {"tab": "energy", "view": energy_view(kiosk, kiosk.feed.latest, _now())}
    return kiosk.pages.page(request, "mediator/energy.html", context=context)


@router.get("/flux/mediateur/energie")
async def energy_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The same, live."""

    def look(moment: Moment) -> Regions:
        context = {"moment": moment, "view": energy_view(kiosk, moment, _now())}
        regions = common(request, door, moment)
        return {**regions, **{name: (f"energy-{name}", context) for name in REGIONS}}

    return live_regions(kiosk, request, look)


def energy_view(kiosk: Kiosk, moment: Moment, now: dt.datetime) -> EnergyView:
    """What the tab shows at a moment; times are those of the clock on the wall."""
    status = moment.status
    outlook = status.outlook if status is not None else None
    contacts = _contacts(moment)
    if status is None or outlook is None:
        return EnergyView(None, (), (), "", (), contacts, past_view(moment))
    jobs = {job.id: job for job in kiosk.queue.jobs(*JobState)}
    drawn = chart(outlook, [machine.name for machine in status.machines], now)

    def at(minute: float) -> str:
        return clock(now + dt.timedelta(minutes=minute))

    rows = tuple(
        Row(bar.number, _ticket(jobs, bar.occupation.job), bar.occupation, at(bar.occupation.start_min),
            at(bar.occupation.end_min))
        for bar in drawn.bars
    )  # fmt: skip
    charges = [(at(p.minute), p.low_pct, p.middle_pct, p.high_pct) for p in outlook.charge]
    quarters = (*charges[:-1:3], charges[-1])
    offers = tuple((jobs[each.job], each) for each in outlook.acceptances if each.job in jobs)
    return EnergyView(drawn, rows, quarters, charges[-1][0], offers, contacts, past_view(moment))


def past_view(moment: Moment) -> PastView | None:
    """What the battery was like; None without anything to draw."""
    battery = moment.status.battery if moment.status is not None else None
    if battery is None or not any(one is not None for one in battery.past_soc_pct):
        return None
    charge = battery.past_soc_pct
    drawn_w = tuple(None if power is None else -power for power in battery.past_power_w)
    rows = (
        (back * PAST_STEP_S // 60, charge[-1 - back], drawn_w[-1 - back])
        for back in range(0, len(charge), ROW_STEPS)
    )
    return PastView(_figure("%", 100, charge, most=100), _figure(" W", 50, drawn_w), tuple(rows))


def _figure(unit: str, least: int, past: tuple[float | None, ...], most: int | None = None) -> str:
    minutes = PAST_STEP_S * 90 // 60
    shape = {
        "step_s": PAST_STEP_S,
        "minutes": minutes,
        "every": 5,
        "unit": unit,
        "least": least,
        "most": most,
    }
    return json.dumps({**shape, "curves": [{"past": past, "target": None}]})


def _contacts(moment: Moment) -> tuple[Contact, ...] | None:
    """What the panel tells of each contact; None on a bike without a panel, or without news."""
    if moment.status is None or moment.status.panel is None:
        return None
    told = {refusal.code for refusal in moment.status.panel}
    silent = Hazard.SILENT in told
    return tuple(Contact(name, None if silent else not told & hazards) for name, hazards in CONTACTS)


def _ticket(jobs: Mapping[str, Job], job_id: str) -> str | None:
    """Whom a job belongs to; None when it was erased meanwhile."""
    return jobs[job_id].ticket if job_id in jobs else None


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()
