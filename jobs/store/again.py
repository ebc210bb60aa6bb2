"""Making an object once more: a new job from what another one was prepared to."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from jobs.store import refusals
from jobs.store.connection import writing
from jobs.store.halts import HaltBook
from jobs.store.rows import design_text, prepared_text
from jobs.types import Job, JobState

OVER: Final = frozenset({JobState.DONE, JobState.REFUSED, JobState.CANCELLED})
"""States of jobs that never go on; one that failed or was interrupted is ordered again as it is."""
_WAY: Final = (JobState.PREPARING, JobState.READY, JobState.WAITING, JobState.APPROVED)


@dataclass(frozen=True, slots=True)
class Copies:
    """The id of the new job, and the name in the spool of its own copy of what was brought."""

    job: str
    source: str | None


class AgainBook(HaltBook):
    """The writer's side of a second order."""

    def may_repeat(self, job_id: str) -> Job:
        """Return a job that can be made once more.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: it is not over, was never sent, or its files are gone.
        """
        job = self.get(job_id)
        if job.state not in OVER or job.prepared is None or not job.participant:
            raise refusals.not_repeatable()
        return job

    def repeat(self, job_id: str, key: str, copies: Copies) -> Job:
        """Order an object once more, accepted already, for the same participant; a second call is the first.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: as `may_repeat`.
        """
        with writing(self._db):
            if made := self.made_with(key):
                return made
            self._insert(self.may_repeat(job_id), key, copies)
            made = self.get(copies.job)
            self._note(None, replace(made, state=_WAY[0]), "again", {})
            for before, after in pairwise(_WAY):
                self._note(replace(made, state=before), replace(made, state=after), "again", {})
        self._changes += 1
        return made

    def _insert(self, old: Job, key: str, copies: Copies) -> None:
        now_s = self._now()
        row: dict[str, object] = {
            "id": copies.job,
            "key": key,
            "state": JobState.APPROVED,
            "design": design_text(replace(old.design, source=copies.source)),
            "created_s": now_s,
            "changed_s": now_s,
            "submitted_s": now_s,
            "ticket": self._ticket_of_next(old.participant),
            "prepared": old.prepared and prepared_text(old.prepared),
            "participant": old.participant,
            "group": old.group,
        }
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self._do(f"INSERT INTO jobs ({columns}) VALUES ({marks})", *row.values())  # noqa: S608 - our own names

    def _ticket_of_next(self, participant: str) -> str:
        """The first object has the participant's own ticket, the second one says that it is the second."""
        sent = "SELECT count(*) AS sent FROM jobs WHERE participant = ? AND submitted_s IS NOT NULL"
        number = 1 + int(str(self._rows(sent, participant)[0]["sent"]))
        return participant if number == 1 else f"{participant}-{number}"
