"""The queue: the only SQL about jobs; every transition is conditional on the old state and journalled."""

import secrets
import sqlite3
import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Self

from drivers.types import DeviceKind
from jobs.errors import Sentence, TransitionError
from jobs.store import refusals
from jobs.store.change import NO_CHANGE, JobChange, stamps
from jobs.store.connection import open_writer, writing
from jobs.store.line import IN_LINE, energy_wh, placed_before
from jobs.store.loans import LoanBook
from jobs.store.rows import Row, design_text, job_of, sentence_text
from jobs.store.tally import taken
from jobs.store.tickets import Choose
from jobs.types import ON_A_MACHINE, TRANSITIONS, Design, Job, JobState

_OWN_STEPS = frozenset({JobState.STARTING, JobState.WAITING})
"""`claim` and `send` are the only ways into these: they hold the rules of the machine and of the ticket."""

EVERY_STATE = frozenset(JobState)


class Store(LoanBook):
    """The sole writer of the queue; one store is used by one thread at a time.

    Every method may raise `StoreError` when the disk or the database fails; then nothing was changed.
    """

    @classmethod
    def open(cls, path: Path, now: Callable[[], float], choose: Choose = secrets.choice) -> Self:
        """Open or create the queue; `now` gives UTC epoch seconds, `choose` draws tickets.

        Raises:
            StoreError: the file is damaged or not ours.
        """
        return cls(open_writer(path), now, choose)

    def create(self, design: Design, key: str) -> Job:
        """Return the job of this idempotency key, made now unless it exists."""
        values = (uuid.uuid4().hex, key, JobState.PREPARING, design_text(design), self._now(), self._now())
        with writing(self._db):
            made = self._updated(
                'INSERT INTO jobs (id, key, state, design, participant, "group", created_s, changed_s) '
                "VALUES (?, ?, ?, ?, '', '', ?, ?) ON CONFLICT (key) DO NOTHING RETURNING *",
                values,
            )
            if made is not None:
                self._note(None, made, "", {})
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

    def amend(self, job_id: str, change: JobChange, states: Collection[JobState] = EVERY_STATE) -> Job:
        """Write down what changes while the state stays, if it is one of `states`.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is in another state; nothing was changed.
        """
        with writing(self._db):
            before = self.get(job_id)
            if before.state not in states:
                raise refusals.not_in_line(before.state)
            return self._write(before, before.state, change.columns())

    def promise(self, job_id: str, cap_wh: float) -> Job:
        """Promise a job of the line, unless all promises of the halt would take more than `cap_wh` together.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is not in the line, or it takes too much.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.state not in IN_LINE:
                raise refusals.not_in_line(job.state)
            if job.promised:
                return job
            halt = self.current_halt()
            counted = [*self.jobs(IN_LINE), *(self.jobs_of_halt(halt.id) if halt else ())]
            promised = {one.id: energy_wh(one) for one in counted if one.promised}
            left_wh = cap_wh - sum(promised.values())
            if energy_wh(job) > left_wh:
                raise refusals.promise_too_large(energy_wh(job), left_wh, cap_wh)
            return self._write(job, job.state, {"promised": 1})

    def put_before(self, job_id: str, other_id: str | None) -> None:
        """Put a job of the line before another one, or at its end; asked again, nothing changes any more.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is not in the line.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.state not in IN_LINE:
                raise refusals.not_in_line(job.state)
            line = {one.id: one for one in self.jobs({job.state})}
            for moved, turn_s in placed_before(list(line.values()), job_id, other_id).items():
                self._write(line[moved], job.state, {"turn_s": turn_s})

    def send(self, job_id: str, holder: str | None = None) -> Job:
        """Give a READY job its ticket and put it before the mediator; a second call changes nothing.

        `holder` is the ticket of a participant who has had an object made before; without one it is a new
        participant of the class that is here.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job is not ready, or nobody holds that ticket here.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.ticket is not None:
                return job
            participant = self._known(holder) or self._draw_ticket()
            row: Row = {
                "ticket": self._ticket_of_next(participant),
                "participant": participant,
                "group": self._rows('SELECT "group" FROM tickets WHERE name = ?', participant)[0]["group"],
            }
            return self._step(job, JobState.WAITING, "", row)

    def claim(self, job_id: str, machine: str) -> Job:
        """Take a machine for an APPROVED job; the plate of a printer counts as full from here on.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the job, its participant or the machine is not free, or the plate is not
                confirmed clear.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.cancel_asked:
                raise refusals.cancel_pending()
            halt = self.current_halt()
            row: Row = {"machine": machine, "halt": halt.id if halt else None, "term": self.term()}
            try:
                claimed = self._step(job, JobState.STARTING, machine, row)
            except sqlite3.IntegrityError as error:
                raise _not_free(machine, error) from error
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

    def rate(self, job_id: str, *, good: bool) -> None:
        """Keep a thumb for a finished object; the last one counts.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the object is not finished.
        """
        with writing(self._db):
            job = self.get(job_id)
            if job.state is not JobState.DONE:
                raise refusals.not_finished()
            self._db.execute(
                "INSERT INTO ratings (job, kind, device, halt, good) "
                "SELECT id, ?, ?, halt, ? FROM jobs WHERE id = ? "
                "ON CONFLICT (job) DO UPDATE SET good = excluded.good",
                (job.design.kind, job.design.device, int(good), job_id),
            )

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
        now_s = self._now()
        moved = self._write(job, to, {**stamps(to, now_s), **row, "changed_s": now_s})
        self._note(job, moved, note, taken(job, to, moved.used_wh, now_s))
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


def _not_free(machine: str, error: sqlite3.IntegrityError) -> TransitionError:
    """Say which of the two rules of a start the database has held."""
    is_machine = "jobs.machine" in str(error)
    return refusals.machine_busy(machine) if is_machine else refusals.participant_busy()
