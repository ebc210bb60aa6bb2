"""What the Marlin protocol tells the printer."""

from dataclasses import dataclass
from typing import TypeAlias

from drivers.types import LinkHealth, Position, Temperature


@dataclass(frozen=True, slots=True)
class Ready:
    """The board is set up, everything is off; `degraded` lists what it lacks for full safety."""

    firmware: str
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heated:
    """New temperatures, at an instant of the monotonic clock."""

    temperatures: dict[str, Temperature]
    at_s: float


@dataclass(frozen=True, slots=True)
class Advanced:
    """So much of the program is acknowledged."""

    lines_done: int
    bytes_done: int
    resends: int
    link: LinkHealth


@dataclass(frozen=True, slots=True)
class Finished:
    """The board has executed the whole program."""

    position: Position


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The program was dropped, the heat is off, the board is idle."""


@dataclass(frozen=True, slots=True)
class Paused:
    """No more lines are fed; `reason` says why if it was the board that asked."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Lines are fed again."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The board restarted by itself: what ran is lost."""


@dataclass(frozen=True, slots=True)
class Faulted:
    """The board gave up, or we gave it up; nothing more will be sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The board never answered at all."""


Event: TypeAlias = (
    Ready | Heated | Advanced | Finished | Cancelled | Paused | Resumed | Restarted | Faulted | Unanswered
)
