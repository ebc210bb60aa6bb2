"""What may be asked about robots: tickets ask, mediators lend, programs start and stop."""

from typing import Annotated, Literal

from pydantic import Field

from drivers.robots.shape import MOST_BYTES
from drivers.robots.types import Button, Sensor
from drivers.types import DeviceState
from onboard.control.messages.base import Identifier, Key, MachineName, Message

Program = Annotated[str, Field(max_length=MOST_BYTES)]
"""A robot program as JSON text: docs/robots/program.schema.json."""


class AskRobot(Message):
    """Keep a program with a ticket and put it before the mediator; answered by a LoanReference.

    Without `holder`, a ticket that somebody has already, it is a new participant. The same `key` is the same.
    """

    op: Literal["ask-robot"] = "ask-robot"
    key: Key
    program: Program
    holder: Annotated[str, Field(max_length=40)] | None = None


class AskRobotAgain(Message):
    """A participant whose loan is over wants a robot once more, with the program as it is kept."""

    op: Literal["ask-robot-again"] = "ask-robot-again"
    loan: Identifier


class ReviseRobot(Message):
    """Keep another program with a loan; what plays now goes on as it began."""

    op: Literal["revise-robot"] = "revise-robot"
    loan: Identifier
    program: Program


class LendRobot(Message):
    """Lend a robot for so many minutes from now; with another key, lend the same one anew."""

    op: Literal["lend-robot"] = "lend-robot"
    loan: Identifier
    robot: MachineName
    minutes: Annotated[int, Field(ge=1, le=120)]
    key: Key


class TakeBackRobot(Message):
    """A mediator ends a loan: the motors stop first; one that is over already is done."""

    op: Literal["take-back-robot"] = "take-back-robot"
    loan: Identifier


class ReturnRobot(Message):
    """A participant gives a robot back."""

    op: Literal["return-robot"] = "return-robot"
    loan: Identifier


class StartRobot(Message):
    """Play the program that is kept with a loan from its beginning; the same key starts it once."""

    op: Literal["start-robot"] = "start-robot"
    loan: Identifier
    key: Key


class StopRobot(Message):
    """End the program that plays: the robot is at rest and stays lent; nothing plays is done, too."""

    op: Literal["stop-robot"] = "stop-robot"
    loan: Identifier


class EraseLoan(Message):
    """Forget program and ticket; a robot must be given back first."""

    op: Literal["erase-loan"] = "erase-loan"
    loan: Identifier


RobotRequest = (
    AskRobot
    | AskRobotAgain
    | ReviseRobot
    | LendRobot
    | TakeBackRobot
    | ReturnRobot
    | StartRobot
    | StopRobot
    | EraseLoan
)


class GaugeView(Message):
    """The measures of a robot's body, as `drivers.robots.types.Gauge`."""

    track_mm: float
    top_mm_s: float
    slow_mm_s: float


class AbilitiesView(Message):
    """What a robot has; one without wheels has no gauge."""

    gauge: GaugeView | None = None
    pen: bool
    light: bool
    sound: bool
    sensors: tuple[Sensor, ...]
    buttons: tuple[Button, ...]


class RobotView(Message):
    """A robot now.

    `step` is the id of the step that plays, `ended` how the last program ended ("" before the first: a value
    of `drivers.robots.interpreter.End`, or "failed" with a `message`), `left_s` what is left of the loan,
    `half_mm` how far a program may go to each side.
    """

    name: str
    protocol: str
    state: DeviceState
    stopped: bool
    abilities: AbilitiesView
    half_mm: float
    speed_mm_s: float
    battery_pct: float | None = None
    loan: Identifier | None = None
    ticket: str | None = None
    left_s: float | None = None
    playing: bool = False
    played_s: float = 0.0
    step: str = ""
    ended: str = ""
    senses: dict[Sensor, int] = Field(default_factory=dict)
    firmware: str = ""
    message: str = ""
    degraded: tuple[str, ...] = ()
