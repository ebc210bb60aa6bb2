"""The book of halts: where the bike stands until when, which class is here, who holds a ticket again."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sqlite_utils import Database

from jobs.store import refusals
from jobs.store.connection import writing
from jobs.store.groups import Group
from jobs.store.records import RecordBook
from jobs.store.tickets import Choose, draw
from jobs.types import Halt

LONGEST_S: Final = 24 * 3600.0
"""A halt ends at most this long after now."""
SAME_S: Final = 1.0
"""Two ends of a halt that are no further apart are the same end."""


class HaltBook(RecordBook):
    """The writer's side of halts, terms and tickets; jobs that wait stay as they are over every halt."""

    def __init__(self, db: Database, now: Callable[[], float], choose: Choose) -> None:
        super().__init__(db, now)
        self._choose = choose

    def open_halt(
        self, place: str, host_city: str, ends_s: float, reserve_wh: float, group: Group = Group.NOBODY
    ) -> Halt:
        """Open a halt and close the one before, in one step."""
        halt = Halt(uuid.uuid4().hex, place, host_city, self._now(), ends_s, reserve_wh, None, group)
        with writing(self._db):
            self._open(halt)
        self._changes += 1
        return halt

    def move_halt(self, place: str, host_city: str) -> Halt:
        """Close the halt and open the next one elsewhere, with the same end, reserve and class.

        Raises:
            TransitionError: no halt is open.
        """
        with writing(self._db):
            before = self._the_halt()
            if (before.place, before.host_city) == (place, host_city):
                return before
            after = replace(
                before, id=uuid.uuid4().hex, place=place, host_city=host_city, opened_s=self._now()
            )
            self._open(after)
            self._db.execute("UPDATE tickets SET halt = ? WHERE halt = ?", (after.id, before.id))
        self._changes += 1
        return after

    def extend_halt(self, minutes: int, left_s: float, seen_ends_s: float | None = None) -> Halt:
        """Put the end of the open halt later or, with negative minutes, earlier.

        `left_s` is what is left of it by a clock that does not jump. `seen_ends_s` is the end that the asker
        saw: asked again with the same, nothing changes any more.

        Raises:
            TransitionError: no halt is open, its end has changed since, or the new end is past or too far.
        """
        with writing(self._db):
            halt = self._the_halt()
            if seen_ends_s is not None and abs(halt.ends_s - seen_ends_s) > SAME_S:
                if abs(halt.ends_s - (seen_ends_s + minutes * 60)) <= SAME_S:
                    return halt
                raise refusals.halt_changed()
            if not 0 < left_s + minutes * 60 <= LONGEST_S:
                raise refusals.no_such_end(minutes, left_s)
            return self._amend(halt, "ends_s", halt.ends_s + minutes * 60)

    def reserve(self, reserve_wh: float) -> Halt:
        """Change what is kept for the ride home.

        Raises:
            TransitionError: no halt is open.
        """
        with writing(self._db):
            return self._amend(self._the_halt(), "reserve_wh", reserve_wh)

    def welcome(self, group: Group) -> Halt:
        """Say which class is here: new tickets belong to it from now on.

        Raises:
            TransitionError: no halt is open.
        """
        with writing(self._db):
            return self._amend(self._the_halt(), "group", group)

    def close_halt(self) -> None:
        """Close the open halt; without one nothing happens."""
        with writing(self._db):
            self._close_open_halt()
        self._changes += 1

    def give_again(self, group: Group, ticket: str | None = None) -> int:
        """Give the tickets of a class, or one of them, to their holders again; return how many that were."""
        with writing(self._db):
            given = self._db.execute(
                'UPDATE tickets SET halt = (SELECT id FROM halts WHERE closed_s IS NULL) WHERE "group" = ? '
                "AND term = (SELECT max(id) FROM terms) AND (? IS NULL OR name = ?)",
                (group, ticket, ticket),
            ).rowcount
        self._changes += 1
        return given

    def begin_term(self) -> int:
        """Begin a term: older counts no longer matter; one in which nothing happened yet goes on."""
        with writing(self._db):
            term = self.term()
            used = "SELECT 1 FROM jobs WHERE term = ? UNION ALL SELECT 1 FROM tickets WHERE term = ?"
            if self._rows(used, term, term):
                term += 1
                self._db.execute("INSERT INTO terms (id, began_s) VALUES (?, ?)", (term, self._now()))
        self._changes += 1
        return term

    def _draw_ticket(self) -> str:
        """A ticket for a new participant, of the class that is here; within a transaction."""
        names = self._rows(
            "SELECT ticket AS name FROM jobs WHERE ticket IS NOT NULL "
            "UNION SELECT participant FROM jobs UNION SELECT name FROM tickets"
        )
        ticket = draw({str(row["name"]) for row in names}, self._choose)
        halt = self.current_halt()
        self._db.execute(
            'INSERT INTO tickets (name, "group", term, halt) VALUES (?, ?, ?, ?)',
            (ticket, halt.group if halt else "", self.term(), halt.id if halt else None),
        )
        return ticket

    def _the_halt(self) -> Halt:
        halt = self.current_halt()
        if halt is None:
            raise refusals.no_halt()
        return halt

    def _amend(self, halt: Halt, column: str, value: float | str) -> Halt:
        self._db.execute(f'UPDATE halts SET "{column}" = ? WHERE id = ?', (value, halt.id))  # noqa: S608 - our own names
        self._changes += 1
        return self._the_halt()

    def _open(self, halt: Halt) -> None:
        self._close_open_halt()
        self._db.execute(
            'INSERT INTO halts (id, place, host_city, opened_s, ends_s, reserve_wh, "group") '
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (halt.id, halt.place, halt.host_city, halt.opened_s, halt.ends_s, halt.reserve_wh, halt.group),
        )

    def _close_open_halt(self) -> None:
        self._db.execute("UPDATE halts SET closed_s = ? WHERE closed_s IS NULL", (self._now(),))
