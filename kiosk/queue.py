"""The job queue as the pages read it; opened late, because the kiosk may start before the daemon."""

from pathlib import Path

from jobs.errors import StoreError
from jobs.loans import Loan, LoanState
from jobs.store.accounts import AccountQueries
from jobs.store.memory import PLANS_KEPT
from jobs.store.reader import JobReader
from jobs.store.rows import KeptPlan
from jobs.store.visits import Holder
from jobs.types import Job, JobState
from onboard.history import Moment, history


class Queue:
    """Read-only; every method may raise `StoreError` while there is no readable queue."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: JobReader | None = None

    def job(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            UnknownJobError: there is none of this id, or it was erased.
        """
        return self._read().get(job_id)

    def jobs(self, *states: JobState) -> list[Job]:
        """The jobs in these states, or all of them, oldest first."""
        return self._read().jobs(states or None)

    def count(self, state: JobState) -> int:
        """How many jobs are in a state."""
        return self._read().count(state)

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever the daemon has written, or the file was opened anew."""
        reader = self._read()
        return id(reader), reader.version

    def made_with(self, key: str) -> Job | None:
        """The job of an idempotency key, if it was made."""
        return self._read().made_with(key)

    def halt_groups(self) -> list[str]:
        """The classes that have come in this term, and the one that is here."""
        return self._read().groups()

    def holders(self, group: str) -> list[Holder]:
        """The tickets of a class in this term."""
        return self._read().holders(group)

    def holder(self, ticket: str) -> Holder | None:
        """Whoever holds a ticket in this term."""
        return self._read().holder(ticket)

    def by_ticket(self, ticket: str) -> Job:
        """Return the job that a ticket stands for.

        Raises:
            UnknownJobError: no job has this ticket.
        """
        return self._read().by_ticket(ticket)

    def loan(self, loan_id: str) -> Loan:
        """Return one loan of a robot.

        Raises:
            UnknownJobError: there is none of this id.
        """
        return self._read().loan(loan_id)

    def loan_of(self, ticket: str) -> Loan | None:
        """The last loan of a participant, if there is one."""
        return self._read().loan_of(ticket)

    def history(self, job: Job) -> list[Moment]:
        """Everything that was written down about a job, oldest first.

        Raises:
            ValueError: a kept plan cannot be read.
        """
        return history(self._read(), job)

    def kept_plans(self, count: int | None = None) -> list[KeptPlan]:
        """The last plans, newest first; all that are kept without a number."""
        return self._read().kept_plans(PLANS_KEPT if count is None else count)

    def loans(self, *states: LoanState) -> list[Loan]:
        """The loans of robots in these states, or all of them, in the order in which they were asked."""
        return self._read().loans(states or None)

    @property
    def accounts(self) -> AccountQueries:
        """What reports, the history and the audit journal are made of."""
        return self._read()

    def rating(self, job_id: str) -> bool | None:
        """The thumb that an object was given, None for none."""
        return self._read().rating(job_id)

    def refers_to(self, source: str) -> bool:
        """Whether a job was made from this file of the spool."""
        try:
            return any(job.design.source == source for job in self._read().jobs())
        except StoreError:
            return False  # no queue, so no job

    def _read(self) -> JobReader:
        """The open reader; one that lost its file is opened anew."""
        if self._reader is not None and self._path.exists():
            return self._reader
        self.close()
        self._reader = JobReader.open(self._path)
        return self._reader

    def close(self) -> None:
        """Release the file."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None
