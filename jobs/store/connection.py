"""How the job queue is opened, for its one writer or for readers."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from jobs.errors import StoreError
from jobs.store import refusals
from jobs.store.migrations import STEPS
from jobs.store.schema import TABLES, VERSION

_BUSY_MS: Final = 5000
FAILURES: Final = (sqlite3.Error, UnicodeDecodeError)
"""A damaged schema can make the very words of an error unreadable."""
_PASSING: Final = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
)
"""Primary codes of what may pass without anybody touching the file."""
_PRIMARY: Final = 0xFF


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
    except FAILURES as error:
        raise refusals.failed(str(error)) from error


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
            for statement in TABLES.split(";\n"):
                db.execute(statement)
            return
    _refuse_newer(version, path)
    verdict = str(next(iter(db.query("PRAGMA quick_check(1)")))["quick_check"])
    if verdict != "ok":
        raise refusals.unusable(path, verdict)
    with writing(db):
        _migrate(db, path)


def _migrate(db: Database, path: Path) -> None:
    """Bring an older queue up to this version, or leave it as it was."""
    while (version := _pragma(db, "user_version")) < VERSION:
        if version not in STEPS:
            raise refusals.unusable(path, f"version {version}")
        for statement in STEPS[version]:
            db.execute(statement)


def _refuse_newer(version: int, path: Path) -> None:
    if version > VERSION:
        raise refusals.unusable(path, f"version {version} > {VERSION}")


def _check_version(version: int, path: Path) -> None:
    _refuse_newer(version, path)
    if version < VERSION:
        raise refusals.unusable(path, f"version {version}")


def _pragma(db: Database, name: str) -> int:
    return int(next(iter(db.query(f"PRAGMA {name}")))[name])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise _refusal(path, error) from error
    except StoreError as error:
        if error.code == "store-unusable":
            raise
        raise _refusal(path, error.__cause__ or error) from error


def _refusal(path: Path, error: BaseException) -> StoreError:
    """Whether the file is to be moved away, or only to be waited for."""
    code = error.sqlite_errorcode if isinstance(error, sqlite3.OperationalError) else 0
    return (refusals.blocked if code & _PRIMARY in _PASSING else refusals.unusable)(path, str(error))
