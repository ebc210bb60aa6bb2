"""The book of what was done: steps of jobs, acts of mediators, verdicts, and the end of all of it."""

from typing import Final

from jobs.store import refusals
from jobs.store.accounts import LIVE, Act
from jobs.store.connection import reading, writing
from jobs.store.memory import BikeMemory
from jobs.store.rows import Row
from jobs.types import ON_A_MACHINE, Job, JobState

_JUDGED: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED})
_OPEN: Final = "SELECT id FROM halts WHERE closed_s IS NULL"


class RecordBook(BikeMemory):
    """The writer's side of the journal, the audit journal and verdicts."""

    def keep_act(self, act: Act) -> None:
        """Write down what somebody did or what went wrong; a halt that is gone counts as none."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO audit (at_s, halt, act, job, machine, detail, signed) "
                "VALUES (?, (SELECT id FROM halts WHERE id = ?), ?, ?, ?, ?, ?)",
                (act.at_s, act.halt, act.act, act.job, act.machine, act.detail, act.signed),
            )

    def judge(self, job_id: str, *, good: bool, reason: str) -> None:
        """Keep what a mediator says of the last run of a job; the last word counts.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: it has not ended on a machine, or it failed and cannot be good.
        """
        with writing(self._db):
            job = self.get(job_id)
            step = self._rows("SELECT max(id) AS id, from_state FROM journal WHERE job = ?", job_id)[0]
            was_made = job.state in _JUDGED and step["from_state"] in ON_A_MACHINE
            if not was_made or (good and job.state is not JobState.DONE):
                raise refusals.not_finished()
            self._db.execute(
                "INSERT INTO verdicts (step, good, reason, at_s) VALUES (?, ?, ?, ?) ON CONFLICT (step) "
                "DO UPDATE SET good = excluded.good, reason = excluded.reason, at_s = excluded.at_s",
                (step["id"], int(good), reason, self._now()),
            )
        self._changes += 1

    def files_of_halt(self, halt_id: str, objects: int) -> list[Job]:
        """The jobs of a halt that are over, whose files go before their rows.

        Raises:
            TransitionError: the halt is open, or it has another number of objects than was said.
        """
        if self._rows(f"{_OPEN} AND id = ?", halt_id):
            raise refusals.halt_open()
        if (
            self._rows("SELECT 1 FROM halts WHERE id = ?", halt_id)
            and self.extent(halt_id).objects != objects
        ):
            raise refusals.halt_not_as_seen()
        query = f"""
            SELECT id FROM jobs WHERE state NOT IN ({LIVE}) AND id IN (SELECT job FROM journal
                GROUP BY job HAVING max(id) IN (SELECT id FROM journal WHERE halt = ?))
        """  # noqa: S608 - our own words
        return [self.get(str(row["id"])) for row in self._rows(query, halt_id)]

    def erase_halt(self, halt_id: str, objects: int) -> None:
        """Forget a closed halt: its objects that are over, thumbs, acts, plans, tickets, and where it was.

        Objects that wait or are on a machine stay as they are. What the disk held is overwritten. Asked
        again, nothing changes any more.

        Raises:
            TransitionError: as `files_of_halt`.
        """
        over = f"SELECT id FROM jobs WHERE state NOT IN ({LIVE})"  # noqa: S608 - our own words
        gone = f"halt = ? AND job IN ({over})"
        last = self.files_of_halt(halt_id, objects)
        with reading():
            self._db.execute("PRAGMA secure_delete = 1")
        with writing(self._db):
            self._forget_plans(halt_id)
            steps = f"SELECT id FROM journal WHERE {gone}"  # noqa: S608 - as above
            self._do(f"DELETE FROM verdicts WHERE step IN ({steps})", halt_id)  # noqa: S608 - as above
            self._do(f"DELETE FROM journal WHERE {gone}", halt_id)  # noqa: S608 - as above
            self._forget_loans(halt_id)
            self._do("DELETE FROM ratings WHERE halt = ?", halt_id)
            self._do("DELETE FROM audit WHERE halt = ?", halt_id)
            for job in last:
                self._forget_job(job)
            self._forget_place(halt_id)
        with reading():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._changes += 1

    def _forget_job(self, job: Job) -> None:
        """A job without a step left goes; one of an earlier halt too keeps its row as a count."""
        bare: Row = {"ticket": None, "prepared": None, "problem": None}
        columns = ", ".join(f"{name} = ?" for name in bare)
        self._do(f"UPDATE jobs SET {columns} WHERE id = ?", *bare.values(), job.id)  # noqa: S608 - our own names
        self._do(
            "UPDATE jobs SET design = json_set(design, '$.source', NULL, '$.parameters', json('{}')) "
            "WHERE id = ?",
            job.id,
        )
        self._do("DELETE FROM jobs WHERE id = ? AND id NOT IN (SELECT job FROM journal)", job.id)

    def _forget_loans(self, halt_id: str) -> None:
        """Robots that were lent or asked for here, but for one that somebody still has."""
        gone = "SELECT id FROM loans WHERE halt = ? AND state <> 'lent'"
        self._do(f"DELETE FROM loan_journal WHERE loan IN ({gone})", halt_id)  # noqa: S608 - our own words
        self._do("DELETE FROM loans WHERE halt = ? AND state <> 'lent'", halt_id)

    def _forget_plans(self, halt_id: str) -> None:
        self._do(
            "DELETE FROM plans WHERE EXISTS "
            "(SELECT 1 FROM halts WHERE id = ? AND plans.at_s BETWEEN opened_s AND closed_s)",
            halt_id,
        )

    def _forget_place(self, halt_id: str) -> None:
        """Nothing points to the halt any more, and its tickets are nobody's unless somebody has an object."""
        self._do(
            "DELETE FROM tickets WHERE halt = ? AND name NOT IN "
            "(SELECT participant FROM jobs UNION SELECT ticket FROM loans)",
            halt_id,
        )
        for table in ("tickets", "jobs", "journal", "loans", "loan_journal"):
            self._do(f"UPDATE {table} SET halt = NULL WHERE halt = ?", halt_id)  # noqa: S608 - our own names
        self._do("DELETE FROM halts WHERE id = ?", halt_id)

    def _do(self, statement: str, *values: object) -> None:
        self._db.execute(statement, values)

    def _note(self, job: Job | None, made: Job, note: str, took: Row) -> None:
        """Write a step down, of the halt that is open; a run ends in the halt in which it began."""
        on_machine = job is not None and job.state in ON_A_MACHINE
        halt = "(SELECT halt FROM jobs WHERE id = ?)" if on_machine else f"({_OPEN} AND ? <> '')"
        self._do(
            "INSERT INTO journal (job, from_state, to_state, at_s, note, halt, took_wh, is_measured, took_g) "  # noqa: S608 - our own words
            f"VALUES (?, ?, ?, ?, ?, {halt}, ?, ?, ?)",
            *(made.id, job.state if job else None, made.state, self._now(), note, made.id),
            *(took.get("took_wh"), took.get("is_measured", 0), took.get("took_g")),
        )
