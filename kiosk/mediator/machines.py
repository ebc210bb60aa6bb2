"""The mediator's Machines tab: what each machine says of itself, and what may be done with it by hand."""

import json
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from drivers.types import DeviceKind, DeviceState
from jobs.errors import UnknownJobError
from jobs.types import Job
from kiosk.access.login import DoorHere, only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator.drawing import Regions, live_regions
from kiosk.mediator.lending import robot_cards
from kiosk.mediator.now import common
from kiosk.mediator.orders import MachineName
from kiosk.mediator.views import Card, cards
from kiosk.security import policy_with_pictures_of
from onboard.control.messages import HandView, HeaterView, MachineView

router = APIRouter(dependencies=[Depends(only_mediators)])

MACHINES: Final = "/mediateur/machines"
PAST_STEP_S: Final = 10
"""Between two readings that the status holds, as `onboard.status` thins them."""
ROW_STEP: Final = 6
"""A row of the table is a minute."""
BY_PERSON: Final = ("clamp", "tool", "zero", "outline")
"""Points that only a person can tell, before a start."""
AGAIN: Final = ("clamp", "tool", "lid")
"""Points before a paused job goes on: its zero, outline and program are what they were."""
PARTS: Final = ("top", "values", "link", "doing", "heat", "armed", "work", "pad", "hand", "list")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the mill's list: ticked by a person, or seen by the bike; `seen` is None when it cannot."""

    code: str
    ticked: bool
    seen: bool | None


@dataclass(frozen=True, slots=True)
class MachineDesk:
    """One machine under a person's hand.

    `ready` tells whether it would begin something now; `pad_ready` stays so while a finger moves it, or the
    button under the finger would be drawn anew.
    """

    card: Card
    hand: HandView
    ready: bool
    pad_ready: bool
    job: Job | None
    points: tuple[Point, ...]
    curves: str
    rows: tuple[tuple[int, tuple[float | None, ...]], ...]

    @property
    def machine(self) -> MachineView:
        """What the machine says of itself."""
        return self.card.machine

    @property
    def by_hand(self) -> bool:
        """Whether it is at rest, or at an errand, with nothing of a child's on it."""
        away = self.card.needs_person or self.machine.state is DeviceState.CONNECTING
        return bool(self.hand.steps_mm) and self.machine.job is None and not away

    @property
    def lists(self) -> bool:
        """Whether a person goes through the mill's list now."""
        return bool(self.points) and (self.by_hand or self.is_paused) and not self.card.armed_s

    @property
    def may_arm(self) -> bool:
        """Whether nothing is missing but a person's ticks."""
        seen = all(point.seen is not False for point in self.points)
        return self.job is not None and seen and (self.ready or self.is_paused)

    @property
    def is_paused(self) -> bool:
        """Whether a job waits on it to go on."""
        return self.machine.state is DeviceState.PAUSED and self.machine.job is not None


@router.get(MACHINES)
async def machines_page(request: Request, kiosk: KioskHere) -> Response:
    """Every machine, worst first, with the way to its own page, and every robot that may be lent."""
    now = kiosk.feed.latest
    context = {"tab": "machines", "cards": cards(kiosk.config, now), "robots": robot_cards(kiosk, now)}
    return kiosk.pages.page(request, "mediator/machines.html", context=context)


@router.get("/flux" + MACHINES)
async def machines_stream(request: Request, kiosk: KioskHere, door: DoorHere) -> StreamingResponse:
    """The same, live."""

    def look(moment: Moment) -> Regions:
        regions = common(request, door, moment)
        for number, card in enumerate(cards(kiosk.config, moment), 1):
            regions[f"row-{number}"] = ("machines-row", {"card": card})
        for number, robot in enumerate(robot_cards(kiosk, moment), 1):
            for part in ("top", "acts"):
                regions[f"robot-{number}-{part}"] = (f"robot-{part}", {"robot": robot})
        return regions

    return live_regions(kiosk, request, look)


