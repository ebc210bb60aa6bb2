"""What a run that ended early tells people, in both languages."""

from dataclasses import dataclass
from typing import Final

from drivers.errors import (
    DeviceBusyError,
    DeviceFaultError,
    DriverError,
    ProgramCancelledError,
    ProgramInterruptedError,
    ProtocolError,
    TransportError,
)
from jobs.errors import Sentence
from jobs.french import in_french
from jobs.types import JobState

_SHOWN: Final = 160


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: the job's next state and, unless all went well, why."""

    state: JobState
    note: str = ""
    problem: Sentence | None = None


_MEANINGS: Final[tuple[tuple[type[DriverError], JobState, str, str, str], ...]] = (
    (
        ProgramInterruptedError,
        JobState.INTERRUPTED,
        "interrupted",
        "La fabrication a été interrompue",
        "Interrupted",
    ),
    (TransportError, JobState.INTERRUPTED, "link-lost", "La liaison avec la machine est perdue", "Link lost"),
    (DeviceFaultError, JobState.FAILED, "fault", "La machine signale un défaut", "Machine fault"),
    (DeviceBusyError, JobState.FAILED, "not-ready", "La machine n'était pas prête", "Machine not ready"),
    (ProtocolError, JobState.FAILED, "protocol", "La machine a mal répondu", "Wrong answer"),
    (DriverError, JobState.FAILED, "driver", "La machine n'a pas pu continuer", "Machine error"),
)
"""Most particular first; the last one takes every error of a machine."""


def ending_of(error: DriverError) -> Ending:
    """What an error of the machine means for the job."""
    if isinstance(error, ProgramCancelledError):
        return Ending(JobState.CANCELLED, "cancelled")
    _, state, note, fr, en = next(meaning for meaning in _MEANINGS if isinstance(error, meaning[0]))
    return Ending(state, note, _quoting(fr, en, error))


def over_limit(limit_s: float) -> Ending:
    """The run took longer than it may."""
    minutes = max(1, round(limit_s / 60))
    return Ending(
        JobState.FAILED,
        "over-limit",
        Sentence(
            f"Arrêté : durée maximale dépassée ({minutes} min).",
            f"Stopped: longer than the allowed {minutes} min.",
        ),
    )


def daemon_stopped() -> Ending:
    """The software on the bike is going down."""
    return Ending(
        JobState.INTERRUPTED,
        "daemon-stopped",
        Sentence(
            "Le logiciel du vélo s'est arrêté ; un médiateur doit relancer l'objet.",
            "The bike's software stopped; a mediator must order the job again.",
        ),
    )


def _quoting(fr: str, en: str, error: DriverError) -> Sentence:
    """A driver's words are known in both languages; a machine's are hostile text: bounded and printable."""
    said = "".join(c for c in str(error) if c.isprintable())[:_SHOWN]
    known = in_french(str(error))
    return Sentence(f"{fr}. {known}" if known else f"{fr} (la machine dit : {said}).", f"{en}: {said}")
