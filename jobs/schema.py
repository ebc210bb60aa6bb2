"""The tables of the job queue and how a connection to them is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from jobs import store_errors
from jobs.errors import StoreError
from jobs.types import ON_A_MACHINE, JobState

VERSION: Final = 1
_BUSY_MS: Final = 5000


def _listed(states: frozenset[JobState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_TABLES: Final = f"""
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ({_listed(frozenset(JobState))})),
    design TEXT NOT NULL,
    created_s REAL NOT NULL,
    changed_s REAL NOT NULL,
    ticket TEXT UNIQUE,
    prepared TEXT,
    problem TEXT,
    machine TEXT,
    participant TEXT NOT NULL,
    "group" TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    promised INTEGER NOT NULL DEFAULT 0,
    submitted_s REAL,
    started_s REAL,
    ended_s REAL,
    used_wh REAL,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    halt TEXT REFERENCES halts (id)
) STRICT;
CREATE UNIQUE INDEX one_job_a_machine ON jobs (machine) WHERE state IN ({_listed(ON_A_MACHINE)});
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs (id),
    from_state TEXT,
    to_state TEXT NOT NULL,
    at_s REAL NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_job ON journal (job);
CREATE TABLE plates (machine TEXT PRIMARY KEY, clear INTEGER NOT NULL, changed_s REAL NOT NULL) STRICT;
CREATE TABLE halts (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    host_city TEXT NOT NULL,
    opened_s REAL NOT NULL,
    ends_s REAL NOT NULL,
    reserve_wh REAL NOT NULL,
    closed_s REAL
) STRICT;
CREATE UNIQUE INDEX one_open_halt ON halts ((closed_s IS NULL)) WHERE closed_s IS NULL;
CREATE TABLE plans (
    id INTEGER PRIMARY KEY, at_s REAL NOT NULL, instance TEXT NOT NULL, plan TEXT NOT NULL
) STRICT;
PRAGMA user_version = {VERSION};
"""


def open_writer(path: Path) -> Database:
    """Open or create the queue for its only writer.

    Raises:
        StoreError: the file is damaged, of another program, or of a newer version of this one.
    """
    with _explained(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=rwc")
        try:
            _create_or_check(db, path)
        except BaseException:
            db.close()
            raise
        return db


def open_reader(path: Path) -> Database:
    """Open the queue for reading only.

    Raises:
        StoreError: there is no queue yet, or it cannot be used.
    """
    with _explained(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=ro")
        try:
            db.execute("PRAGMA query_only = 1")
            _check_version(_pragma(db, "user_version"), path)
        except BaseException:
            db.close()
            raise
        return db


@contextmanager
def reading() -> Iterator[None]:
    """Give a database failure its sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_errors.failed(str(error)) from error


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction that takes the write lock first, so that no decision rests on a stale read."""
    with reading():
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def _connect(uri: str) -> Database:
    """One connection for one thread, which need not be the one that opens it."""
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_MS / 1000, check_same_thread=False)
    try:
        db = Database(connection, recursive_triggers=False, execute_plugins=False)
        db.execute("PRAGMA foreign_keys = 1")
        db.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return db


def _create_or_check(db: Database, path: Path) -> None:
    db.enable_wal()
    with writing(db):
        version = _pragma(db, "user_version")
        if version == 0 and not db.table_names():
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            return
    _check_version(version, path)
    verdict = str(next(iter(db.query("PRAGMA quick_check(1)")))["quick_check"])
    if verdict != "ok":
        raise store_errors.unusable(path, verdict)


def _check_version(version: int, path: Path) -> None:
    if version > VERSION:
        raise store_errors.unusable(path, f"version {version} > {VERSION}")
    if version < VERSION:
        raise store_errors.unusable(path, f"version {version}")


def _pragma(db: Database, name: str) -> int:
    return int(next(iter(db.query(f"PRAGMA {name}")))[name])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_errors.unusable(path, str(error)) from error
    except StoreError as error:
        if error.code == "store-unusable":
            raise
        raise store_errors.unusable(path, str(error)) from error
