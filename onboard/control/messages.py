"""What may be asked of the daemon, and what it answers: one JSON object a line each way."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from drivers.types import DeviceKind, DeviceState
from jobs.types import DesignKind, Parameter

Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
MachineName = Annotated[str, Field(max_length=32)]
RefusalCode = Literal["not-suitable", "too-long", "change-asked", "not-here"]


class Message(BaseModel):
    """A closed, immutable object on the control socket."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GetStatus(Message):
    """Ask for everything that is live; answered by BikeStatus."""

    op: Literal["status"] = "status"


class MakeDraft(Message):
    """Prepare a design; answered at once by JobReference, the result follows in the jobs database.

    `source` names a file that the kiosk has put into the spool. The same `key` gives the same job.
    """

    op: Literal["draft"] = "draft"
    key: Key
    design: DesignKind
    device: DeviceKind
    source: Identifier | None = None
    parameters: dict[str, Parameter] = {}


class SendJob(Message):
    """A participant sends a READY draft to the mediator; answered by JobReference with its ticket."""

    op: Literal["send"] = "send"
    job: Identifier


class DiscardJob(Message):
    """A participant takes a job back; it is erased unless it is on a machine."""

    op: Literal["discard"] = "discard"
    job: Identifier


class ApproveJob(Message):
    """A mediator accepts a job, or orders a FAILED or INTERRUPTED one again."""

    op: Literal["approve"] = "approve"
    job: Identifier


class RefuseJob(Message):
    """A mediator refuses a job with one of the ready sentences."""

    op: Literal["refuse"] = "refuse"
    job: Identifier
    reason: RefusalCode


class PauseJob(Message):
    """Hold a running job in its machine's safest way."""

    op: Literal["pause"] = "pause"
    job: Identifier


class ResumeJob(Message):
    """Go on with a paused job."""

    op: Literal["resume"] = "resume"
    job: Identifier


class CancelJob(Message):
    """End a job; on a machine heat and spindle go off at once."""

    op: Literal["cancel"] = "cancel"
    job: Identifier


class ClearPlate(Message):
    """A person has cleared a printer's plate."""

    op: Literal["clear-plate"] = "clear-plate"
    machine: MachineName


class ArmMill(Message):
    """A person has clamped the stock, set the zero and closed the lid: one start within 120 s."""

    op: Literal["arm"] = "arm"
    machine: MachineName


class TraceOutline(Message):
    """A person stands at an idle mill: draw its next job's outline in the air, spindle off."""

    op: Literal["trace"] = "trace"
    machine: MachineName


class StopEverything(Message):
    """Emergency stop of every machine, latched; answered after the bytes are handed to the ports."""

    op: Literal["stop"] = "stop"


class RearmMachine(Message):
    """A person has looked at a stopped or faulty machine: connect it again, everything off."""

    op: Literal["rearm"] = "rearm"
    machine: MachineName


class OpenHalt(Message):
    """Open a halt, closing the one before; `minutes` count from now."""

    op: Literal["open-halt"] = "open-halt"
    place: Annotated[str, Field(min_length=1, max_length=80)]
    host_city: Annotated[str, Field(min_length=1, max_length=80)]
    minutes: Annotated[int, Field(ge=10, le=24 * 60)]
    reserve_wh: Annotated[float, Field(ge=0, le=20_000)]


class CloseHalt(Message):
    """Close the halt; nothing starts until another one is opened."""

    op: Literal["close-halt"] = "close-halt"


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
    | OpenHalt
    | CloseHalt,
    Field(discriminator="op"),
]


class HeaterView(Message):
    """One heater, in degrees Celsius; `past_c` are the last ten minutes or so, oldest first."""

    actual_c: float
    target_c: float
    past_c: tuple[float, ...] = ()


class MachineView(Message):
    """A machine now. `armed_s` is what is left of a mill's arming; `left_s` is an estimate.

    `traces` is the ticket whose outline is drawn in the air.
    """

    name: str
    kind: DeviceKind
    profile: str
    state: DeviceState
    job: Identifier | None = None
    ticket: str | None = None
    fraction: float = 0.0
    elapsed_s: float = 0.0
    left_s: float | None = None
    resends: int = 0
    resend_pct: float | None = None
    heaters: dict[str, HeaterView] = {}
    position_mm: tuple[float, float, float] | None = None
    spindle_on: bool = False
    plate_clear: bool = True
    armed_s: float = 0.0
    traces: str | None = None
    firmware: str = ""
    message: str = ""
    degraded: tuple[str, ...] = ()


class Refusal(Message):
    """Not done, or not safe, and why: a stable code and a sentence in both languages."""

    code: str
    text_fr: str
    text_en: str


class BatteryView(Message):
    """The pack now; `known` is False when the reading is stale, missing or out of range."""

    known: bool
    soc_pct: float = 0.0
    power_w: float = 0.0
    age_s: float = 0.0


class HaltView(Message):
    """The open halt; `ends_s` is UTC epoch seconds, `left_s` counts from now."""

    id: str
    place: str
    host_city: str
    ends_s: float
    left_s: float
    reserve_wh: float


class HeldView(Message):
    """Why a job waits, in both languages."""

    job: Identifier
    reason: str
    text_fr: str
    text_en: str


class StartView(Message):
    """When the plan means to start a job."""

    job: Identifier
    machine: str
    start_min: int


class TelemetryView(Message):
    """The way to the city: None when telemetry is off."""

    connected: bool
    waiting_rows: int


class BikeStatus(Message):
    """Everything that is live on the bike.

    `plan_version` grows with every new plan and every job change; `preparing` holds the share, 0 to 1, of
    each design that the child process works on; `panel` what is not safe about the bike's contacts, None
    on a bike without a panel.
    """

    bike: str
    city: str
    stopped: bool
    plan_version: int
    machines: tuple[MachineView, ...]
    battery: BatteryView
    budget_wh: float | None = None
    halt: HaltView | None = None
    held: tuple[HeldView, ...] = ()
    starts: tuple[StartView, ...] = ()
    preparing: dict[Identifier, float] = {}
    telemetry: TelemetryView | None = None
    panel: tuple[Refusal, ...] | None = None


class JobReference(Message):
    """A job by its id, with its ticket once it has been sent."""

    job: Identifier
    ticket: str | None = None


class Accepted(Message):
    """Done, or handed to the machine."""

    accepted: Literal[True] = True


class Reply(Message):
    """One answer: exactly one of the fields is set."""

    status: BikeStatus | None = None
    reference: JobReference | None = None
    accepted: Accepted | None = None
    refusal: Refusal | None = None


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
