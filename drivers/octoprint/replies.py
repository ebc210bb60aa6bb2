"""What OctoPrint's JSON replies say, read without trust in their shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.types import Temperature


class Phase(StrEnum):
    """What OctoPrint does with its printer, as far as it matters to us."""

    CLOSED = "closed"
    OPENING = "opening"
    READY = "ready"
    BUSY = "busy"
    PAUSED = "paused"
    BROKEN = "broken"


UNDERWAY: Final = frozenset({Phase.BUSY, Phase.PAUSED})
"""A job is on the printer, be it one that is just being cancelled."""

_PHASES: Final[tuple[tuple[str, Phase], ...]] = (
    ("Offline after error", Phase.BROKEN),
    ("Offline (Error", Phase.BROKEN),
    ("Error", Phase.BROKEN),
    ("Offline", Phase.CLOSED),
    ("Closed", Phase.CLOSED),
    ("Opening", Phase.OPENING),
    ("Detecting", Phase.OPENING),
    ("Connecting", Phase.OPENING),
    ("Operational", Phase.READY),
    ("Pausing", Phase.PAUSED),
    ("Paused", Phase.PAUSED),
)
"""How the state begins; every other one has a job on the printer. Source: OctoPrint 1.11, `util/comm.py`."""


_LONGEST_TEXT: Final = 200
_LARGEST_NUMBER: Final = 1e12


@dataclass(frozen=True, slots=True)
class JobReport:
    """One look at the printer and its job; `fraction` is the share of the file that was sent, 0 to 1."""

    phase: Phase
    text: str
    file: str = ""
    fraction: float = 0.0
    bytes_done: int = 0
    error: str = ""

    @property
    def is_pausing(self) -> bool:
        """Whether a pause was asked for and the printer still moves."""
        return self.text.startswith("Pausing")

    @property
    def is_cancelling(self) -> bool:
        """Whether the job is being ended right now."""
        return self.text.startswith("Cancelling")


@dataclass(frozen=True, slots=True)
class Prints:
    """How often a file was printed to its end, and how often it was not."""

    completed: int = 0
    failed: int = 0


def read_job(reply: object) -> JobReport:
    """Read the answer of `/api/job`; what is missing is empty or 0."""
    text = _text(_find(reply, "state"))
    return JobReport(
        phase=next((phase for start, phase in _PHASES if text.startswith(start)), Phase.BUSY),
        text=text,
        file=_text(_find(reply, "job", "file", "name")),
        fraction=min(1.0, max(0.0, _number(_find(reply, "progress", "completion")) / 100)),
        bytes_done=max(0, int(_number(_find(reply, "progress", "filepos")))),
        error=_text(_find(reply, "error")),
    )


def read_prints(reply: object) -> Prints:
    """Read the history in the answer of `/api/files/local/NAME`."""
    completed, failed = (_number(_find(reply, "prints", key)) for key in ("success", "failure"))
    return Prints(int(completed), int(failed))


def read_names(reply: object) -> tuple[str, ...]:
    """Read the names of the files in the answer of `/api/files/local`."""
    files = _find(reply, "files")
    return tuple(_text(_find(file, "name")) for file in files) if isinstance(files, list) else ()


def read_temperatures(reply: object) -> dict[str, Temperature]:
    """Read the heaters in the answer of `/api/printer`, under the names that our own printers use."""
    heaters = _find(reply, "temperature")
    if not isinstance(heaters, Mapping):
        return {}
    return {
        _heater(_text(name)): Temperature(
            _number(_find(reading, "actual")), _number(_find(reading, "target"))
        )
        for name, reading in heaters.items()
        if _find(reading, "actual") is not None
    }


def _heater(name: str) -> str:
    if name == "tool0":
        return "hotend"
    return name.replace("tool", "hotend")


def _find(reply: object, *path: str) -> object:
    for key in path:
        if not isinstance(reply, Mapping):
            return None
        reply = reply.get(key)
    return reply


def _text(value: object) -> str:
    """Return what fits on a screen of a text, nothing for anything else."""
    return "".join(c for c in value[:_LONGEST_TEXT] if c.isprintable()) if isinstance(value, str) else ""


def _number(value: object) -> float:
    """Return a number within sane limits, 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST_NUMBER:
        return 0.0
    return float(value)
