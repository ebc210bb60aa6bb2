"""What the GRBL protocol tells the device."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.byhand import HandReason
from drivers.types import Position


class Ending(StrEnum):
    """Why the protocol lets the machine go until a person re-arms it."""

    FAULT = "fault"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Ready:
    """The machine is set up, idle and off; it stays where it was found."""

    firmware: str
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A status report: where the tool is in work coordinates and whether the spindle turns."""

    position: Position | None
    spindle_on: bool


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """So much of the program has been taken."""

    lines_done: int
    bytes_done: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything is executed and the machine has stood still for a while."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The mill does not take the program; nothing has moved and it is ready for another."""

    reason: str
    line: bool = False
    """Whether a line of the program is to blame, not the state of the machine."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The machine stands still, held."""

    message: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The machine goes on."""


@dataclass(frozen=True, slots=True)
class ResumeRefused:
    """The machine may not go on; it stays held."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The program is over, axes and spindle stand still, the position is kept."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The machine is latched: nothing more is sent until a person re-arms it."""

    ending: Ending
    message: str


@dataclass(frozen=True, slots=True)
class HandRefused:
    """The mill does not jog like this; nothing has moved and it is ready."""

    reason: HandReason


Verdict = Finished | Refused | HandRefused | Cancelled | Failed
"""How a program ends."""
Event = Ready | Seen | Acknowledged | Paused | Resumed | ResumeRefused | Verdict
