"""The queue as it is read, by its writer and by the web process alike."""

from collections.abc import Collection
from pathlib import Path
from typing import Self

from jobs.store import refusals
from jobs.store.connection import open_reader
from jobs.store.loan_queries import LoanQueries
from jobs.store.rows import KeptPlan, entry_of, job_of
from jobs.store.tickets import spoken
from jobs.types import Job, JobState, JournalEntry


class JobQueries(LoanQueries):
    """Every question to the queue; one connection is used by one thread at a time.

    Every method may raise `StoreError` when the disk or the database fails.
    """

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @property
    def version(self) -> int:
        """Changes whenever another connection has written; cheap enough to ask every second."""
        return int(str(self._rows("PRAGMA data_version")[0]["data_version"]))

    def get(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            UnknownJobError: there is none of this id.
        """
        rows = self._rows("SELECT * FROM jobs WHERE id = ?", job_id)
        if not rows:
            raise refusals.unknown_job()
        return job_of(rows[0])

    def by_ticket(self, ticket: str) -> Job:
        """Return the job that a ticket stands for, with or without its capitals and accents.

        Raises:
            UnknownJobError: no job has this ticket.
        """
        wanted = spoken(ticket)
        for row in self._rows("SELECT id, ticket FROM jobs WHERE ticket IS NOT NULL"):
            if spoken(str(row["ticket"])) == wanted:
                return self.get(str(row["id"]))
        raise refusals.unknown_job()

    def jobs(self, states: Collection[JobState] | None = None) -> list[Job]:
        """Return the jobs in these states (all of them without), oldest first."""
        wanted = sorted(JobState if states is None else states)
        marks = ", ".join("?" * len(wanted))
        query = f"SELECT * FROM jobs WHERE state IN ({marks}) ORDER BY created_s, rowid"  # noqa: S608 - marks only
        return [job_of(row) for row in self._rows(query, *wanted)]

    def count(self, state: JobState) -> int:
        """How many jobs are in a state."""
        return int(str(self._rows("SELECT count(*) AS n FROM jobs WHERE state = ?", state)[0]["n"]))

    def journal(self, job_id: str) -> list[JournalEntry]:
        """Return every step of a job, oldest first."""
        query = "SELECT job, from_state, to_state, at_s, note FROM journal WHERE job = ? ORDER BY id"
        return [entry_of(row) for row in self._rows(query, job_id)]

    def made_with(self, key: str) -> Job | None:
        """Return the job of an idempotency key, if it was made."""
        rows = self._rows("SELECT * FROM jobs WHERE key = ?", key)
        return job_of(rows[0]) if rows else None

    def jobs_of_halt(self, halt_id: str) -> list[Job]:
        """Return the jobs that were last put on a machine in this halt, oldest first."""
        rows = self._rows("SELECT * FROM jobs WHERE halt = ? ORDER BY created_s, rowid", halt_id)
        return [job_of(row) for row in rows]

    def rating(self, job_id: str) -> bool | None:
        """The thumb that an object was given, None for none: up is True."""
        rows = self._rows("SELECT good FROM ratings WHERE job = ?", job_id)
        return rows[0]["good"] == 1 if rows else None

    def thumbs(self, halt_id: str) -> tuple[int, int]:
        """Count thumbs up and thumbs down for the objects of a halt."""
        query = "SELECT total(good) AS up, count(*) AS all_of_them FROM ratings WHERE halt = ?"
        row = self._rows(query, halt_id)[0]
        up = int(float(str(row["up"])))
        return up, int(str(row["all_of_them"])) - up

    def plate_clear(self, machine: str) -> bool:
        """Tell whether a person has confirmed the plate empty since the last start; unknown is not clear."""
        rows = self._rows("SELECT clear FROM plates WHERE machine = ?", machine)
        return bool(rows) and rows[0]["clear"] == 1

    def kept_plans(self, count: int) -> list[KeptPlan]:
        """Return the last plans, newest first."""
        rows = self._rows("SELECT at_s, instance, plan FROM plans ORDER BY id DESC LIMIT ?", count)
        return [KeptPlan(float(str(row["at_s"])), str(row["instance"]), str(row["plan"])) for row in rows]


class JobReader(JobQueries):
    """Read-only access to the queue, for the web process; methods are those of `JobQueries`."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing queue in a way that cannot write to it.

        Raises:
            StoreError: there is no queue at `path`, or it cannot be used.
        """
        return cls(open_reader(path))
