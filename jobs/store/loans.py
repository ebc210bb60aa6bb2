"""The book of robots lent: every step is conditional on the state before, and journalled."""

import sqlite3
import uuid
from collections.abc import Mapping
from typing import Final

from jobs.loans import LOAN_TRANSITIONS, Loan, LoanEnd, LoanState
from jobs.store import loan_refusals, refusals
from jobs.store.again import AgainBook
from jobs.store.connection import writing
from jobs.store.rows import Row

_OPEN_HALT: Final = "(SELECT id FROM halts WHERE closed_s IS NULL)"


class LoanBook(AgainBook):
    """The writer's side of loans; each method may be called again without doing more."""

    def ask_robot(self, program: str, key: str, holder: str | None = None) -> Loan:
        """Keep a program with its participant's ticket, and put it before the mediator.

        `holder` is a ticket that somebody has already; without one it is a new participant.

        Raises:
            TransitionError: nobody holds that ticket here, or its holder asks already.
        """
        with writing(self._db):
            if rows := self._rows("SELECT id FROM loans WHERE key = ?", key):
                return self.loan(str(rows[0]["id"]))
            ticket = self._known(holder) or self._draw_ticket()
            loan_id, now_s = uuid.uuid4().hex, self._now()
            try:
                self._do(
                    "INSERT INTO loans (id, key, state, ticket, program, asked_s, changed_s, halt) "  # noqa: S608 - our own words
                    f"VALUES (?, ?, ?, ?, ?, ?, ?, {_OPEN_HALT})",
                    *(loan_id, key, LoanState.ASKED, ticket, program, now_s, now_s),
                )
            except sqlite3.IntegrityError as error:
                raise loan_refusals.asks_already() from error
            self._note_loan(None, self.loan(loan_id), "")
        self._changes += 1
        return self.loan(loan_id)

    def revise_robot(self, loan_id: str, program: str) -> Loan:
        """Keep another program with a loan that was not withdrawn.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: it was withdrawn.
        """
        with writing(self._db):
            loan = self.loan(loan_id)
            if loan.state is LoanState.WITHDRAWN:
                raise loan_refusals.wrong_state(loan.state)
            self._do("UPDATE loans SET program = ? WHERE id = ?", program, loan_id)
        self._changes += 1
        return self.loan(loan_id)

    def ask_again(self, loan_id: str) -> Loan:
        """Ask once more with the same program after a loan has ended.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: it was withdrawn, the robot is still lent, or the participant asks already.
        """
        with writing(self._db):
            loan = self.loan(loan_id)
            if loan.state is LoanState.ASKED:
                return loan
            row: Row = dict.fromkeys(("robot", "minutes", "lend_key", "lent_s", "ended_s", "end"))
            try:
                return self._loan_step(loan, LoanState.ASKED, "again", {**row, "asked_s": self._now()})
            except sqlite3.IntegrityError as error:
                raise loan_refusals.asks_already() from error

    def lend(self, loan_id: str, robot: str, minutes: float, key: str) -> Loan:
        """Lend a robot for so long from now; a robot that is lent already to this loan is lent anew.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the loan is over, or the robot or the participant is not free.
        """
        with writing(self._db):
            loan = self.loan(loan_id)
            if self._rows("SELECT 1 FROM loans WHERE id = ? AND lend_key = ?", loan_id, key):
                return loan
            row: Row = {"minutes": minutes, "lend_key": key, "lent_s": self._now()}
            if loan.state is LoanState.LENT and loan.robot == robot:
                return self._loan_write(loan, LoanState.LENT, row)
            halt = self.current_halt()
            row |= {"robot": robot, "halt": halt.id if halt else None}
            try:
                return self._loan_step(loan, LoanState.LENT, robot, row)
            except sqlite3.IntegrityError as error:
                raise loan_refusals.robot_lent(robot) from error

    def end_loan(self, loan_id: str, end: LoanEnd, took_wh: float | None = None) -> Loan:
        """Write down that a robot is back; one that is back already stays as it was.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: it was never lent.
        """
        with writing(self._db):
            loan = self.loan(loan_id)
            if loan.state is LoanState.ENDED:
                return loan
            row: Row = {"end": end, "ended_s": self._now()}
            return self._loan_step(loan, LoanState.ENDED, end, row, took_wh)

    def end_all_loans(self, charge_w: Mapping[str, float]) -> list[Loan]:
        """At start-up: what was lent has come to its end, and only a person lends it again.

        A bike that was switched off overnight has lent nothing longer than it was to be lent. `charge_w` is
        what charging each robot takes while it is lent.
        """
        with writing(self._db):
            return [self._end_at_restart(loan, charge_w) for loan in self.loans({LoanState.LENT})]

    def erase_loan(self, loan_id: str) -> Loan:
        """Forget program and ticket, keeping the row as a count.

        Raises:
            UnknownJobError: there is none of this id.
            TransitionError: the robot is lent.
        """
        with writing(self._db):
            loan = self.loan(loan_id)
            if loan.state is LoanState.LENT:
                raise loan_refusals.still_lent()
            bare: Row = {"program": "", "ticket": ""}
            if loan.state is LoanState.WITHDRAWN:
                return self._loan_write(loan, loan.state, bare)
            return self._loan_step(loan, LoanState.WITHDRAWN, "erased", bare)

    def _end_at_restart(self, loan: Loan, charge_w: Mapping[str, float]) -> Loan:
        """To be called within a transaction."""
        last_s = (loan.lent_s or 0.0) + (loan.minutes or 0.0) * 60
        ended_s = min(self._now(), last_s)
        query = "SELECT at_s FROM loan_journal WHERE loan = ? AND to_state = 'lent' ORDER BY id DESC LIMIT 1"
        began_s = float(str(self._rows(query, loan.id)[0]["at_s"]))
        took_wh = charge_w.get(loan.robot or "", 0.0) * max(0.0, ended_s - began_s) / 3600.0
        row: Row = {"end": LoanEnd.RESTART, "ended_s": ended_s}
        return self._loan_step(loan, LoanState.ENDED, LoanEnd.RESTART, row, took_wh)

    def _known(self, ticket: str | None) -> str | None:
        """The participant who holds a ticket at this halt; None when no ticket is given."""
        if not ticket:
            return None
        holder = self.holder(ticket)
        if holder is None or not holder.here:
            raise refusals.ticket_not_here()
        return holder.ticket

    def _loan_step(
        self, loan: Loan, to: LoanState, note: str, row: Row, took_wh: float | None = None
    ) -> Loan:
        """One transition; to be called within a transaction."""
        if to not in LOAN_TRANSITIONS[loan.state]:
            raise loan_refusals.wrong_state(loan.state)
        moved = self._loan_write(loan, to, {**row, "changed_s": self._now()})
        self._note_loan(loan.state, moved, note, took_wh)
        return moved

    def _loan_write(self, loan: Loan, to: LoanState, row: Row) -> Loan:
        columns: Row = {"state": to, **row}
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        changed = self._db.execute(
            f"UPDATE loans SET {assignments} WHERE id = ? AND state = ?",  # noqa: S608 - our own names
            (*columns.values(), loan.id, loan.state),
        ).rowcount
        if changed != 1:
            raise loan_refusals.wrong_state(loan.state)
        self._changes += 1
        return self.loan(loan.id)

    def _note_loan(
        self, before: LoanState | None, loan: Loan, note: str, took_wh: float | None = None
    ) -> None:
        at_s = loan.ended_s if loan.state is LoanState.ENDED else self._now()
        self._do(
            "INSERT INTO loan_journal (loan, from_state, to_state, at_s, note, halt, took_wh) "
            "VALUES (?, ?, ?, ?, ?, (SELECT halt FROM loans WHERE id = ?), ?)",
            *(loan.id, before, loan.state, at_s, note, loan.id, took_wh),
        )
