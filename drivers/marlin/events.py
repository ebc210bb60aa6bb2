"""What the Marlin protocol tells the printer."""

from dataclasses import dataclass
from typing import TypeAlias

from drivers.types import Position, Temperature


@dataclass(frozen=True, slots=True)
class Ready:
    """The board is set up, everything is off; `degraded` lists what it lacks for full safety."""

    firmware: str
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heated:
    """New temperatures."""

    temperatures: dict[str, Temperature]


@dataclass(frozen=True, slots=True)
class Advanced:
    """So much of the program is acknowledged."""

    lines_done: int
    bytes_done: int
    resends: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The board has executed the whole program."""

    position: Position


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The program was dropped, the heat is off, the board is idle."""


@dataclass(frozen=True, slots=True)
class Paused:
    """No more lines are fed: we or the board's own panel asked for a pause."""


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