@router.get(MACHINES + "/{machine}")
async def machine_page(request: Request, machine: MachineName, kiosk: KioskHere) -> Response:
    """One machine: what it says, its curves, and every button."""
    settings = kiosk.config.machines.get(machine)
    if settings is None:
        raise HTTPException(404)
    context = {
        "tab": "machines",
        "name": machine,
        "names": tuple(kiosk.config.machines),
        "settings": settings,
        **_shown(desk_of(kiosk, kiosk.feed.latest, machine)),
    }
    page = kiosk.pages.page(request, "mediator/machine.html", context=context)
    if settings.camera:
        page.headers["Content-Security-Policy"] = policy_with_pictures_of(settings.camera)
    return page


@router.get("/flux" + MACHINES + "/{machine}")
async def machine_stream(
    request: Request, machine: MachineName, kiosk: KioskHere, door: DoorHere
) -> StreamingResponse:
    """The same, live."""

    def look(moment: Moment) -> Regions:
        context = {"moment": moment, "name": machine, **_shown(desk_of(kiosk, moment, machine))}
        regions = common(request, door, moment)
        return {**regions, **{f"machine-{part}": (f"machines-{part}", context) for part in PARTS}}

    return live_regions(kiosk, request, look)


def _shown(desk: MachineDesk | None) -> dict[str, object]:
    return {"desk": desk, "card": desk.card if desk else None}


def desk_of(kiosk: Kiosk, moment: Moment, name: str) -> MachineDesk | None:
    """What may be done with a machine at a moment; None without news of it."""
    found = cards(kiosk.config, moment)
    card = next((card for card in found if card is not None and card.machine.name == name), None)
    if card is None:
        return None
    machine, hand = card.machine, card.machine.hand or HandView()
    ready = bool(hand.steps_mm) and hand.refusal is None and hand.errand is None
    return MachineDesk(
        card=card,
        hand=hand,
        ready=ready,
        pad_ready=ready or (hand.errand is not None and hand.errand.code == "hold-jog"),
        job=_job(kiosk, hand.job),
        points=points_of(machine),
        curves=_curves(machine),
        rows=_rows(machine),
    )


def points_of(machine: MachineView) -> tuple[Point, ...]:
    """The list before a start, or the shorter one before a paused job goes on."""
    if machine.kind is not DeviceKind.MILL or machine.hand is None:
        return ()
    again = machine.state is DeviceState.PAUSED
    return tuple(
        Point(point.code, point.code in BY_PERSON or (point.code == "lid" and point.done is None), point.done)
        for point in machine.hand.points
        if not again or point.code in AGAIN
    )


def _job(kiosk: Kiosk, job_id: str | None) -> Job | None:
    """The job that a mill would be armed for; None when it was erased meanwhile."""
    if job_id is None:
        return None
    try:
        return kiosk.queue.job(job_id)
    except UnknownJobError:
        return None


def _curves(machine: MachineView) -> str:
    """What the drawing needs, for its script."""
    curves = [
        {"past": [*heater.past_c, round(heater.actual_c, 1)], "target": heater.target_c or None}
        for heater in machine.heaters.values()
    ]
    shape = {"step_s": PAST_STEP_S, "minutes": 10, "every": 2, "unit": "°", "least": 60}
    return json.dumps({**shape, "curves": curves})


def _rows(machine: MachineView) -> tuple[tuple[int, tuple[float | None, ...]], ...]:
    """The same figures as a table: minutes ago, then every heater, newest first."""
    heaters = tuple(machine.heaters.values())
    longest = max((len(heater.past_c) for heater in heaters), default=0)
    return tuple(
        (back // ROW_STEP, tuple(_ago(heater, back) for heater in heaters))
        for back in range(0, longest + 1, ROW_STEP)
    )


def _ago(heater: HeaterView, back: int) -> float | None:
    """A reading so many steps ago."""
    readings = (*heater.past_c, heater.actual_c)
    return readings[-1 - back] if back < len(readings) else None
