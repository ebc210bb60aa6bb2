"""A queue that an older version left behind goes on with everything in it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import StoreError
from jobs.store.queue import Store
from jobs.store.reader import JobReader
from jobs.types import JobState

VERSION_1 = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('approved', 'cancelled', 'done', 'failed', 'interrupted', 'paused',
        'preparing', 'ready', 'refused', 'running', 'starting', 'unusable', 'waiting')),
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
CREATE UNIQUE INDEX one_job_a_machine ON jobs (machine) WHERE state IN ('paused', 'running', 'starting');
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
PRAGMA user_version = 1;
"""
DESIGN = '{"kind": "drawing", "device": "mill", "source": null, "parameters": {}}'
PREPARED = """{"program": "a.gcode", "preview": "a.json", "picture": "a.svg", "estimate": {"duration_s": 600,
"duration_low_s": 500, "duration_high_s": 900, "energy_wh": 31.5, "energy_low_wh": 30, "energy_high_wh": 40,
"peak_w": 260, "mass_g": 7.5}, "warnings": []}"""
MADE, WAITS, RUNS, DRAFT = ("0123"[n] * 32 for n in range(4))


@pytest.fixture
def old(path: Path) -> Path:
    """A queue of version 1 in mid-halt: one job made, one accepted, one on the mill, one draft."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(VERSION_1)
        db.execute("INSERT INTO halts VALUES ('h1', 'Parc', 'Antony', 1000, 9000, 30, NULL)")
        for number, (job, state, ticket, machine) in enumerate(
            (
                (MADE, "done", "Renard 12", "mill"),
                (WAITS, "approved", "Hibou 3", None),
                (RUNS, "running", "Lynx 7", "mill"),
                (DRAFT, "ready", None, None),
            )
        ):
            db.execute(
                "INSERT INTO jobs (id, key, state, design, created_s, changed_s, ticket, machine, "
                'participant, "group", '
                "priority, submitted_s, halt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1, ?, ?)",
                (
                    *(job, f"key-{number}", state, DESIGN, 1000 + number, 1000 + number, ticket, machine),
                    *(ticket or "", 1500 + number if ticket else None, "h1" if machine else None),
                ),
            )
            db.execute(
                "INSERT INTO journal (job, to_state, at_s, note) VALUES (?, ?, 1000, '')", (job, state)
            )
        db.execute("UPDATE jobs SET prepared = ? WHERE id = ?", (PREPARED, MADE))
        db.commit()
    return path


def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every column and index of a queue."""
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master ORDER BY name")]
        return {name: [row[1:5] for row in db.execute(f"PRAGMA table_info({name})")] for name in names}


def test_every_job_of_version_1_is_in_the_state_it_had(old: Path, tmp_path: Path):
    """Counts, places, tickets and the open halt go on; the tables are those of a new queue."""
    with pytest.raises(StoreError, match="version 1"):
        JobReader.open(old)
    store = Store.open(old, time.time)
    states = {job.id: job.state for job in store.jobs()}
    assert states == {
        MADE: JobState.DONE,
        WAITS: JobState.APPROVED,
        RUNS: JobState.RUNNING,
        DRAFT: JobState.READY,
    }
    waits = store.get(WAITS)
    assert (waits.ticket, waits.priority, waits.submitted_s, waits.stands_s) == ("Hibou 3", 1, 1501, 1501)
    assert store.served_counts() == {"Renard 12": 1, "Lynx 7": 1}
    assert store.current_halt().group == ""  # type: ignore[union-attr] # it is open
    assert all(len(store.journal(job)) == 1 for job in states)
    assert store.send(DRAFT, "renard 12").ticket == "Renard 12-2"
    store.close()
    with closing(sqlite3.connect(old)) as db:
        steps = db.execute(
            "SELECT job, halt, took_wh, took_g FROM journal WHERE id <= 4 ORDER BY id"
        ).fetchall()
    assert steps == [(MADE, "h1", 31.5, 7.5), (WAITS, "h1", None, None), (RUNS, "h1", None, None),
                     (DRAFT, "h1", None, None)]  # fmt: skip
    Store.open(tmp_path / "new.db", time.time).close()
    assert columns(old) == columns(tmp_path / "new.db")
    JobReader.open(old).close()


def test_a_migration_that_fails_leaves_the_old_queue_as_it_was(old: Path):
    """A table in the way: the error says so, and the older version could still open it."""
    with closing(sqlite3.connect(old)) as db:
        db.execute("CREATE TABLE tickets (something TEXT)")
    before = columns(old)
    with pytest.raises(StoreError):
        Store.open(old, time.time)
    assert columns(old) == before
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
