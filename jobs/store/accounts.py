"""What reports, the history and the audit journal are made of, for the writer and the web process alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jobs.lent import LoanStep
from jobs.report import Records
from jobs.store.rows import Row, halt_of, item_of, loan_step_of, step_of
from jobs.store.visits import VisitQueries
from jobs.types import ON_A_MACHINE, Halt, JobState

_COUNTED: Final = ("stop", "fault", "runout", "call")
_LIVE: Final = tuple(
    sorted({*ON_A_MACHINE, JobState.PREPARING, JobState.READY, JobState.WAITING, JobState.APPROVED})
)
LIVE: Final = ", ".join(f"'{state}'" for state in _LIVE)
"""States, as SQL, of jobs that are not over: no halt is erased with them."""
_STEPS: Final = """
    SELECT journal.*, verdicts.good AS judged_good, coalesce(verdicts.reason, '') AS reason
    FROM journal LEFT JOIN verdicts ON verdicts.step = journal.id
"""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did or what went wrong, and when (UTC epoch seconds).

    `signed` is the kiosk's word for a mediator or a script, never a name; empty for what nobody asked for
    and for commands given on the bike's computer.
    """

    at_s: float
    act: str
    halt: str | None = None
    job: str | None = None
    machine: str | None = None
    detail: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mediator said of the last run of a job."""

    good: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a halt has left behind: what erasing it takes, and the objects that it leaves."""

    objects: int
    steps: int
    thumbs: int
    acts: int
    tickets: int
    kept: int


class AccountQueries(VisitQueries):
    """Questions about what has been; one connection is used by one thread at a time."""

    def halts(self) -> list[Halt]:
        """Every halt that is known, the newest first."""
        return [halt_of(row) for row in self._rows("SELECT * FROM halts ORDER BY opened_s DESC, rowid DESC")]

    def halts_of_term(self) -> list[Halt]:
        """The halts opened since the present term began, oldest first."""
        query = "SELECT * FROM halts WHERE opened_s >= (SELECT max(began_s) FROM terms) ORDER BY opened_s"
        return [halt_of(row) for row in self._rows(query)]

    def records(self, halts: Sequence[Halt]) -> Records:
        """All that a report of these halts is made of."""
        ids = [halt.id for halt in halts]
        marks = ", ".join("?" * len(ids))
        begins = min((halt.opened_s for halt in halts), default=0.0)
        query = f"""
            SELECT job FROM journal WHERE halt IN ({marks})
            UNION SELECT job FROM journal GROUP BY job HAVING min(at_s) < ? AND max(id) IN
                (SELECT id FROM journal WHERE at_s >= ? OR to_state IN ({LIVE}))
        """  # noqa: S608 - marks and our own words only
        jobs = f'SELECT id, design, participant, "group" FROM jobs WHERE id IN ({query})'  # noqa: S608 - as above
        steps = f"{_STEPS} WHERE journal.job IN ({query}) ORDER BY journal.id"
        values = (*ids, begins, begins)
        up, down = self._thumbs(ids)
        return Records(
            halts=tuple(halts),
            items={str(row["id"]): item_of(row) for row in self._rows(jobs, *values)},
            steps=tuple(step_of(row) for row in self._rows(steps, *values)),
            incidents=self._incidents(ids),
            thumbs_up=up,
            thumbs_down=down,
            lent=self._lent(ids),
        )

    def acts(self, halt_id: str | None = None, limit: int = 1_000_000) -> list[Act]:
        """The last lines of the audit journal, of one halt only if it is given, newest first."""
        query = "SELECT * FROM audit WHERE (? IS NULL OR halt = ?) ORDER BY id DESC LIMIT ?"
        return [_act(row) for row in self._rows(query, halt_id, halt_id, limit)]

    def verdict(self, job_id: str) -> Verdict | None:
        """What a mediator said of the last run of a job, None for nothing."""
        rows = self._rows(
            "SELECT good, reason FROM verdicts WHERE step = (SELECT max(id) FROM journal WHERE job = ?)",
            job_id,
        )
        return Verdict(rows[0]["good"] == 1, str(rows[0]["reason"])) if rows else None

    def last_halts(self) -> dict[str, str]:
        """The halt of the last step of each job; jobs that ended outside of every halt are missing."""
        query = "SELECT job, halt, max(id) FROM journal GROUP BY job"
        return {str(row["job"]): str(row["halt"]) for row in self._rows(query) if row["halt"] is not None}

    def extent(self, halt_id: str) -> Extent:
        """Count what a halt has left behind."""
        over = f"SELECT id FROM jobs WHERE state NOT IN ({LIVE})"  # noqa: S608 - our own words
        here = "FROM journal WHERE halt = :halt AND job"
        query = f"""
            SELECT (SELECT count(DISTINCT job) {here} IN ({over})) AS objects,
                (SELECT count(*) {here} IN ({over})) AS steps,
                (SELECT count(*) FROM ratings WHERE halt = :halt) AS thumbs,
                (SELECT count(*) FROM audit WHERE halt = :halt) AS acts,
                (SELECT count(*) FROM tickets WHERE halt = :halt) AS tickets,
                (SELECT count(DISTINCT job) {here} NOT IN ({over})) AS kept
        """  # noqa: S608 - our own words
        row = self._rows(query.replace(":halt", "?1"), halt_id)[0]
        return Extent(**{name: int(str(count)) for name, count in row.items()})

    def _thumbs(self, ids: Sequence[str]) -> tuple[int, int]:
        marks = ", ".join("?" * len(ids))
        query = f"SELECT good, count(*) AS many FROM ratings WHERE halt IN ({marks}) GROUP BY good"  # noqa: S608 - marks
        found = {int(str(row["good"])): int(str(row["many"])) for row in self._rows(query, *ids)}
        return found.get(1, 0), found.get(0, 0)

    def _lent(self, ids: Sequence[str]) -> tuple[LoanStep, ...]:
        """Every step of each loan that began in one of these halts, in their order."""
        marks = ", ".join("?" * len(ids))
        query = f"SELECT * FROM loan_journal WHERE halt IN ({marks}) ORDER BY id"  # noqa: S608 - marks only
        return tuple(loan_step_of(row) for row in self._rows(query, *ids))

    def _incidents(self, ids: Sequence[str]) -> dict[str, int]:
        marks, acts = ", ".join("?" * len(ids)), ", ".join("?" * len(_COUNTED))
        query = f"""
            SELECT act, count(*) AS many FROM audit
            WHERE halt IN ({marks}) AND act IN ({acts}) GROUP BY act
        """  # noqa: S608 - marks only
        rows = self._rows(query, *ids, *_COUNTED)
        return {str(row["act"]): int(str(row["many"])) for row in rows}


def _act(row: Row) -> Act:
    def word(name: str) -> str | None:
        return None if row[name] is None else str(row[name])

    at_s, detail, signed = float(str(row["at_s"])), str(row["detail"]), str(row["signed"])
    return Act(at_s, str(row["act"]), word("halt"), word("job"), word("machine"), detail, signed)
