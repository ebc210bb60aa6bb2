"""*Programmer un robot*: blocks become a program that a lent robot plays."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from jobs.errors import Sentence, StoreError
from jobs.loans import LoanState
from kiosk.context import Kiosk, KioskHere
from kiosk.participant.drafts import new_key, see
from kiosk.participant.holding import forget, held
from kiosk.participant.rehearsing import FLOOR, START
from kiosk.participant.robot_examples import EMPTY, examples_for
from kiosk.participant.robot_offer import offer_of
from kiosk.participant.robot_writing import Written, language_here, program_json, text_of
from kiosk.ways.way import Way
from onboard.control.messages import AskRobot, Key

router = APIRouter()

WAY: Final = Way(
    "/robot",
    "robot",
    Sentence("Programmer un robot", "Program a robot"),
    Sentence("Des blocs, et il roule, dessine, chante", "Blocks make it drive, draw and sing"),
    router,
)


@router.get(WAY.address)
async def robot_page(request: Request, kiosk: KioskHere, exemple: str = "") -> Response:
    """The blocks, or a field for the program as text when there is no script."""
    kept = _kept(kiosk, held(request))
    if kept is not None:
        return see(f"{WAY.address}/{kept}")
    offer = offer_of(kiosk.feed.latest)
    examples = examples_for(offer.abilities)
    example = next((one for one in examples if one.slug == exemple), (*examples, EMPTY)[0])
    context = {
        "key": new_key(),
        "loan": None,
        "program": example.program,
        "text": text_of(example.program, language_here(request)),
        "examples": examples,
        "offer": offer,
        "floor": FLOOR,
        "start": START,
    }
    return kiosk.pages.page(request, "robot.html", context=context)


@router.post(WAY.address)
async def ask_robot(
    request: Request,
    kiosk: KioskHere,
    key: Annotated[Key, Form()],
    program: Written = "",
    text: Written = "",
) -> Response:
    """Give the program a ticket and ask for a robot; whoever comes next at this tablet is somebody else."""
    wanted = program_json(request, program, text)
    reply = await kiosk.order(AskRobot(key=key, program=wanted, holder=held(request)))
    assert reply.loan is not None  # noqa: S101 - the contract of AskRobot
    return forget(see(f"{WAY.address}/{reply.loan.loan}"))


def _kept(kiosk: Kiosk, ticket: str | None) -> str | None:
    """The program that is kept with the ticket of whoever stands here."""
    if ticket is None:
        return None
    try:
        loan = kiosk.queue.loan_of(ticket)
    except StoreError:
        return None  # no queue yet, so nothing is kept
    return loan.id if loan is not None and loan.state is not LoanState.WITHDRAWN else None
