"""The record types: what happened on the bike, kept until the city has written it down."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from onboard.messages.values import (
    ClockSource,
    Closed,
    Count,
    EpochSeconds,
    FailureReason,
    FaultCode,
    HeldReason,
    MachineKind,
    Minutes,
    MonotonicSeconds,
    Percent,
    PlaceName,
    Sequence,
    WattHours,
)

RecordType = Literal[
    "energy",
    "job.queued",
    "job.started",
    "job.done",
    "job.failed",
    "job.held",
    "halt.opened",
    "halt.closed",
    "clock",
    "gap",
    "fault",
    "robot.returned",
]


class Energy(Closed):
    """What the pack gave and took over `seconds`; `soc_pct` is missing when the reading is too old."""

    type: ClassVar[RecordType] = "energy"
    seconds: Annotated[int, Field(ge=1, le=86_400)]
    used_wh: WattHours
    charged_wh: WattHours = 0.0
    soc_pct: Percent | None = None


class JobQueued(Closed):
    """A mediator has accepted a job; both numbers are its estimate."""

    type: ClassVar[RecordType] = "job.queued"
    kind: MachineKind
    minutes: Minutes
    energy_wh: WattHours


class JobStarted(Closed):
    """A job is on its machine; `waited_min` counts from its acceptance."""

    type: ClassVar[RecordType] = "job.started"
    kind: MachineKind
    waited_min: Minutes


class JobDone(Closed):
    """An object is made; `energy_wh` is measured, or estimated when nothing measures it."""

    type: ClassVar[RecordType] = "job.done"
    kind: MachineKind
    minutes: Minutes
    energy_wh: WattHours


class JobFailed(Closed):
    """A job ended without an object."""

    type: ClassVar[RecordType] = "job.failed"
    kind: MachineKind
    minutes: Minutes
    reason: FailureReason


class JobHeld(Closed):
    """An accepted job must wait."""

    type: ClassVar[RecordType] = "job.held"
    kind: MachineKind
    reason: HeldReason


class HaltOpened(Closed):
    """The bike stands at a named halt and is open to the public."""

    type: ClassVar[RecordType] = "halt.opened"
    place: PlaceName
    host_city: PlaceName
    minutes: Minutes


class HaltClosed(Closed):
    """The halt is over."""

    type: ClassVar[RecordType] = "halt.closed"
    place: PlaceName
    host_city: PlaceName
    minutes: Minutes


class Clock(Closed):
    """Ties the boot's monotonic clock to the date, so that the city can date records, also older ones."""

    type: ClassVar[RecordType] = "clock"
    mono_s: MonotonicSeconds
    utc_s: EpochSeconds
    error_ms: Annotated[int, Field(ge=0, le=10**12)]
    source: ClockSource


class Gap(Closed):
    """Records `first` to this one will never come: the bike's store was full and thinned its energy records.

    Without `first`, the dropped records never had a number.
    """

    type: ClassVar[RecordType] = "gap"
    first: Sequence | None = None
    dropped: Count


class Fault(Closed):
    """Something on the bike needs a person."""

    type: ClassVar[RecordType] = "fault"
    part: Literal["printer", "mill", "battery", "bike"]
    code: FaultCode


class RobotReturned(Closed):
    """A robot that was lent is back; `energy_wh` is what charging it takes for that time, reckoned."""

    type: ClassVar[RecordType] = "robot.returned"
    minutes: Minutes
    energy_wh: WattHours


Record = (
    Energy
    | JobQueued
    | JobStarted
    | JobDone
    | JobFailed
    | JobHeld
    | HaltOpened
    | HaltClosed
    | Clock
    | Gap
    | Fault
    | RobotReturned
)
