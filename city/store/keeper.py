"""The city's store: what came in is committed, and the watermarks say what is safe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from city.dating import Dating
from city.store.engine import Engine, RecordRow, Session
from city.store.opening import open_engine
from city.store.register import BootName, BootRow, Register, chosen
from city.store.types import Delivery, Kept, Live, Receipt, Refusal
from city.watermark import Span, advance, missing, read, written
from onboard.messages import Ack, Batch, Clock, Gap, Leaf

MOST_AHEAD: Final = 2000
"""Spans beyond a hole that are remembered; what lies further must come again."""

_CHANGED: Final = {
    "upto": "BIGINT",
    "ahead": "TEXT",
    "lost": "BIGINT",
    "clock_s": "DOUBLE PRECISION",
    "error_ms": "BIGINT",
    "source": "TEXT",
    "ceiling_s": "DOUBLE PRECISION",
    "offset_s": "DOUBLE PRECISION",
}
"""The columns of a boot that a commit changes."""

_CHANGE: Final = "(" + ", ".join(f"CAST(? AS {kind})" for kind in [*_CHANGED.values(), "INTEGER"]) + ")"
_COLUMNS: Final = {Leaf.STATUS: "status", Leaf.ABOUT: "about", Leaf.STATE: "state"}


@dataclass(slots=True)
class _Arrived:
    """What one commit brings of one boot."""

    name: BootName
    row: BootRow
    spans: list[Span] = field(default_factory=list)
    after: int = 0
    clocks: list[Clock] = field(default_factory=list)
    arrivals: list[tuple[float, float]] = field(default_factory=list)


class Store:
    """Writes to the city's database; several may write to the same PostgreSQL side by side."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._register = Register(engine)

    def close(self) -> None:
        """Close the database."""
        self.engine.close()

    def keep(
        self, deliveries: Sequence[Delivery], lives: Sequence[Live] = (), refusals: Sequence[Refusal] = ()
    ) -> Kept:
        """Write everything in one transaction; what the receipts say is then on disk.

        Raises:
            StoreError: nothing is written; the same may be tried again.
        """
        self._learn(deliveries, lives)
        boots: dict[BootName, _Arrived] = {}
        refused = [*refusals]
        records: list[RecordRow] = []
        for delivery in deliveries:
            row = self._register.boot(_name(delivery))
            if row is None:
                refused.append(Refusal("bike", delivery.received_s))
                continue
            arrived = boots.setdefault(_name(delivery), _Arrived(_name(delivery), row))
            records += _take(delivery, arrived)
        known = [live for live in lives if self._register.bike((live.city, live.bike)) is not None]
        refused += [
            Refusal("bike", live.heard_s or 0.0)
            for live in lives
            if self._register.bike((live.city, live.bike)) is None
        ]
        with self.engine.transaction() as session:
            receipts = self._write(session, list(boots.values()), records)
            self._show(session, known)
            _count(session, refused)
        for receipt in receipts:
            self._register.moved((receipt.city, receipt.bike, receipt.ack.boot), receipt.ack.upto)
        return Kept(receipts, refused)

    def commit(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write batches; what the receipts say is then on disk."""
        return self.keep(deliveries).receipts

    def show(self, city: str, bike: str, leaf: Leaf, payload: str, heard_s: float | None) -> None:
        """Keep a bike's newest retained message."""
        self.keep([], [Live(city, bike, leaf, payload, heard_s)])

    def refuse(self, reason: str, at_s: float) -> None:
        """Count a message that is not kept."""
        self.keep([], [], [Refusal(reason, at_s)])

    def watermark(self, city: str, bike: str, boot: str) -> int:
        """How far a boot is complete here; 0 for one never heard of."""
        with self.engine.transaction() as session:
            found = session.rows(
                "SELECT upto FROM boot JOIN bike ON bike.key = boot.bike"
                " WHERE city = ? AND bike.bike = ? AND boot = ?",
                (city, bike, boot),
            )
        return int(found[0][0]) if found else 0

    def _learn(self, deliveries: Sequence[Delivery], lives: Sequence[Live]) -> None:
        at_s = max((delivery.received_s for delivery in deliveries), default=0.0)
        self._register.learn(
            {(live.city, live.bike) for live in lives}, {_name(delivery) for delivery in deliveries}, at_s
        )

    def _write(
        self, session: Session, boots: Sequence[_Arrived], records: Sequence[RecordRow]
    ) -> list[Receipt]:
        """Records first, watermarks last: they are held by one worker for the shortest time."""
        if not boots:
            return []
        if records:
            session.insert_records(records)
        held = chosen(session, [one.row.key for one in boots])
        changes = {one.name: _moved(held[one.row.key], one) for one in boots}
        values = ", ".join([_CHANGE] * len(boots))
        session.run(
            f"WITH new ({', '.join(_CHANGED)}, key) AS (VALUES {values}) UPDATE boot SET "
            + ", ".join(f"{name} = new.{name}" for name in _CHANGED)
            + " FROM new WHERE boot.key = new.key",
            [value for one in boots for value in (*changes[one.name], one.row.key)],
        )
        return [
            Receipt(city, bike, Ack(boot=boot, upto=int(change[0])))
            for (city, bike, boot), change in changes.items()
        ]

    def _show(self, session: Session, lives: Sequence[Live]) -> None:
        """Keep the newest of each retained message; bikes in order, so that no workers block each other."""
        newest = {(self._register.bike((live.city, live.bike)), live.leaf): live for live in lives}
        for (key, leaf), live in sorted(newest.items(), key=lambda item: (item[0][0] or 0, item[0][1])):
            session.run(
                f"UPDATE bike SET {_COLUMNS[leaf]} = ?,"
                " heard_s = CASE WHEN ? > coalesce(heard_s, 0) THEN ? ELSE heard_s END WHERE key = ?",
                (live.payload, live.heard_s or 0.0, live.heard_s or 0.0, key),
            )


def open_store(place: str | Path) -> Store:
    """Open a database for writing.

    Raises:
        StoreError: it cannot be used.
    """
    return Store(open_engine(place))


def _name(delivery: Delivery) -> BootName:
    return delivery.city, delivery.bike, delivery.batch.boot


def _take(delivery: Delivery, arrived: _Arrived) -> list[RecordRow]:
    """Note what a batch brings, and return its rows; those below the watermark are here, or were once."""
    batch, row = delivery.batch, arrived.row
    arrived.after = max(arrived.after, batch.after)
    if batch.sent_s is not None:
        arrived.arrivals.append((delivery.received_s, batch.sent_s))
    arrived.spans += _spans(batch)
    arrived.clocks += [record for _seq, _mono_s, _type, record in batch.r if isinstance(record, Clock)]
    return [
        RecordRow(
            row.key,
            seq,
            row.month,
            mono_s,
            delivery.received_s,
            kind,
            record.model_dump_json(exclude_none=True),
        )
        for seq, mono_s, kind, record in batch.r
        if seq > row.upto
    ]


def _spans(batch: Batch) -> list[Span]:
    """The numbers that a batch accounts for, those in its gaps included."""
    _, joined = advance(
        -1,
        [
            (record.first if isinstance(record, Gap) and record.first is not None else seq, seq)
            for seq, _mono_s, _type, record in batch.r
        ],
    )
    return joined


def _moved(held: tuple[Any, ...], arrived: _Arrived) -> tuple[Any, ...]:
    """The new values of a boot's row.

    When the bike says that more was acknowledged than this store knows, the store was lost or replaced:
    those records cannot come again, and are counted.
    """
    _key, known, ahead, lost, *dated = held
    spans = [*read(ahead), *arrived.spans]
    start = max(known, arrived.after)
    upto, beyond = advance(start, spans)
    dating = Dating(*dated)
    for clock in arrived.clocks:
        dating = dating.with_clock(clock)
    for received_s, sent_s in arrived.arrivals:
        dating = dating.with_arrival(received_s, sent_s)
    return (
        upto,
        written(beyond[:MOST_AHEAD]),
        lost + (missing(known, start, spans) if start > known else 0),
        dating.clock_s,
        dating.error_ms,
        dating.source,
        dating.ceiling_s,
        dating.offset_s,
    )


def _count(session: Session, refused: Sequence[Refusal]) -> None:
    """Add refusals to their counters, in order of their names."""
    for refusal in sorted(refused, key=lambda one: one.reason):
        session.run(
            "INSERT INTO refused (reason, messages, last_s) VALUES (?, 1, ?) ON CONFLICT (reason)"
            " DO UPDATE SET messages = refused.messages + 1, last_s = excluded.last_s",
            (refusal.reason, refusal.at_s),
        )
