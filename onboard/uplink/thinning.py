"""Makes room in a full outbox: what is dropped leaves a gap that says how much it was."""

import logging
import sqlite3
from collections.abc import Iterator
from typing import Final

from onboard.messages import Gap

_LOG: Final = logging.getLogger(__name__)
THINNING: Final = 10

Run = tuple[int, int, int]
"""Number of a boot, first and last record."""


def make_room(db: sqlite3.Connection, max_rows: int) -> None:
    """Keep one of ten energy records, from the oldest, until a tenth of the room is free; in a transaction.

    Where that is not enough, because years of jobs wait for a city that never answers, the oldest records
    of any kind go: a disk that fills up would stop the bike.
    """
    free = max_rows // THINNING
    too_many = _count(db) - max_rows + free
    for run in list(_energy_runs(db)):
        if too_many <= 0:
            return
        too_many -= _replace(db, run)
    over = _count(db) - max_rows
    if over > 0:
        _LOG.error("The telemetry store is full of jobs; its oldest records are given up.")
        _give_up_oldest(db, over + free)


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM row").fetchone()[0])


def _energy_runs(db: sqlite3.Connection) -> Iterator[Run]:
    """What follows the first of up to ten energy and gap records in a row, oldest first."""
    first, last, length = (0, 0), 0, 0
    for number, seq, kind in db.execute("SELECT number, seq, type FROM row ORDER BY number, seq"):
        if 0 < length < THINNING and number == first[0] and kind in {"energy", "gap"}:
            last, length = seq, length + 1
            continue
        if length > 2:
            yield first[0], first[1] + 1, last
        first, last, length = (number, seq), seq, int(kind == "energy")
    if length > 2:
        yield first[0], first[1] + 1, last


def _give_up_oldest(db: sqlite3.Connection, count: int) -> None:
    """Put a gap in place of the oldest records, boot by boot; the newest boot keeps its last one."""
    boots = db.execute("SELECT number, count(*) FROM row GROUP BY number ORDER BY number").fetchall()
    for number, rows in boots:
        if count <= 0:
            return
        first, last = db.execute(
            "SELECT min(seq), max(seq) FROM (SELECT seq FROM row WHERE number = ? ORDER BY seq LIMIT ?)",
            (number, count + 1),
        ).fetchone()
        if rows > 1:
            count -= _replace(db, (number, first, last))
        elif number != boots[-1][0]:
            count -= db.execute("DELETE FROM row WHERE number = ?", (number,)).rowcount


def _replace(db: sqlite3.Connection, run: Run) -> int:
    """Put one gap in place of a run and of the gaps in it; returns the rows saved.

    The gap takes the last number: were it the first, a watermark inside the run would remove the gap and
    leave the city waiting for the rest.
    """
    number, _first, last = run
    dropped, mono_s, begins = db.execute(
        "SELECT count(*) FILTER (WHERE type <> 'gap') +"
        " coalesce(sum(payload ->> '$.dropped') FILTER (WHERE type = 'gap'), 0), max(mono_s),"
        " min(coalesce(payload ->> '$.first', seq)) FROM row WHERE number = ? AND seq BETWEEN ? AND ?",
        run,
    ).fetchone()
    saved = db.execute("DELETE FROM row WHERE number = ? AND seq BETWEEN ? AND ?", run).rowcount
    gap = Gap(first=begins, dropped=dropped)
    db.execute(
        "INSERT INTO row VALUES (?, ?, ?, ?, ?)",
        (number, last, mono_s, gap.type, gap.model_dump_json(exclude_none=True)),
    )
    return saved - 1
