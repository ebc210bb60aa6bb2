"""What the city has received, in SQLite: every record once, whatever was sent twice.

Another engine needs the same methods; only `commit` is ever waited for by a bike.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from city.watermark import advance
from onboard.messages import Ack, Batch, Clock, Gap, Leaf

MAX_BIKES: Final = 5000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS bike (
    key INTEGER PRIMARY KEY, city TEXT NOT NULL, bike TEXT NOT NULL, heard_s REAL,
    status TEXT, about TEXT, state TEXT, UNIQUE (city, bike));
CREATE TABLE IF NOT EXISTS boot (
    bike INTEGER NOT NULL REFERENCES bike, boot TEXT NOT NULL, upto INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0, offset_s REAL, error_ms INTEGER, PRIMARY KEY (bike, boot)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    bike INTEGER NOT NULL REFERENCES bike, boot TEXT NOT NULL, seq INTEGER NOT NULL, mono_s REAL NOT NULL,
    received_s REAL NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL,
    PRIMARY KEY (bike, boot, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_received ON record (received_s);
CREATE TABLE IF NOT EXISTS gap (
    bike INTEGER NOT NULL, boot TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (bike, boot, last)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (reason TEXT PRIMARY KEY, messages INTEGER NOT NULL, last_s REAL NOT NULL);
"""


class TooManyBikesError(Exception):
    """More bikes than any metropolis has: somebody invents topics."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch as it came from a bike."""

    city: str
    bike: str
    batch: Batch
    received_s: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """The watermark to tell a bike after the commit."""

    city: str
    bike: str
    ack: Ack


class Store:
    """The one writer of the city's database; its methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def commit(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        """Write batches in one transaction; what the receipts say is then on disk."""
        receipts: dict[tuple[str, str, str], Receipt] = {}
        with self._transaction():
            for delivery in deliveries:
                upto = self._insert(delivery)
                receipts[delivery.city, delivery.bike, delivery.batch.boot] = Receipt(
                    delivery.city, delivery.bike, Ack(boot=delivery.batch.boot, upto=upto)
                )
        return list(receipts.values())

    def show(self, city: str, bike: str, leaf: Leaf, payload: str, heard_s: float | None) -> None:
        """Keep a bike's newest retained message; `heard_s` is set when the bike itself has just spoken."""
        with self._transaction():
            key = self._key(city, bike)
            column = {Leaf.STATUS: "status", Leaf.ABOUT: "about", Leaf.STATE: "state"}[leaf]
            self._db.execute(
                f"UPDATE bike SET {column} = ?, heard_s = max(coalesce(heard_s, ?), coalesce(?, heard_s))"  # noqa: S608 - from the three words above
                " WHERE key = ?",
                (payload, heard_s, heard_s, key),
            )

    def watermark(self, city: str, bike: str, boot: str) -> int:
        """How far a boot is complete here; 0 for one never heard of."""
        with self._lock:
            found = self._db.execute(
                "SELECT upto FROM boot JOIN bike ON bike.key = boot.bike"
                " WHERE city = ? AND bike.bike = ? AND boot = ?",
                (city, bike, boot),
            ).fetchone()
        return int(found[0]) if found else 0

    def refuse(self, reason: str, at_s: float) -> None:
        """Count a message that is not kept."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO refused VALUES (?, 1, ?) ON CONFLICT (reason)"
                " DO UPDATE SET messages = messages + 1, last_s = excluded.last_s",
                (reason, at_s),
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, one thread at a time."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    def _key(self, city: str, bike: str) -> int:
        """The number of a bike, new at its first message."""
        found = self._db.execute("SELECT key FROM bike WHERE city = ? AND bike = ?", (city, bike)).fetchone()
        if found:
            return int(found[0])
        if self._db.execute("SELECT count(*) FROM bike").fetchone()[0] >= MAX_BIKES:
            raise TooManyBikesError(f"{city}/{bike} is refused: there are {MAX_BIKES} bikes already.")
        inserted = self._db.execute("INSERT INTO bike (city, bike) VALUES (?, ?)", (city, bike))
        return int(inserted.lastrowid or 0)

    def _insert(self, delivery: Delivery) -> int:
        """Insert a batch's new records and return the boot's watermark."""
        key, batch = self._key(delivery.city, delivery.bike), delivery.batch
        self._db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                (
                    key,
                    batch.boot,
                    seq,
                    mono_s,
                    delivery.received_s,
                    kind,
                    record.model_dump_json(exclude_none=True),
                )
                for seq, mono_s, kind, record in batch.r
            ],
        )
        self._db.execute("INSERT OR IGNORE INTO boot (bike, boot) VALUES (?, ?)", (key, batch.boot))
        for seq, _mono_s, _kind, record in batch.r:
            if isinstance(record, Gap) and record.first is not None:
                self._db.execute(
                    "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?)", (key, batch.boot, record.first, seq)
                )
            elif isinstance(record, Clock):
                self._set_clock(key, batch.boot, record)
        return self._advance(key, batch)

    def _set_clock(self, key: int, boot: str, clock: Clock) -> None:
        """Date a boot by its best clock record; one without a source dates nothing."""
        if clock.source == "none":
            return
        self._db.execute(
            "UPDATE boot SET offset_s = ?, error_ms = ?"
            " WHERE bike = ? AND boot = ? AND coalesce(error_ms, ?) >= ?",
            (clock.utc_s - clock.mono_s, clock.error_ms, key, boot, clock.error_ms, clock.error_ms),
        )

    def _advance(self, key: int, batch: Batch) -> int:
        """Move the watermark over what is now complete.

        When the bike says that more was acknowledged than this store knows, the store was lost or replaced:
        those records cannot come again, and are counted.
        """
        boot = (key, batch.boot)
        known = int(self._db.execute("SELECT upto FROM boot WHERE bike = ? AND boot = ?", boot).fetchone()[0])
        start = max(known, batch.after)
        present = self._db.execute(
            "SELECT seq FROM record WHERE bike = ? AND boot = ? AND seq > ? ORDER BY seq", (*boot, start)
        )
        gaps = self._db.execute(
            "SELECT first, last FROM gap WHERE bike = ? AND boot = ? AND last > ?", (*boot, start)
        ).fetchall()
        upto = advance(start, (int(seq) for (seq,) in present), gaps)
        self._db.execute(
            "UPDATE boot SET upto = ?, lost = lost + ? WHERE bike = ? AND boot = ?",
            (upto, start - known, *boot),
        )
        return upto
