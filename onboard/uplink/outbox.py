"""What the city has not written down yet, on disk: a row leaves only on the city's own watermark."""

import hashlib
import logging
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onboard.messages import RecordType
from onboard.uplink.thinning import make_room

_LOG: Final = logging.getLogger(__name__)
MAX_ROWS: Final = 200_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS boot (
    number INTEGER PRIMARY KEY, boot TEXT NOT NULL UNIQUE,
    last_seq INTEGER NOT NULL DEFAULT 0, acknowledged INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS row (
    number INTEGER NOT NULL REFERENCES boot, seq INTEGER NOT NULL, mono_s REAL NOT NULL,
    type TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (number, seq)) WITHOUT ROWID;
"""


class OutboxError(Exception):
    """The store of unsent telemetry cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its way to disk; `payload` is its JSON."""

    mono_s: float
    type: RecordType
    payload: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A record on disk; (boot, seq) names it for ever."""

    boot: str
    seq: int
    mono_s: float
    type: str
    payload: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """Where sending stands: the oldest boot with rows left, and the watermark in it."""

    boot: str
    acknowledged: int


def batch_text(rows: Sequence[OutboxRow], after: int, sent_s: float | None) -> str:
    """Rows of one boot as a message; their payloads are JSON already, checked when they were recorded.

    `sent_s` is the monotonic second of now, for the boot that still lasts.
    """
    now = "" if sent_s is None else f'"sent_s":{sent_s:.2f},'
    body = ",".join(f'[{row.seq},{row.mono_s},"{row.type}",{row.payload}]' for row in rows)
    return f'{{"v":1,"boot":"{rows[0].boot}","after":{after},{now}"r":[{body}]}}'


def open_outbox(path: Path, boot_id: str, max_rows: int = MAX_ROWS) -> "Outbox":
    """Open the store; a broken file is put aside under another name so that the bike goes on.

    Raises:
        OutboxError: the folder cannot be written.
    """
    try:
        return Outbox(path, boot_id, max_rows)
    except OutboxError as error:
        aside = path.with_name(f"{path.name}.broken-{uuid.uuid4().hex[:8]}")
        if not path.exists():
            raise
        path.rename(aside)
        _LOG.error("%s It is kept as %s and a new store begins.", error, aside.name)
        return Outbox(path, boot_id, max_rows)


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Turn a storage failure into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise OutboxError(f"{what}: {error}.") from error


class Outbox:
    """A bounded queue of records; used from one thread at a time.

    The kernel's boot id alone would repeat numbers after a lost file, so the name of a boot also depends on
    an id that is made with the file. Every method may raise OutboxError, and then nothing was changed.
    """

    def __init__(self, path: Path, boot_id: str, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        with _saying(f"{path} cannot be used as the telemetry store"):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_SCHEMA)
            self.boot = self._begin_boot(boot_id)
            self._rows = self._counted()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def count(self) -> int:
        """How many rows wait for the city."""
        return self._rows

    def append(self, entries: Sequence[Entry]) -> int:
        """Write records down, all or none, and return the number of the last one (0 without any)."""
        if not entries:
            return 0
        with _saying("Telemetry cannot be written down"):
            with self._transaction():
                last = self._insert(entries)
            self._rows += len(entries)
        if self._rows > self._max_rows:
            self._thin()
        return last

    def backlog(self) -> Backlog | None:
        """The oldest boot that has rows, None when the city has everything."""
        with _saying("The telemetry store cannot be read"):
            found = self._db.execute(
                "SELECT boot, acknowledged FROM boot WHERE number = (SELECT min(number) FROM row)"
            ).fetchone()
        return Backlog(*found) if found else None

    def window(self, boot: str, after_seq: int, limit: int) -> list[OutboxRow]:
        """The next rows of a boot in order."""
        with _saying("The telemetry store cannot be read"):
            rows = self._db.execute(
                "SELECT boot, seq, mono_s, type, payload FROM row JOIN boot USING (number)"
                " WHERE boot = ? AND seq > ? ORDER BY seq LIMIT ?",
                (boot, after_seq, limit),
            ).fetchall()
        return [OutboxRow(*row) for row in rows]

    def acknowledge(self, boot: str, upto: int) -> int:
        """Forget what the city has committed and return how many rows that were.

        A watermark of an unknown boot, or beyond what was ever written, changes nothing. The disk is not
        waited for: rows that a power cut brings back are sent again, and the city tells its mark again.
        """
        with _saying("The city's receipt cannot be written down"), self._unhurried(), self._transaction():
            moved = self._db.execute(
                "UPDATE boot SET acknowledged = ? WHERE boot = ? AND acknowledged < ? AND last_seq >= ?",
                (upto, boot, upto, upto),
            ).rowcount
            deleted = self._delete(boot, upto) if moved else 0
        self._rows -= deleted
        return deleted

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _unhurried(self) -> Iterator[None]:
        """Leave it to the next record, or to the system, when this reaches the disk."""
        self._db.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            self._db.execute("PRAGMA synchronous=FULL")

    def _counted(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM row").fetchone()[0])

    def _delete(self, boot: str, upto: int) -> int:
        """Remove the rows of a boot up to a number."""
        return self._db.execute(
            "DELETE FROM row WHERE number = (SELECT number FROM boot WHERE boot = ?) AND seq <= ?",
            (boot, upto),
        ).rowcount

    def _begin_boot(self, boot_id: str) -> str:
        """Name this boot and make its counter, or find both again after a restart of the daemon."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO meta SELECT ? WHERE NOT EXISTS (SELECT 1 FROM meta)", (uuid.uuid4().hex,)
            )
            file_id = str(self._db.execute("SELECT id FROM meta").fetchone()[0])
            boot = hashlib.sha256(f"{file_id} {boot_id}".encode()).hexdigest()[:16]
            self._db.execute("INSERT OR IGNORE INTO boot (boot) VALUES (?)", (boot,))
        return boot

    def _insert(self, entries: Sequence[Entry]) -> int:
        """Number and insert records of this boot inside the caller's transaction."""
        number, last = self._db.execute(
            "UPDATE boot SET last_seq = last_seq + ? WHERE boot = ? RETURNING number, last_seq",
            (len(entries), self.boot),
        ).fetchone()
        first = last - len(entries) + 1
        self._db.executemany(
            "INSERT INTO row VALUES (?, ?, ?, ?, ?)",
            [(number, first + i, e.mono_s, e.type, e.payload) for i, e in enumerate(entries)],
        )
        return int(last)

    def _thin(self) -> None:
        """Make a tenth of the room free again."""
        with _saying("The full telemetry store cannot be thinned"):
            with self._transaction():
                make_room(self._db, self._max_rows)
            self._rows = self._counted()
