"""What is known of the robots that were asked for and lent, for the writer and the web process alike."""

from collections.abc import Collection

from jobs.errors import Sentence, UnknownJobError
from jobs.loans import Loan, LoanEnd, LoanState
from jobs.store.accounts import AccountQueries
from jobs.store.rows import Row
from jobs.store.tickets import spoken

_UNKNOWN = Sentence(
    "Cette demande de robot n'existe pas ou a été effacée.",
    "Nobody has asked for a robot like this, or it was erased.",
)


class LoanQueries(AccountQueries):
    """Questions about loans; one connection is used by one thread at a time."""

    def loan(self, loan_id: str) -> Loan:
        """Return one loan.

        Raises:
            UnknownJobError: there is none of this id.
        """
        rows = self._rows("SELECT * FROM loans WHERE id = ?", loan_id)
        if not rows:
            raise UnknownJobError("unknown-loan", _UNKNOWN)
        return _loan_of(rows[0])

    def loans(self, states: Collection[LoanState] | None = None) -> list[Loan]:
        """Return the loans in these states (all of them without), in the order in which they were asked."""
        wanted = sorted(LoanState if states is None else states)
        marks = ", ".join("?" * len(wanted))
        query = f"SELECT * FROM loans WHERE state IN ({marks}) ORDER BY asked_s, rowid"  # noqa: S608 - marks only
        return [_loan_of(row) for row in self._rows(query, *wanted)]

    def loan_of(self, ticket: str) -> Loan | None:
        """Return the last loan of a participant, with or without the capitals and accents of their ticket."""
        wanted = spoken(ticket)
        found = [loan for loan in self.loans() if loan.ticket and spoken(loan.ticket) == wanted]
        return found[-1] if found else None

    def robots_wh(self, halt_id: str) -> float:
        """Return what charging takes for all robots lent and given back in a halt."""
        rows = self._rows("SELECT total(took_wh) AS took FROM loan_journal WHERE halt = ?", halt_id)
        return float(str(rows[0]["took"]))

    def loan_steps(self, loan_id: str) -> list[tuple[str | None, str, str]]:
        """Return every step of a loan, oldest first: from which state to which, and the note."""
        query = "SELECT from_state, to_state, note FROM loan_journal WHERE loan = ? ORDER BY id"
        rows = self._rows(query, loan_id)
        return [
            (
                None if row["from_state"] is None else str(row["from_state"]),
                str(row["to_state"]),
                str(row["note"]),
            )
            for row in rows
        ]


def _loan_of(row: Row) -> Loan:
    def number(name: str) -> float | None:
        return None if row[name] is None else float(str(row[name]))

    return Loan(
        id=str(row["id"]),
        state=LoanState(str(row["state"])),
        ticket=str(row["ticket"]),
        program=str(row["program"]),
        asked_s=float(str(row["asked_s"])),
        robot=None if row["robot"] is None else str(row["robot"]),
        minutes=number("minutes"),
        lent_s=number("lent_s"),
        ended_s=number("ended_s"),
        end=None if row["end"] is None else LoanEnd(str(row["end"])),
    )
