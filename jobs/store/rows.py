"""Rows of the queue as the dataclasses they stand for."""

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from jobs.errors import Sentence, StoreError
from jobs.journal import Item, Step
from jobs.lent import LoanStep
from jobs.loans import LoanState
from jobs.store import refusals
from jobs.types import Design, Halt, Job, JournalEntry, Prepared

Row = dict[str, object]

_JOB: Final = TypeAdapter(Job)
_DESIGN: Final = TypeAdapter(Design)
_PREPARED: Final = TypeAdapter(Prepared)
_SENTENCE: Final = TypeAdapter(Sentence)
_ENTRY: Final = TypeAdapter(JournalEntry)
_HALT: Final = TypeAdapter(Halt)
_STEP: Final = TypeAdapter(Step)
_BOOKKEEPING: Final = frozenset({"halt", "term"})
"""Columns that count for the store and not for a job."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it was made, with all it depended on; both as JSON text."""

    at_s: float
    instance: str
    plan: str


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
                **{name: value for name, value in row.items() if name not in _BOOKKEEPING},
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


def step_of(row: Row) -> Step:
    """The step in a row of the journal, with what a mediator said of it."""
    try:
        return _STEP.validate_python({name: value for name, value in row.items() if name != "id"})
    except ValidationError as error:
        raise _damaged(error) from error


def loan_step_of(row: Row) -> LoanStep:
    """The step in a row of the journal of loans."""
    took_wh, halt = row["took_wh"], row["halt"]
    return LoanStep(
        loan=str(row["loan"]),
        to_state=LoanState(str(row["to_state"])),
        at_s=float(str(row["at_s"])),
        note=str(row["note"]),
        halt=None if halt is None else str(halt),
        took_wh=None if took_wh is None else float(str(took_wh)),
    )


def item_of(row: Row) -> Item:
    """What a report counts of the job in a row."""
    try:
        design = _DESIGN.validate_json(str(row["design"]))
    except ValidationError as error:
        raise _damaged(error) from error
    return Item(design.kind, design.device, str(row["participant"]), str(row["group"]))


def halt_of(row: Row) -> Halt:
    """The halt in a row."""
    try:
        return _HALT.validate_python(row)
    except ValidationError as error:
        raise _damaged(error) from error


def _damaged(error: ValidationError) -> StoreError:
    """Names the wrong places only: a row may hold what should not reach a log."""
    places = {".".join(str(part) for part in problem["loc"]) or error.title for problem in error.errors()}
    return refusals.failed(f"damaged row: {', '.join(sorted(places))}")
