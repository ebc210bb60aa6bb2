"""Every request of the control socket: one JSON object a line, told apart by `op`."""

from typing import Annotated

from pydantic import Field

from onboard.control.messages.byhand import HandRequest
from onboard.control.messages.halts import (
    BeginTerm,
    ChangeReserve,
    CloseHalt,
    ContinueQueue,
    ExtendHalt,
    GiveTickets,
    MoveHalt,
    OpenHalt,
    WelcomeGroup,
)
from onboard.control.messages.jobs import (
    ApproveJob,
    CancelJob,
    DiscardJob,
    FavourJob,
    MakeDraft,
    PauseJob,
    PlaceJob,
    PromiseJob,
    RefuseJob,
    ResumeJob,
    SendJob,
)
from onboard.control.messages.machines import ArmMill, ClearPlate, RearmMachine, StopEverything, TraceOutline
from onboard.control.messages.records import EraseHalt, JudgeJob, NoteAccess, RepeatJob
from onboard.control.messages.robots import RobotRequest
from onboard.control.messages.views import GetStatus
from onboard.control.messages.voices import AnswerCall, CallMediator, RateJob

Request = Annotated[
    GetStatus
    | MakeDraft
    | SendJob
    | DiscardJob
    | ApproveJob
    | RefuseJob
    | PauseJob
    | ResumeJob
    | CancelJob
    | ClearPlate
    | ArmMill
    | TraceOutline
    | StopEverything
    | RearmMachine
    | FavourJob
    | PromiseJob
    | PlaceJob
    | OpenHalt
    | ExtendHalt
    | MoveHalt
    | ChangeReserve
    | CloseHalt
    | WelcomeGroup
    | GiveTickets
    | BeginTerm
    | ContinueQueue
    | RateJob
    | CallMediator
    | AnswerCall
    | JudgeJob
    | RepeatJob
    | EraseHalt
    | NoteAccess
    | HandRequest
    | RobotRequest,
    Field(discriminator="op"),
]
