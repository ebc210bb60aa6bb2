"""What the bike remembers beside jobs and halts: plates and the plans it made."""

from collections.abc import Callable
from typing import Final

from sqlite_utils import Database

from jobs.store.connection import writing
from jobs.store.reader import JobQueries

PLANS_KEPT: Final = 500


class BikeMemory(JobQueries):
    """The writer's side of plates and plans; `now` gives UTC epoch seconds."""

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

    def _write_plate(self, machine: str, *, clear: bool) -> None:
        self._db.execute(
            "INSERT INTO plates (machine, clear, changed_s) VALUES (?, ?, ?) ON CONFLICT (machine) "
            "DO UPDATE SET clear = excluded.clear, changed_s = excluded.changed_s",
            (machine, int(clear), self._now()),
        )
