"""A database of the version before is brought to today's layout with all of its sums, or left as it was."""

import logging
import random
import sqlite3
from pathlib import Path

import pytest

from city.history import History
from city.lines import By
from city.store import Engine, Store, StoreError, open_engine
from city.store.sqlite import SqliteSession
from city.tallying import tally
from tests.city.layout_2 import write_old
from tests.city.setting import DONE, NOON_S, delivery
from tests.city.story import assert_same, check, tell


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A database of today with a story in it, its last records not summed up yet."""
    store = Store(engine)
    tell(random.Random(4), store, lambda: tally(engine))  # noqa: S311 - the same story each time
    store.commit([delivery((1, NOON_S, DONE), boot="e" * 16)])
    return engine


def check_brought_up(told: Engine, brought: Engine) -> None:
    """Everything is as in the database that was always of today, also after going on."""
    with brought.transaction() as session:
        assert session.rows("SELECT version FROM layout") == [(3,)]
    assert tally(brought) == tally(told) == 1
    for by in By:
        lines, others = History(brought).sums(by), History(told).sums(by)
        assert [line.label for line in lines] == [line.label for line in others]
        for line, other in zip(lines, others, strict=True):
            assert_same(line, other)
    assert sum(line.done for line in lines) > 10
    check(brought, random.Random(1))  # noqa: S311 - as above


def test_an_older_file_keeps_its_sums(told: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Opened once it has today's layout, and the log says so; opened again nothing happens."""
    path = tmp_path / "old.db"
    write_old(told, path)
    with caplog.at_level(logging.WARNING):
        open_engine(path).close()
    assert len(caplog.messages) == 2
    assert "layout 3" in caplog.messages[0]
    again = open_engine(path)
    assert len(caplog.messages) == 2
    check_brought_up(told, again)
    again.close()


def test_cut_off_in_between_it_is_as_before(told: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Wherever the power goes, the next start does it all."""
    path = tmp_path / "old.db"
    write_old(told, path)
    carried_out = SqliteSession.run
    left = 0

    def run(session: SqliteSession, *told: object) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise sqlite3.OperationalError("disk I/O error")
        return carried_out(session, *told)

    for statements in (0, 1, 3, 6, 9, 15, 30):
        left = statements
        monkeypatch.setattr(SqliteSession, "run", run)
        with pytest.raises(StoreError, match="disk I/O error"):
            open_engine(path)
        monkeypatch.undo()
        with sqlite3.connect(path) as old:
            assert old.execute("SELECT version FROM layout").fetchall() == [(2,)]
            assert not old.execute("SELECT 1 FROM sqlite_master WHERE name = 'total'").fetchall()
        old.close()
    brought = open_engine(path)
    check_brought_up(told, brought)
    brought.close()


def test_a_newer_file_is_left_alone(engine: Engine, database: str):
    """Whoever goes back to this version is told what to do."""
    with engine.transaction() as session:
        session.run("UPDATE layout SET version = 4")
    with pytest.raises(StoreError, match=r"layout 4.*newest version"):
        open_engine(database)
