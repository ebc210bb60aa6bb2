"""What a step of a job changes beside its state, as columns."""

from dataclasses import dataclass
from typing import Final

from jobs.errors import Sentence
from jobs.store.rows import Row, prepared_text, sentence_text
from jobs.types import JobState, Prepared


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
    turn_s: float | None = None

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
            "turn_s": self.turn_s,
            "prepared": None if self.prepared is None else prepared_text(self.prepared),
            "problem": None if self.problem is None else sentence_text(self.problem),
        }
        return {name: value for name, value in row.items() if value is not None}


NO_CHANGE: Final = JobChange()


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
