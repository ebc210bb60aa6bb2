"""The city's store: what came in is committed, and the watermarks say what is safe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from city.dating import Dating
from city.store.delivery import Delivery
from city.store.engine import Engine, Portion, RepeatedError, Session
from city.store.opening import open_engine
from city.store.register import BootName, BootRow, Register, chosen
from city.store.types import Kept, Live, Receipt, Refusal
from city.watermark import Span, advance, missing, read, written
from onboard.messages import Ack, Clock, Leaf

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
        portions: list[Portion] = []
        for delivery in deliveries:
            row = self._register.boot(_name(delivery))
            if row is None:
                refused.append(Refusal("bike", delivery.received_s))
                continue
            arrived = boots.setdefault(_name(delivery), _Arrived(_name(delivery), row))
            portions.append(_take(delivery, arrived))
        known = [live for live in lives if self._register.bike((live.city, live.bike)) is not None]
        refused += [
            Refusal("bike", live.heard_s or 0.0)
            for live in lives
            if self._register.bike((live.city, live.bike)) is None
        ]
        try:
            receipts = self._commit([*boots.values()], portions, known, refused)
        except RepeatedError:
            receipts = self._commit([*boots.values()], portions, known, refused)
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

    def _commit(
        self,
        boots: Sequence[_Arrived],
        portions: Sequence[Portion],
        lives: Sequence[Live],
        refused: Sequence[Refusal],
    ) -> list[Receipt]:
        """One transaction; the receipts hold once it is over."""
        with self.engine.transaction() as session:
            receipts = self._write(session, boots, portions)
            self._show(session, lives)
            _count(session, refused)
        return receipts

    def _write(
        self, session: Session, boots: Sequence[_Arrived], portions: Sequence[Portion]
    ) -> list[Receipt]:
        """Records first, watermarks last: they are held by one worker for the shortest time."""
        if not boots:
            return []
        new = [portion for portion in portions if portion.records]
        if new:
            session.insert_records(sorted(new, key=lambda portion: (portion.boot, portion.records[0][0])))
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
    return delivery.city, delivery.bike, delivery.boot


def _take(delivery: Delivery, arrived: _Arrived) -> Portion:
    """Note what a batch brings, and return its rows; those below the watermark are here, or were once."""
    row, records = arrived.row, delivery.records
    arrived.after = max(arrived.after, delivery.after)
    if delivery.sent_s is not None:
        arrived.arrivals.append((delivery.received_s, delivery.sent_s))
    arrived.spans += delivery.spans
    arrived.clocks += delivery.clocks
    if delivery.spans[0][0] <= row.upto:
        records = [record for record in records if record[0] > row.upto]
    return Portion(row.key, row.month, delivery.received_s, records)


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
