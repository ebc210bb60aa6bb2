"""The values that messages are made of: bounded, rounded, and chosen from closed lists instead of typed."""

import re
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

WAIT_STEP_MIN: Final = 5
"""Waits and durations leave the bike in steps of five minutes, so that no child's visit can be timed."""

_NOT_IN_A_PLACE: Final = re.compile(r"[^\w '’.\-]|[\d_]{5,}|_")
_SCHOOL: Final = re.compile(
    r"\b([ée]coles?|coll[èe]ges?|lyc[ée]es?|maternelles?|cr[èe]ches?|[ée]l[ée]mentaires?)\b"
)


class Closed(BaseModel):
    """A message object that knows every field it may hold and takes no other."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MachineKind(StrEnum):
    """What a machine does."""

    PRINTER = "printer"
    MILL = "mill"


class MachineState(StrEnum):
    """Where a machine is."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAULT = "fault"


class HeldReason(StrEnum):
    """Why a job waits."""

    APPROVAL = "approval"
    MACHINE = "machine"
    TIME = "time"
    ENERGY = "energy"
    POWER = "power"
    FAIRNESS = "fairness"
    BATTERY = "battery"
    HALT = "halt"
    OTHER = "other"


class FailureReason(StrEnum):
    """Why a job ended without a part."""

    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    MACHINE = "machine"
    LINK = "link"
    STOPPED = "stopped"
    PROGRAM = "program"
    OTHER = "other"


class FaultCode(StrEnum):
    """What went wrong with the bike's equipment."""

    LINK_LOST = "link-lost"
    PROTOCOL = "protocol"
    MACHINE = "machine"
    HEATER = "heater"
    STALLED = "stalled"
    STOPPED = "stopped"
    BATTERY = "battery"
    STORAGE = "storage"
    OTHER = "other"


class ClockSource(StrEnum):
    """Where the bike has its date from; `none` tells that it must not be believed."""

    NETWORK = "network"
    CHIP = "chip"
    NONE = "none"


Code = TypeVar("Code", HeldReason, FailureReason, FaultCode)


def code_of(kind: type[Code], word: str) -> Code:
    """A word as a member of a closed list; one that the contract does not name travels as `other`."""
    return kind(word) if word in list(kind) else kind("other")


def _to_step(minutes: int) -> int:
    """The nearest multiple of five minutes."""
    return WAIT_STEP_MIN * round(minutes / WAIT_STEP_MIN)


def _to_hundredth(value: float) -> float:
    return round(value, 2)


def public_place(place: str, host_city: str) -> str:
    """The name under which the city may see a halt: its commune when it is at a school.

    What a mediator typed is reduced to letters, short numbers and plain punctuation.
    """
    if _SCHOOL.search(place.lower()):
        return public_place(host_city, "") if host_city else "?"
    return " ".join(_NOT_IN_A_PLACE.sub(" ", place).split())[:60] or "?"


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Boot = Annotated[
    str, Field(pattern=r"^[0-9a-f]{16,32}$", description="One run of the bike's clock and counter.")
]
Sequence = Annotated[int, Field(ge=1, le=2**53, description="Counts the records of one boot, from 1.")]
Watermark = Annotated[int, Field(ge=0, le=2**53, description="Nothing is missing up to this record.")]
MonotonicSeconds = Annotated[float, Field(ge=0, le=1e10), AfterValidator(_to_hundredth)]
PlaceName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f<>&\"@{}_/\\]+$")]
Minutes = Annotated[int, Field(ge=0, le=10_080), AfterValidator(_to_step)]
WattHours = Annotated[float, Field(ge=0, le=20_000), AfterValidator(_to_hundredth)]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
EpochSeconds = Annotated[float, Field(ge=0, le=1e11), AfterValidator(_to_hundredth)]
Version = Annotated[str, Field(pattern=r"^[0-9][0-9A-Za-z.+-]{0,31}$")]
