"""What is known of halts, terms and tickets, for the writer and the web process alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from jobs.store.connection import reading
from jobs.store.rows import Row, halt_of
from jobs.store.tickets import spoken
from jobs.types import ON_A_MACHINE, Halt

_COUNTS = ", ".join(f"'{state}'" for state in sorted({*ON_A_MACHINE, "done"}))
_LIVE = ", ".join(f"'{state}'" for state in sorted({*ON_A_MACHINE, "waiting", "approved"}))


@dataclass(frozen=True, slots=True)
class Holder:
    """A participant by the ticket they hold; `here` when it was given, or waits for an object, at this halt.

    `made` counts the objects of the term, those on machines among them.
    """

    ticket: str
    group: str
    here: bool
    made: int


class VisitQueries:
    """Questions about halts, terms and tickets; one connection is used by one thread at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def term(self) -> int:
        """The number of the present term."""
        return int(str(self._rows("SELECT max(id) AS id FROM terms")[0]["id"]))

    def served_counts(self) -> dict[str, int]:
        """Count the jobs each participant has had in the present term, made or on a machine."""
        query = f"""
            SELECT participant, count(*) AS made FROM jobs
            WHERE state IN ({_COUNTS}) AND term = (SELECT max(id) FROM terms)
            GROUP BY participant
        """  # noqa: S608 - our own words
        return {str(row["participant"]): int(str(row["made"])) for row in self._rows(query)}

    def groups(self) -> list[str]:
        """The classes that have come in the present term, and the one that is here."""
        query = """
            SELECT DISTINCT "group" AS name FROM tickets WHERE term = (SELECT max(id) FROM terms)
            UNION SELECT "group" FROM halts WHERE closed_s IS NULL
        """
        return sorted(name for row in self._rows(query) if (name := str(row["name"])))

    def holders(self, group: str | None = None) -> list[Holder]:
        """The participants of the present term, those of one class only if it is given."""
        query = f"""
            SELECT name, "group",
                halt IS (SELECT id FROM halts WHERE closed_s IS NULL) OR EXISTS
                    (SELECT 1 FROM jobs WHERE participant = name AND state IN ({_LIVE})) AS here
            FROM tickets WHERE term = (SELECT max(id) FROM terms) AND (? IS NULL OR "group" = ?)
            ORDER BY name
        """  # noqa: S608 - our own words
        made = self.served_counts()
        return [
            Holder(str(row["name"]), str(row["group"]), row["here"] == 1, made.get(str(row["name"]), 0))
            for row in self._rows(query, group, group)
        ]

    def holder(self, ticket: str) -> Holder | None:
        """The participant who holds a ticket, with or without its capitals and accents."""
        wanted = spoken(ticket)
        return next((holder for holder in self.holders() if spoken(holder.ticket) == wanted), None)

    def current_halt(self) -> Halt | None:
        """Return the open halt, if any."""
        rows = self._rows("SELECT * FROM halts WHERE closed_s IS NULL")
        return halt_of(rows[0]) if rows else None

    def halts_of_jobs(self) -> dict[str, Halt]:
        """Return the halt in which each job was last on a machine; jobs that never were are missing."""
        query = "SELECT jobs.id AS job, halts.* FROM jobs JOIN halts ON jobs.halt = halts.id"
        return {str(row.pop("job")): halt_of(row) for row in self._rows(query)}

    def _rows(self, query: str, *values: object) -> Sequence[Row]:
        with reading():
            return list(self._db.query(query, values))
