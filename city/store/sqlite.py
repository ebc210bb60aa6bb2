"""The city's records in one file: enough for the bikes of a city."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from city.store.engine import Portion, Rows, StoreError, Value
from city.store.layout import bring_up, version_of
from city.store.schema import LAYOUT, NEWS_INDEX, RECORD_COLUMNS, tables

_TABLES: Final = tables("INTEGER PRIMARY KEY", " WITHOUT ROWID")
_SETTINGS: Final = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL")


class SqliteSession:
    """One transaction on a file; SQLite lets one writer in at a time, so nothing need be locked."""

    lock = ""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Rows:
        """All rows that a statement returns."""
        return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Carry a statement out and tell how many rows it has changed."""
        return self._db.execute(sql, values).rowcount

    def run_each(self, sql: str, values: Sequence[Sequence[Value]]) -> None:
        """Carry a statement out once for each set of values."""
        self._db.executemany(sql, values)

    def insert_records(self, portions: Sequence[Portion]) -> None:
        """Insert records; those that are there already stay as they are."""
        self._db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                (boot, seq, month, mono_s, received_s, kind, payload)
                for boot, month, received_s, records in portions
                for seq, mono_s, kind, payload in records
            ),
        )

    def make_room(self, month: int) -> None:
        """One table holds all months here."""

    def forget_records(self, before_s: float) -> int:
        """Remove counted records received before a time and return how many."""
        return self.run(
            "DELETE FROM record WHERE received_s < ?"
            " AND seq <= (SELECT counted FROM boot WHERE boot.key = record.boot)",
            (before_s,),
        )


class SqliteEngine:
    """One connection to the file; a reader may not write."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file and make the tables that are missing.

        Raises:
            StoreError: the file cannot be used.
        """
        self._lock = threading.Lock()
        self._begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        mode = "ro" if read_only else "rwc"
        with _saying(f"{path} cannot be used as the city's database"):
            address = f"{path.absolute().as_uri()}?mode={mode}"
            self._db = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
            if not read_only:
                self._prepare(path)

    @contextmanager
    def transaction(self) -> Iterator[SqliteSession]:
        """All or nothing, one thread at a time."""
        with self._lock, _saying("The city's database does not work"), self._db:
            self._db.execute(self._begin)
            yield SqliteSession(self._db)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _prepare(self, path: Path) -> None:
        for setting in _SETTINGS:
            self._db.execute(f"PRAGMA {setting}")
        if self._is_older():
            raise StoreError(
                f"{path} was made by an early version of this program and cannot be continued. Move it to"
                " another name; a new one begins, and the bikes go on sending what it has not confirmed."
            )
        with self.transaction() as session:
            version = version_of(session, self._names())
            if version not in {0, LAYOUT}:
                bring_up(session, version, _TABLES)
        columns = RECORD_COLUMNS.format(json="TEXT")
        self._db.executescript(
            _TABLES
            + f"CREATE TABLE IF NOT EXISTS record ({columns}, PRIMARY KEY (boot, seq)) WITHOUT ROWID;"
            + NEWS_INDEX
        )
        self._db.execute("INSERT INTO layout SELECT ? WHERE NOT EXISTS (SELECT 1 FROM layout)", (LAYOUT,))

    def _is_older(self) -> bool:
        names = self._names()
        return "record" in names and "layout" not in names

    def _names(self) -> set[str]:
        """The tables that there are."""
        return {name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Turn a storage failure into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{what}: {error}.") from error
