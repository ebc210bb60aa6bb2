"""What the bike remembers beside jobs: plates, halts and the plans it made."""

import uuid
from collections.abc import Callable
from typing import Final

from sqlite_utils import Database

from jobs.store.connection import writing
from jobs.store.reader import JobQueries
from jobs.types import Halt

PLANS_KEPT: Final = 500


class BikeMemory(JobQueries):
    """The writer's side of plates, halts and plans; `now` gives UTC epoch seconds."""

    def __init__(self, db: Database, now: Callable[[], float]) -> None:
        super().__init__(db)
        self._now = now
        self._changes = 0

    @property
    def jobs_version(self) -> int:
        """Grows with every change of a job, a plate or a halt made through this store."""
        return self._changes

    def set_plate(self, machine: str, *, clear: bool) -> None:
        """Write down that a plate was found empty, or not; only a person says that it is."""
        with writing(self._db):
            self._write_plate(machine, clear=clear)
        self._changes += 1

    def open_halt(self, place: str, host_city: str, ends_s: float, reserve_wh: float) -> Halt:
        """Open a halt and close the one before."""
        halt = Halt(uuid.uuid4().hex, place, host_city, self._now(), ends_s, reserve_wh)
        values = (halt.id, place, host_city, halt.opened_s, ends_s, reserve_wh)
        with writing(self._db):
            self._close_open_halt()
            self._db.execute(
                "INSERT INTO halts (id, place, host_city, opened_s, ends_s, reserve_wh) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
        self._changes += 1
        return halt

    def close_halt(self) -> None:
        """Close the open halt; without one nothing happens."""
        with writing(self._db):
            self._close_open_halt()
        self._changes += 1

    def keep_plan(self, instance_json: str, plan_json: str) -> None:
        """Keep a plan with what it depended on, and forget the oldest beyond a bounded number."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO plans (at_s, instance, plan) VALUES (?, ?, ?)",
                (self._now(), instance_json, plan_json),
            )
            self._db.execute(
                "DELETE FROM plans WHERE id <= (SELECT max(id) FROM plans) - ?",
                (PLANS_KEPT,),
            )

    def _close_open_halt(self) -> None:
        self._db.execute("UPDATE halts SET closed_s = ? WHERE closed_s IS NULL", (self._now(),))

    def _write_plate(self, machine: str, *, clear: bool) -> None:
        self._db.execute(
            "INSERT INTO plates (machine, clear, changed_s) VALUES (?, ?, ?) ON CONFLICT (machine) "
            "DO UPDATE SET clear = excluded.clear, changed_s = excluded.changed_s",
            (machine, int(clear), self._now()),
        )
