"""Rows of the queue as dataclasses, and changes as columns."""

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from jobs import store_errors
from jobs.errors import Sentence, StoreError
from jobs.types import Design, Halt, Job, JobState, JournalEntry, Prepared

Row = dict[str, object]

_JOB: Final = TypeAdapter(Job)
_DESIGN: Final = TypeAdapter(Design)
_PREPARED: Final = TypeAdapter(Prepared)
_SENTENCE: Final = TypeAdapter(Sentence)
_ENTRY: Final = TypeAdapter(JournalEntry)
_HALT: Final = TypeAdapter(Halt)


@dataclass(frozen=True, slots=True)
class JobChange:
    """What changes beside the state; a field that is None stays as it was."""

    prepared: Prepared | None = None
    problem: Sentence | None = None
    machine: str | None = None
    group: str | None = None
    priority: int | None = None
    promised: bool | None = None
    started_s: float | None = None
    ended_s: float | None = None
    used_wh: float | None = None
    cancel_asked: bool | None = None

    def columns(self) -> Row:
        """The columns to write; names of fields are names of columns."""
        row: Row = {
            "machine": self.machine,
            "group": self.group,
            "priority": self.priority,
            "promised": self.promised,
            "started_s": self.started_s,
            "ended_s": self.ended_s,
            "used_wh": self.used_wh,
            "cancel_asked": self.cancel_asked,
            "prepared": None if self.prepared is None else prepared_text(self.prepared),
            "problem": None if self.problem is None else sentence_text(self.problem),
        }
        return {name: value for name, value in row.items() if value is not None}


NO_CHANGE: Final = JobChange()


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it was made, with all it depended on; both as JSON text."""

    at_s: float
    instance: str
    plan: str


def stamps(to: JobState, now_s: float) -> Row:
    """What a step into a state writes down by itself; a new order forgets the run before."""
    match to:
        case JobState.WAITING:
            return {"submitted_s": now_s}
        case JobState.STARTING:
            return {"started_s": now_s}
        case JobState.DONE | JobState.FAILED | JobState.INTERRUPTED | JobState.CANCELLED:
            return {"ended_s": now_s}
        case JobState.APPROVED:
            forgotten = ("machine", "problem", "started_s", "ended_s", "used_wh")
            return {**dict.fromkeys(forgotten), "cancel_asked": 0}
        case _:
            return {}


def design_text(design: Design) -> str:
    """A design as JSON."""
    return _DESIGN.dump_json(design).decode()


def prepared_text(prepared: Prepared) -> str:
    """What was prepared, as JSON."""
    return _PREPARED.dump_json(prepared).decode()


def sentence_text(sentence: Sentence) -> str:
    """A sentence as JSON."""
    return _SENTENCE.dump_json(sentence).decode()


def job_of(row: Row) -> Job:
    """The job in a row.

    Raises:
        StoreError: the row holds what no job can be.
    """
    try:
        return _JOB.validate_python(
            {
                **{name: value for name, value in row.items() if name != "halt"},
                "design": _DESIGN.validate_json(str(row["design"])),
                "prepared": None
                if row["prepared"] is None
                else _PREPARED.validate_json(str(row["prepared"])),
                "problem": None if row["problem"] is None else _SENTENCE.validate_json(str(row["problem"])),
            }
        )
    except ValidationError as error:
        raise _damaged(error) from error


def entry_of(row: Row) -> JournalEntry:
    """The journal entry in a row."""
    try:
        return _ENTRY.validate_python(row)
    except ValidationError as error:
        raise _damaged(error) from error


def halt_of(row: Row) -> Halt:
    """The halt in a row."""
    try:
        return _HALT.validate_python(row)
    except ValidationError as error:
        raise _damaged(error) from error


def _damaged(error: ValidationError) -> StoreError:
    """Names the wrong places only: a row may hold what should not reach a log."""
    places = {".".join(str(part) for part in problem["loc"]) or error.title for problem in error.errors()}
    return store_errors.failed(f"damaged row: {', '.join(sorted(places))}")
