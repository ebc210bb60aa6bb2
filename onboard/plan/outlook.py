"""What lies ahead until the halt ends, as the daemon last saw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jobs.energy.forecast import Forecast
from jobs.planner.expected import Occupation


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting a waiting job means: the charge at the end, and what is missing for it now.

    `lacks` is `energy` or `time` when this queue leaves no room for the job, empty when it fits.
    """

    end_pct: float
    lacks: Literal["", "energy", "time"] = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Until the end of the halt: the charge as a band, who is on which machine, and what accepting means."""

    forecast: Forecast
    running: tuple[Occupation, ...]
    coming: tuple[Occupation, ...]
    acceptances: Mapping[str, Acceptance]
