"""The queue: the only SQL about jobs; every transition is conditional on the old state and journalled."""

import secrets
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.store import refusals
from jobs.store.change import NO_CHANGE, JobChange, stamps
from jobs.store.connection import open_writer, writing
from jobs.store.memory import BikeMemory
from jobs.store.rows import Row, design_text, job_of, sentence_text
from jobs.store.tickets import Choose, draw
from jobs.types import ON_A_MACHINE, TRANSITIONS, Design, Job, JobState

_OWN_STEPS = frozenset({JobState.STARTING, JobState.WAITING})
"""`claim` and `send` are the only ways into these: they hold the rules of the machine and of the ticket."""


class Store(BikeMemory):
    """The sole writer of the queue; one store is used by one thread at a time.

    Every method may raise `StoreError` when the disk or the database fails; then nothing was changed.
    """

    def __init__(self, db: Database, now: Callable[[], float], choose: Choose) -> None:
        super().__init__(db, now)
        self._choose = choose

    @classmethod
    def open(cls, path: Path, now: Callable[[], float], choose: Choose = secrets.choice) -> Self:
        """Open or create the queue; `now` gives UTC epoch seconds, `choose` draws tickets.

        Raises:
            StoreError: the file is damaged or not ours.
        """
        return cls(open_writer(path), now, choose)

    def create(self, design: Design, key: str, participant: str = "", group: str = "") -> Job:
        """Return the job of this idempotency key, made now unless it exists."""
        values = (uuid.uuid4().hex, key, JobState.PREPARING, design_text(design), participant, group)
        with writing(self._db):
            made = self._updated(
                'INSERT INTO jobs (id, key, state, design, participant, "group", created_s, changed_s) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING *",
                (*values, self._now(), self._now()),
            )
            if made is not None:
                self._note(made.id, None, JobState.PREPARING, "")
                return made
            return job_of(self._rows("SELECT * FROM jobs WHERE key = ?", key)[0])

    def transition(self, job_id: str, to: JobState, *, note: str = "", change: JobChange = NO_CHANGE) -> Job:
        """Move a job on, if its state allows it, together with what changes beside the state.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is elsewhere; nothing was changed.
        """
        with writing(self._db):
            before = self.get(job_id)
            if to in _OWN_STEPS:
                raise refusals.wrong_state(before.state, to)
            return self._step(before, to, note, change.columns())

    def amend(self, job_id: str, change: JobChange) -> Job:
        """Write down what changes while the state stays.

        Raises:
            UnknownJobError: there is none of this id.
        """
        with writing(self._db):
            before = self.get(job_id)
            return self._write(before, before.state, change.columns())

    def send(self, job_id: str) -> Job:
        """Give a READY job its ticket and put it before the mediator; a second call changes nothing.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is not ready.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.ticket is not None:
                return job
            ticket = draw(self._used_tickets(), self._choose)
            row: Row = {"ticket": ticket, "participant": job.participant or ticket}
            return self._step(job, JobState.WAITING, "", row)

    def claim(self, job_id: str, machine: str) -> Job:
        """Take a machine for an APPROVED job; the plate of a printer counts as full from here on.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job or the machine is not free, or the plate is not confirmed clear.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.cancel_asked:
                raise refusals.cancel_pending()
            halt = self.current_halt()
            row: Row = {"machine": machine, "halt": None if halt is None else halt.id}
            try:
                claimed = self._step(job, JobState.STARTING, machine, row)
            except sqlite3.IntegrityError as error:
                raise refusals.machine_busy(machine) from error
            if job.design.device is DeviceKind.PRINTER:
                if not self.plate_clear(machine):
                    raise refusals.plate_dirty(machine)
                self._write_plate(machine, clear=False)
            return claimed

    def interrupt_all(self, note: str, problem: Sentence | None = None) -> list[Job]:
        """At start-up: whatever was on a machine is INTERRUPTED, and only a person orders it again."""
        row: Row = {} if problem is None else {"problem": sentence_text(problem)}
        with writing(self._db):
            return [self._step(job, JobState.INTERRUPTED, note, row) for job in self.jobs(ON_A_MACHINE)]

    def erase(self, job_id: str) -> Job:
        """Forget what a job was, keeping the row as a count; the caller deletes its files.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is on a machine.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.state in ON_A_MACHINE:
                raise refusals.on_a_machine()
            if JobState.CANCELLED in TRANSITIONS[job.state]:
                job = self._step(job, JobState.CANCELLED, "erased", {})
            bare = replace(job.design, source=None, parameters={})
            forgotten: Row = {"design": design_text(bare), "prepared": None, "ticket": None}
            return self._write(job, job.state, forgotten)

    def _step(self, job: Job, to: JobState, note: str, row: Row) -> Job:
        """One transition; to be called within a transaction."""
        if to not in TRANSITIONS[job.state]:
            raise refusals.wrong_state(job.state, to)
        moved = self._write(job, to, {**stamps(to, self._now()), **row, "changed_s": self._now()})
        self._note(job.id, job.state, to, note)
        return moved

    def _write(self, job: Job, to: JobState, row: Row) -> Job:
        columns = {"state": to, **row}
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        moved = self._updated(
            f"UPDATE jobs SET {assignments} WHERE id = ? AND state = ? RETURNING *",  # noqa: S608 - our own names
            (*columns.values(), job.id, job.state),
        )
        if moved is None:
            raise refusals.wrong_state(job.state, to)
        return moved

    def _updated(self, statement: str, values: tuple[object, ...]) -> Job | None:
        rows: list[Row] = list(self._db.query(statement, values))
        self._changes += len(rows)
        return job_of(rows[0]) if rows else None

    def _note(self, job_id: str, before: JobState | None, after: JobState, note: str) -> None:
        self._db.execute(
            "INSERT INTO journal (job, from_state, to_state, at_s, note) VALUES (?, ?, ?, ?, ?)",
            (job_id, before, after, self._now(), note),
        )

    def _used_tickets(self) -> set[str]:
        """Participants too: an erased job's ticket still counts for fairness."""
        query = "SELECT ticket AS name FROM jobs WHERE ticket IS NOT NULL UNION SELECT participant FROM jobs"
        return {str(row["name"]) for row in self._rows(query)}
