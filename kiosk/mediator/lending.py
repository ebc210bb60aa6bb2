"""Robots on the mediator's Machines tab: lent to a ticket for some minutes, stopped, taken back, re-armed."""

import math
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from drivers.robots.fitting import lacks
from drivers.robots.reading import read_program
from drivers.robots.refusals import RobotProgramError
from drivers.robots.types import Abilities
from drivers.types import DeviceState
from jobs.errors import Sentence, StoreError
from jobs.loans import Loan, LoanState
from kiosk.access.login import only_mediators
from kiosk.context import Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.mediator.orders import MachineName, order, rearmed
from onboard.control.messages import (
    Key,
    LendRobot,
    RobotView,
    StopRobot,
    TakeBackRobot,
)
from onboard.robots.view import abilities_of
from onboard.robots.words import program_refused

router = APIRouter(dependencies=[Depends(only_mediators)])

BACK: Final = "/mediateur/machines"
AWAY: Final = frozenset({DeviceState.STOPPED, DeviceState.FAULT, DeviceState.OFFLINE})

LoanId = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class Wish:
    """A ticket that may get the robot; `lack` is why its program would not play on it."""

    loan: Loan
    key: str
    lack: Sentence | None


@dataclass(frozen=True, slots=True)
class RobotCard:
    """One robot as a mediator sees it; `longer` is the key with which its loan is made longer."""

    robot: RobotView
    left_min: int
    needs_person: bool
    wishes: tuple[Wish, ...]
    longer: str


def robot_cards(kiosk: Kiosk, moment: Moment) -> list[RobotCard | None]:
    """One card a robot, in the order of the settings; empty without news."""
    robots = moment.status.robots if moment.status is not None else ()
    if not robots:
        return [None] * len(kiosk.config.robots)
    loans = _loans(kiosk)
    return [_card(robot, loans) for robot in robots]


def _loans(kiosk: Kiosk) -> list[Loan]:
    """Without a readable queue nobody asks for a robot: the notice says why, and the robots are shown."""
    try:
        return kiosk.queue.loans(LoanState.ASKED, LoanState.LENT)
    except StoreError:
        return []


def _card(robot: RobotView, loans: list[Loan]) -> RobotCard:
    abilities = abilities_of(robot.abilities)
    lent = next((loan for loan in loans if loan.id == robot.loan), None)
    return RobotCard(
        robot=robot,
        left_min=math.ceil((robot.left_s or 0.0) / 60),
        needs_person=robot.stopped or robot.state in AWAY,
        wishes=tuple(
            Wish(loan, f"{loan.id}-{int(loan.asked_s)}", _lack(loan, abilities))
            for loan in loans
            if loan.state is LoanState.ASKED
        ),
        longer=f"{lent.id}-{int(lent.lent_s or 0)}" if lent is not None else "",
    )


def _lack(loan: Loan, abilities: Abilities) -> Sentence | None:
    """The first thing that the robot does not have."""
    try:
        error = next(lacks(read_program(loan.program), abilities), None)
    except RobotProgramError as unreadable:
        error = unreadable
    return program_refused(error).sentence if error is not None else None


@router.post("/mediateur/robot/{robot}/preter")
async def lend(
    request: Request,
    robot: MachineName,
    kiosk: KioskHere,
    loan: LoanId,
    minutes: Annotated[int, Form(ge=1, le=120)],
    key: Annotated[Key, Form()],
) -> Response:
    """Lend a robot to a ticket, or make its loan longer."""
    return await order(kiosk, request, LendRobot(loan=loan, robot=robot, minutes=minutes, key=key), BACK)


@router.post("/mediateur/robot/{robot}/rendre")
async def take_back(request: Request, robot: MachineName, kiosk: KioskHere, loan: LoanId) -> Response:  # noqa: ARG001 - the address names it
    """Take a robot back: its motors stop first."""
    return await order(kiosk, request, TakeBackRobot(loan=loan), BACK)


@router.post("/mediateur/robot/{robot}/arreter")
async def stop(request: Request, robot: MachineName, kiosk: KioskHere, loan: LoanId) -> Response:  # noqa: ARG001 - as above
    """End the program that plays; the robot stays lent."""
    return await order(kiosk, request, StopRobot(loan=loan), BACK)


@router.post("/mediateur/robot/{robot}/rearmer")
async def rearm(request: Request, robot: MachineName, kiosk: KioskHere) -> Response:
    """A person has looked at a stopped robot: connect it again."""
    return await rearmed(kiosk, request, robot, BACK)
