"""What may be asked of the daemon, and what it answers: one JSON object a line each way."""

from onboard.control.messages.base import (
    Identifier,
    Key,
    MachineName,
    Message,
)
from onboard.control.messages.halts import (
    CloseHalt,
    OpenHalt,
)
from onboard.control.messages.jobs import (
    ApproveJob,
    CancelJob,
    DiscardJob,
    MakeDraft,
    PauseJob,
    RefusalCode,
    RefuseJob,
    ResumeJob,
    SendJob,
)
from onboard.control.messages.machines import (
    ArmMill,
    ClearPlate,
    RearmMachine,
    StopEverything,
    TraceOutline,
)
from onboard.control.messages.replies import (
    Accepted,
    JobReference,
    Reply,
)
from onboard.control.messages.requests import (
    REQUEST,
    Request,
)
from onboard.control.messages.views import (
    BatteryView,
    BikeStatus,
    GetStatus,
    HaltView,
    HeaterView,
    HeldView,
    MachineView,
    Refusal,
    StartView,
    TelemetryView,
)

__all__ = [
    "REQUEST",
    "Accepted",
    "ApproveJob",
    "ArmMill",
    "BatteryView",
    "BikeStatus",
    "CancelJob",
    "ClearPlate",
    "CloseHalt",
    "DiscardJob",
    "GetStatus",
    "HaltView",
    "HeaterView",
    "HeldView",
    "Identifier",
    "JobReference",
    "Key",
    "MachineName",
    "MachineView",
    "MakeDraft",
    "Message",
    "OpenHalt",
    "PauseJob",
    "RearmMachine",
    "Refusal",
    "RefusalCode",
    "RefuseJob",
    "Reply",
    "Request",
    "ResumeJob",
    "SendJob",
    "StartView",
    "StopEverything",
    "TelemetryView",
    "TraceOutline",
]
