"""What programs may order: one line an act, with the role that it asks for."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from kiosk.access.roles import Needs, Role
from kiosk.api.views import ErrorView, StopView
from kiosk.context import KioskHere
from kiosk.stop import own_client, stopped_everything
from onboard.control import messages
from onboard.control.client import ControlClient
from onboard.control.messages import Accepted, Message

CONNECT_S: Final = 25.0
STOP: Final = "/stop"


@dataclass(frozen=True, slots=True)
class Act:
    """A command of the control socket with the role that may give it; `patience_s` waits for the answer."""

    command: type[Message]
    role: Role = Role.MEDIATOR
    patience_s: float | None = None

    @property
    def op(self) -> str:
        """Its name on the control socket, in its address, and in the audit journal."""
        return str(self.command.model_fields["op"].default)


ACTS: Final = (
    # Nothing starts, heats or is armed by these: a script may order them.
    Act(messages.RefuseJob, Role.ACT),
    Act(messages.PauseJob, Role.ACT),
    Act(messages.CancelJob, Role.ACT),
    Act(messages.FavourJob, Role.ACT),
    Act(messages.PromiseJob, Role.ACT),
    Act(messages.PlaceJob, Role.ACT),
    Act(messages.JudgeJob, Role.ACT),
    Act(messages.CloseHalt, Role.ACT),
    Act(messages.CoolPrinter, Role.ACT),
    Act(messages.EndErrand, Role.ACT),
    Act(messages.StopRobot, Role.ACT),
    Act(messages.TakeBackRobot, Role.ACT),
    # A person decides these, by a session of the mediators' pages.
    Act(messages.ApproveJob),
    Act(messages.ResumeJob),
    Act(messages.RepeatJob),
    Act(messages.AnswerCall),
    Act(messages.ContinueQueue),
    Act(messages.OpenHalt),
    Act(messages.ExtendHalt),
    Act(messages.MoveHalt),
    Act(messages.ChangeReserve),
    Act(messages.WelcomeGroup),
    Act(messages.GiveTickets),
    Act(messages.BeginTerm),
    Act(messages.EraseHalt),
    Act(messages.ClearPlate),
    Act(messages.RearmMachine, patience_s=CONNECT_S),
    Act(messages.TraceOutline),
    Act(messages.PreheatPrinter),
    Act(messages.HomePrinter),
    Act(messages.LevelPrinter),
    Act(messages.MoveFilament),
    Act(messages.ContinueErrand),
    Act(messages.AdjustPrint),
    Act(messages.JogMachine),
    Act(messages.ZeroMill),
    Act(messages.ProbeMill),
    Act(messages.CheckProgram),
    Act(messages.LendRobot),
)
"""To add one: its message in `onboard.control.messages`, a line here, a line in the roles' table of tests."""
NEVER: Final = {
    messages.ArmMill: "a mill is armed on its page, with its list in hand",
    messages.HoldJog: "a held button is a finger on a page",
    messages.ReleaseJog: "as above",
    messages.MakeDraft: "children make things on their own pages",
    messages.SendJob: "as above",
    messages.DiscardJob: "as above",
    messages.RateJob: "as above",
    messages.AskRobot: "as above",
    messages.AskRobotAgain: "as above",
    messages.ReviseRobot: "as above",
    messages.StartRobot: "as above",
    messages.ReturnRobot: "as above",
    messages.EraseLoan: "as above",
    messages.CallMediator: "as above",
    messages.GetStatus: "looked at, not ordered",
    messages.StopEverything: "an address of its own, for anyone",
    messages.NoteAccess: "the kiosk's own word to the journal",
}
"""What is no act of this interface, and why."""

router = APIRouter(tags=["act"])


@router.post(STOP, responses={503: {"model": StopView}})
async def stop(
    response: Response, kiosk: KioskHere, control: Annotated[ControlClient, Depends(own_client)]
) -> StopView:
    """Stop every machine at once. No login, no body; pressed again it is pressed again.

    Not confirmed (503) means that not every machine says of itself that it stands: press the mushroom button.
    """
    if not await stopped_everything(control):
        response.status_code = 503
        return StopView(confirmed=False)
    await kiosk.feed.look()
    return StopView(confirmed=True)


def _endpoint(act: Act) -> Callable[..., Awaitable[Accepted]]:
    """The function behind an act; its body is the command itself."""

    async def endpoint(request: Request, kiosk: KioskHere, body: Message) -> Accepted:
        control = kiosk.control
        if act.patience_s is not None:
            control = ControlClient(kiosk.config.paths.control_socket, act.patience_s)
        await replace(kiosk, control=control).order(body, request.state.who)  # type: ignore[arg-type] # a command
        return Accepted()

    endpoint.__annotations__["body"] = act.command  # what FastAPI reads, and the document shows
    endpoint.__name__ = act.op.replace("-", "_")
    endpoint.__doc__ = re.sub(r"\s*\n\s*", " ", act.command.__doc__ or "").strip()
    return endpoint


def _add(act: Act) -> None:
    refusals: dict[int | str, dict[str, Any]] = {
        409: {"model": ErrorView, "description": "Refused by the bike."},
        413: {"model": ErrorView, "description": "Too large."},
    }
    router.add_api_route(
        f"/acts/{act.op}",
        _endpoint(act),
        methods=["POST"],
        response_model=Accepted,
        responses=refusals,
        dependencies=[Depends(Needs(act.role))],
    )


for _act in ACTS:
    _add(_act)
