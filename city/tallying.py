"""Brings records that are complete into the sums that are kept, each of them once."""

from collections.abc import Sequence
from typing import Final

from city.folding import COUNTS, Opened, RecordTuple, Stay, fold
from city.redating import date_anew
from city.store.engine import Engine, Session, Value, marks
from city.store.schema import WAITING
from city.store.totals import NOWHERE, Spot, Totals

_PORTION: Final = 5000
_OFTEN: Final = 200

_ADD: Final = (
    f"INSERT INTO tally (boot, visit, hour, kind, mono_s, received_s, at_s, {', '.join(COUNTS)})"
    f" VALUES ({marks(7 + len(COUNTS))}) ON CONFLICT (boot, visit, hour, kind) DO UPDATE SET "
    + ", ".join(f"{name} = tally.{name} + excluded.{name}" for name in COUNTS)
)


def tally(engine: Engine) -> int:
    """Sum up what has been completed since the last time, and return the number of records.

    Several may do so at once: a boot's row is held while its records are summed, and says how far they are.

    Raises:
        StoreError: the database does not work; what is not summed is left for the next time.
    """
    done = 0
    for _ in range(_OFTEN):
        with engine.transaction() as session:
            waiting = session.rows(f"SELECT key FROM boot WHERE {WAITING} ORDER BY key LIMIT 100")
        for (key,) in waiting:
            with engine.transaction() as session:
                done += _tally_boot(session, int(key))
        if not waiting:
            break
    return done


def _tally_boot(session: Session, key: int) -> int:
    """One portion of one boot, and its date."""
    held = session.rows(
        "SELECT bike, counted, upto, visit, offset_s, dated_s FROM boot"
        f" WHERE key = ? AND {WAITING}{session.lock}",
        (key,),
    )
    if not held:
        return 0
    bike, counted, upto, visit, offset_s, dated_s = held[0]
    totals = Totals(int(bike))
    dated_s = date_anew(session, key, dated_s, offset_s, totals)
    if counted == 0 and upto > 0:
        visit = visit or _visit_before(session, int(bike), key)
    records: Sequence[RecordTuple] = session.rows(
        "SELECT seq, mono_s, received_s, type, payload FROM record"
        " WHERE boot = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (key, counted, upto, _PORTION),
    )
    book = _Book(session, key, dated_s, totals)
    for stay in fold(records):
        visit = book.write(int(visit), stay)
    totals.write(session)
    reached = records[-1][0] if len(records) == _PORTION else upto
    session.run(
        "UPDATE boot SET counted = ?, visit = ?, dated_s = ? WHERE key = ?", (reached, visit, dated_s, key)
    )
    return len(records)


def _visit_before(session: Session, bike: int, key: int) -> int:
    """The visit that was open when the bike was switched off: it goes on in the next boot."""
    found = session.rows(
        "SELECT visit FROM boot WHERE bike = ? AND key < ? ORDER BY key DESC LIMIT 1", (bike, key)
    )
    return int(found[0][0]) if found else 0


class _Book:
    """Writes the stays of one boot, and notes what they change in the totals."""

    def __init__(self, session: Session, boot: int, dated_s: float | None, totals: Totals) -> None:
        self._session = session
        self._boot = boot
        self._dated_s = dated_s
        self._totals = totals

    def write(self, visit: int, stay: Stay) -> int:
        """Add one stay, and return the visit that is open after it (0: none)."""
        if stay.opened is not None:
            visit = self._open(stay.opened)
        if stay.sums:
            self._add(visit, stay)
        if stay.closed is None:
            return visit
        self._close(visit, stay.closed.minutes)
        return 0

    def _at_s(self, mono_s: float, received_s: float) -> float:
        return received_s if self._dated_s is None else mono_s + self._dated_s

    def _open(self, opened: Opened) -> int:
        """A visit of its own; its minutes are those planned until it is closed."""
        at_s = self._at_s(opened.mono_s, opened.received_s)
        when = (self._boot, opened.seq, opened.mono_s, opened.received_s, at_s)
        found = self._session.rows(
            "INSERT INTO visit (boot, seq, mono_s, received_s, at_s, place, host_city, minutes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key",
            (*when, opened.place, opened.host_city, opened.minutes),
        )
        self._totals.halt(at_s, Spot(opened.host_city, opened.place), opened.minutes, halts=1)
        return int(found[0][0])

    def _add(self, visit: int, stay: Stay) -> None:
        """Add sums to their hours; an hour that is there already keeps its date."""
        spot = self._spot(visit) if stay.opened is None else Spot(stay.opened.host_city, stay.opened.place)
        there = {} if stay.opened else self._there(visit, min(hour for hour, _kind in stay.sums))
        rows: list[Sequence[Value]] = []
        for (hour, kind), sums in sorted(stay.sums.items()):
            counts = [sums.values[name] for name in COUNTS]
            new_s = self._at_s(sums.mono_s, sums.received_s)
            at_s = there.get((hour, kind), new_s)
            rows.append((self._boot, visit, hour, kind, sums.mono_s, sums.received_s, at_s, *counts))
            self._totals.count(at_s, spot, kind, counts, parts=int((hour, kind) not in there))
        self._session.run_each(_ADD, rows)

    def _spot(self, visit: int) -> Spot:
        found = self._session.rows("SELECT host_city, place FROM visit WHERE key = ?", (visit,))
        return Spot(*found[0]) if found else NOWHERE

    def _there(self, visit: int, hour: int) -> dict[tuple[int, str], float]:
        """The dates of the hours that a visit has already, from one on."""
        rows = self._session.rows(
            "SELECT hour, kind, at_s FROM tally WHERE boot = ? AND visit = ? AND hour >= ?",
            (self._boot, visit, hour),
        )
        return {(int(number), str(kind)): float(at_s) for number, kind, at_s in rows}

    def _close(self, visit: int, minutes: int) -> None:
        """A visit ends with its true minutes; it may have begun in a boot that another worker dates anew."""
        found = self._session.rows(
            f"SELECT at_s, host_city, place, minutes FROM visit WHERE key = ?{self._session.lock}", (visit,)
        )
        for at_s, host_city, place, planned in found:
            self._totals.halt(at_s, Spot(host_city, place), minutes - planned)
        self._session.run("UPDATE visit SET closed = 1, minutes = ? WHERE key = ?", (minutes, visit))
