"""Brings records that are complete into the sums that are kept, each of them once."""

from collections.abc import Sequence
from typing import Final

from city.folding import COUNTS, Opened, RecordTuple, Stay, fold
from city.store.engine import Engine, Session, marks

_PORTION: Final = 5000
_OFTEN: Final = 200

_ADD: Final = (
    f"INSERT INTO tally (boot, visit, hour, kind, mono_s, received_s, {', '.join(COUNTS)})"
    f" VALUES ({marks(6 + len(COUNTS))}) ON CONFLICT (boot, visit, hour, kind) DO UPDATE SET "
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
            waiting = session.rows("SELECT key FROM boot WHERE counted < upto ORDER BY key LIMIT 100")
        for (key,) in waiting:
            with engine.transaction() as session:
                done += _tally_boot(session, int(key))
        if not waiting:
            break
    return done


def _tally_boot(session: Session, key: int) -> int:
    """One portion of one boot."""
    held = session.rows(
        f"SELECT bike, counted, upto, visit FROM boot WHERE key = ? AND counted < upto{session.lock}", (key,)
    )
    if not held:
        return 0
    bike, counted, upto, visit = held[0]
    if counted == 0:
        visit = visit or _visit_before(session, int(bike), key)
    records: Sequence[RecordTuple] = session.rows(
        "SELECT seq, mono_s, received_s, type, payload FROM record"
        " WHERE boot = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (key, counted, upto, _PORTION),
    )
    for stay in fold(records):
        visit = _write(session, key, int(visit), stay)
    reached = records[-1][0] if len(records) == _PORTION else upto
    session.run("UPDATE boot SET counted = ?, visit = ? WHERE key = ?", (reached, visit, key))
    return len(records)


def _visit_before(session: Session, bike: int, key: int) -> int:
    """The visit that was open when the bike was switched off: it goes on in the next boot."""
    found = session.rows(
        "SELECT visit FROM boot WHERE bike = ? AND key < ? ORDER BY key DESC LIMIT 1", (bike, key)
    )
    return int(found[0][0]) if found else 0


def _write(session: Session, boot: int, visit: int, stay: Stay) -> int:
    """Add one stay, and return the visit that is open after it (0: none)."""
    if stay.opened is not None:
        visit = _open(session, boot, stay.opened)
    session.run_each(
        _ADD,
        [
            (boot, visit, hour, kind, sums.mono_s, sums.received_s, *(sums.values[name] for name in COUNTS))
            for (hour, kind), sums in sorted(stay.sums.items())
        ],
    )
    if stay.closed is None:
        return visit
    session.run("UPDATE visit SET closed = 1, minutes = ? WHERE key = ?", (stay.closed.minutes, visit))
    return 0


def _open(session: Session, boot: int, opened: Opened) -> int:
    """A visit of its own; its minutes are those planned until it is closed."""
    found = session.rows(
        "INSERT INTO visit (boot, seq, mono_s, received_s, place, host_city, minutes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING key",
        (
            boot,
            opened.seq,
            opened.mono_s,
            opened.received_s,
            opened.place,
            opened.host_city,
            opened.minutes,
        ),
    )
    return int(found[0][0])
