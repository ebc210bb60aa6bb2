"""What is live on the bike, as it is told to the kiosk."""

from typing import Literal

from pydantic import Field

from drivers.battery.quality import Quality
from drivers.types import DeviceKind, DeviceState
from onboard.control.messages.base import Identifier, Message, Refusal
from onboard.control.messages.byhand import HandView
from onboard.control.messages.outlook import OutlookView
from onboard.control.messages.robots import RobotView
from onboard.control.messages.voices import CallView


class GetStatus(Message):
    """Ask for everything that is live; answered by BikeStatus."""

    op: Literal["status"] = "status"


class HeaterView(Message):
    """One heater, in degrees Celsius; `past_c` are the last ten minutes or so, oldest first."""

    actual_c: float
    target_c: float
    past_c: tuple[float, ...] = ()


class MachineView(Message):
    """A machine now. `armed_s` is what is left of a mill's arming; `left_s` is an estimate.

    `armed_job` is the only job that the arming is good for. `traces` is the ticket whose outline is drawn in
    the air; `reason` why the bike itself has paused it; `hand` what a person may have it do.
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
    heaters: dict[str, HeaterView] = Field(default_factory=dict)
    position_mm: tuple[float, float, float] | None = None
    spindle_on: bool = False
    plate_clear: bool = True
    armed_s: float = 0.0
    armed_job: Identifier | None = None
    traces: str | None = None
    firmware: str = ""
    message: str = ""
    degraded: tuple[str, ...] = ()
    reason: Refusal | None = None
    hand: HandView | None = None


class BatteryView(Message):
    """The pack now; `known` is False when the reading is not to be believed, and the sentences say why.

    `age_s` is that of the last sample, believed or not; None when there was none. `past_soc_pct` and
    `past_power_w` are the last half an hour in steps of 20 s, oldest first, None where nothing was known.
    """

    known: bool
    soc_pct: float = 0.0
    power_w: float = 0.0
    age_s: float | None = None
    quality: Quality = Quality.SILENT
    sentence_fr: str = ""
    sentence_en: str = ""
    past_soc_pct: tuple[float | None, ...] = ()
    past_power_w: tuple[float | None, ...] = ()


class HaltView(Message):
    """The open halt; `ends_s` is UTC epoch seconds, `left_s` counts from now, `group` is the class here."""

    id: str
    place: str
    host_city: str
    ends_s: float
    left_s: float
    reserve_wh: float
    group: str = ""


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
    on a bike without a panel; `outlook` what lies ahead while a halt is open and the battery is known;
    `hold` what keeps every job from starting until a person acts; `calls` who asked for a mediator; `robots`
    the kits that may be lent.
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
    preparing: dict[Identifier, float] = Field(default_factory=dict)
    telemetry: TelemetryView | None = None
    panel: tuple[Refusal, ...] | None = None
    outlook: OutlookView | None = None
    hold: Refusal | None = None
    calls: tuple[CallView, ...] = ()
    robots: tuple[RobotView, ...] = ()
