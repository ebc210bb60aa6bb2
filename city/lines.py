"""What can be asked of the past, and the lines of sums that answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from city.folding import COUNTS
from city.periods import EVER_S

SUMMED: Final = (*COUNTS, "halts", "open_min")
"""The numbers of a line, in the order in which the database gives them."""

_MEASURED: Final = frozenset({"object_wh", "used_wh", "charged_wh"})


Sums = Sequence[Any]
"""In the order of SUMMED; empty where there is nothing."""


class By(StrEnum):
    """What a line of sums stands for."""

    CITY = "city"
    """The home city of the bikes."""
    BIKE = "bike"
    HOST_CITY = "host_city"
    """Where the bike was; '' while it was at no halt."""
    PLACE = "place"
    KIND = "kind"
    """What a machine does; '' where no machine is meant, such as the energy of the whole bike."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are meant: UTC epoch seconds, the end excluded; empty words leave everything in."""

    from_s: float = -EVER_S
    to_s: float = EVER_S
    city: str = ""
    bike: str = ""
    host_city: str = ""
    kind: str = ""


ALL: Final = Filter()
"""Everything."""


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of one group."""

    label: str
    queued: int = 0
    started: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    held: int = 0
    faults: int = 0
    dropped: int = 0
    waited_min: int = 0
    minutes: int = 0
    object_wh: float = 0.0
    seconds: int = 0
    used_wh: float = 0.0
    charged_wh: float = 0.0
    halts: int = 0
    open_min: int = 0

    @classmethod
    def of(cls, label: str, sums: Sums) -> "Line":
        """A row of the database, in the order of SUMMED; integers come back as such from both engines."""
        values: Mapping[str, Any] = {
            name: float(value) if name in _MEASURED else int(value)
            for name, value in zip(SUMMED, sums, strict=False)
        }
        return cls(label, **values)

    @property
    def success(self) -> float | None:
        """The share of objects among all jobs that ended by themselves; None before the first."""
        ended = self.done + self.failed
        return self.done / ended if ended else None

    @property
    def wh_an_object(self) -> float | None:
        """Measured energy of the machines for each object; None before the first."""
        return self.object_wh / self.done if self.done else None

    @property
    def wait_min(self) -> float | None:
        """The mean wait of a job that was started, in minutes."""
        return self.waited_min / self.started if self.started else None


@dataclass(frozen=True, slots=True)
class Halt:
    """One visit of one bike, with its sums; `open_min` are the planned minutes until it is closed."""

    key: int
    at: datetime
    city: str
    bike: str
    place: str
    host_city: str
    closed: bool
    sums: Line
