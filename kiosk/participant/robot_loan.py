"""A participant's robot: asked for, lent, played with; the program stays with the ticket."""

import json
import math
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from drivers.robots.interpreter import End
from jobs.errors import JobError, Sentence
from jobs.loans import Loan, LoanEnd, LoanState
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.events import Moment
from kiosk.i18n import language_of, said
from kiosk.live import live
from kiosk.pages import Context
from kiosk.participant import views
from kiosk.participant.drafts import new_key, see
from kiosk.participant.rehearsing import FLOOR, START
from kiosk.participant.robot_examples import examples_for
from kiosk.participant.robot_offer import offer_of
from kiosk.participant.robot_words import ENDS, ProgramRefusedError
from kiosk.participant.robot_writing import Written, language_here, program_json, text_of
from onboard.control.messages import (
    AskRobotAgain,
    EraseLoan,
    Key,
    ReturnRobot,
    ReviseRobot,
    RobotView,
    StartRobot,
    StopRobot,
)

router = APIRouter()

_REGIONS: Final = ("loan", "loan-acts", "loan-step", "loan-erase")
Quiet = Annotated[bool, Form()]
"""Whether the page's own script asks: it wants a sentence and no page."""
FAILED: Final = Sentence(
    "Le robot n'a pas pu continuer. Regarde s'il est allumé, puis relance.",
    "The robot could not go on. See whether it is on, then start again.",
)
OVER: Final[dict[LoanEnd, Sentence]] = {
    LoanEnd.TIME: Sentence("Le temps est écoulé. Merci !", "Time is up. Thank you!"),
    LoanEnd.TAKEN_BACK: Sentence("Le médiateur a repris le robot.", "The mediator has taken the robot back."),
    LoanEnd.GIVEN_BACK: Sentence("Tu as rendu le robot. Merci !", "You gave the robot back. Thank you!"),
    LoanEnd.STOPPED: Sentence("Les robots ont été arrêtés.", "The robots were stopped."),
    LoanEnd.RESTART: Sentence("Le vélo a redémarré.", "The bike has started anew."),
}


@dataclass(frozen=True, slots=True)
class LoanView:
    """What the page shows of a loan: the robot while it is lent, what is left, how the last run ended."""

    robot: RobotView | None = None
    left_min: int = 0
    told: Sentence | None = None


def loan_view(loan: Loan, moment: Moment) -> LoanView:
    """A loan as it is now."""
    if loan.state is LoanState.ENDED:
        return LoanView(told=OVER[loan.end] if loan.end is not None else None)
    robots = moment.status.robots if moment.status is not None else ()
    robot = next((robot for robot in robots if robot.loan == loan.id), None)
    if robot is None:
        return LoanView()
    return LoanView(robot, math.ceil((robot.left_s or 0.0) / 60), _ended(robot))


def _ended(robot: RobotView) -> Sentence | None:
    if robot.playing or not robot.ended:
        return None
    known = ENDS[End(robot.ended)] if robot.ended in set(End) else FAILED
    return known if known.fr else None


@router.get("/robot/{loan_id}")
async def loan_page(request: Request, loan_id: JobId, kiosk: KioskHere) -> Response:
    """The program that is kept with a ticket, and the robot that plays it."""
    loan = kiosk.queue.loan(loan_id)
    if loan.state is LoanState.WITHDRAWN or not loan.program:
        return see("/efface")
    here = kiosk.config.kiosk.public_url or str(request.base_url)
    program = json.loads(loan.program)
    context = {
        "qr": views.qr(f"{here.rstrip('/')}/robot/{loan_id}"),
        "key": new_key(),
        "program": program,
        "text": text_of(program, language_here(request)),
        "examples": examples_for(offer_of(kiosk.feed.latest, loan_id).abilities),
        "floor": FLOOR,
        "start": START,
        **_loan(kiosk, loan_id, kiosk.feed.latest),
    }
    return kiosk.pages.page(request, "robot.html", context=context)


@router.get("/flux/robot/{loan_id}")
async def loan_stream(request: Request, loan_id: JobId, kiosk: KioskHere) -> StreamingResponse:
    """The robot, live; `loan-step` follows the program without redrawing anything else."""
    return live(kiosk, request, lambda moment: _loan(kiosk, loan_id, moment), *_REGIONS)


@router.post("/robot/{loan_id}/lancer")
async def start(
    request: Request,
    loan_id: JobId,
    kiosk: KioskHere,
    key: Annotated[Key, Form()],
    program: Written = "",
    text: Written = "",
    quiet: Quiet = False,  # noqa: FBT002 - a form's field
) -> Response:
    """Keep the program as it is now, and have the robot play it from its beginning."""
    try:
        wanted = program_json(request, program, text)
        if wanted != kiosk.queue.loan(loan_id).program:
            await kiosk.order(ReviseRobot(loan=loan_id, program=wanted))
        await kiosk.order(StartRobot(loan=loan_id, key=key))
    except JobError as error:
        if not quiet:
            raise
        step = error.step if isinstance(error, ProgramRefusedError) else ""
        return JSONResponse({"sentence": said(error.sentence, language_of(request)), "step": step}, 409)
    return _done(loan_id, quiet=quiet, kept=wanted)


@router.post("/robot/{loan_id}/arreter")
async def stop(loan_id: JobId, kiosk: KioskHere, quiet: Quiet = False) -> Response:  # noqa: FBT002 - as above
    """End the program that plays; the robot stays lent."""
    await kiosk.order(StopRobot(loan=loan_id))
    return _done(loan_id, quiet=quiet)


@router.post("/robot/{loan_id}/rendre")
async def give_back(loan_id: JobId, kiosk: KioskHere) -> RedirectResponse:
    """Whoever has a robot has finished."""
    await kiosk.order(ReturnRobot(loan=loan_id))
    return see(f"/robot/{loan_id}")


@router.post("/robot/{loan_id}/encore")
async def ask_again(loan_id: JobId, kiosk: KioskHere) -> RedirectResponse:
    """Whoever had a robot wants one once more, with the same program."""
    await kiosk.order(AskRobotAgain(loan=loan_id))
    return see(f"/robot/{loan_id}")


@router.post("/robot/{loan_id}/effacer")
async def erase(loan_id: JobId, kiosk: KioskHere) -> RedirectResponse:
    """Forget a program at its owner's wish."""
    await kiosk.order(EraseLoan(loan=loan_id))
    return see("/efface")


def _done(loan_id: str, *, quiet: bool, kept: str = "") -> Response:
    """`kept` is the program that is now with the ticket: the page's draft is no draft any more."""
    if not quiet:
        return see(f"/robot/{loan_id}")
    return JSONResponse({"sentence": "", "step": "", "kept": kept})


def _loan(kiosk: Kiosk, loan_id: str, moment: Moment) -> Context:
    loan = kiosk.queue.loan(loan_id)
    return {"loan": loan, "view": loan_view(loan, moment), "offer": offer_of(moment, loan_id)}
