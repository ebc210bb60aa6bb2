"""Invented lives of a few bikes across the ends of months, told in any order, and what they come to."""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import pytest

from city import dated, spans
from city.folding import COUNTS
from city.lines import By, Filter, Line
from city.periods import PARIS, months
from city.store import Delivery, Engine, Store
from city.store.engine import Session
from city.store.totals import COLUMNS, Grain, make_totals
from onboard.messages import Batch, Clock, ClockSource, HaltClosed, HaltOpened, Record, row
from tests.city.life import PLACES
from tests.city.records import job

BIKES: Final = ("creteil-1", "creteil-2", "antony-1")
NEW_YEAR_S: Final = datetime(2026, 12, 31, 23, tzinfo=PARIS).timestamp()
DAY_S: Final = 86_400.0
Row = tuple[int, float, str, Record]
Sums = dict[tuple[str, str, str, str, str], list[float]]


def tell(chance: random.Random, store: Store, between: Callable[[], None], boots: int = 3) -> None:
    """Bikes that are switched on and off; `between` is called whenever a receiver would have a moment.

    Of each boot the last record, a clock, comes at the end of all, and perhaps tells of an earlier arrival.
    """
    late: list[Delivery] = []
    for number in range(boots):
        for bike in BIKES:
            begin_s = NEW_YEAR_S + (number * 12 - 14) * DAY_S + chance.uniform(-DAY_S, DAY_S)
            *early, last = _deliveries(chance, bike, f"{number:016x}", begin_s)
            for delivery in _shuffled(chance, early):
                store.commit([delivery])
                if chance.random() < 0.3:
                    between()
            late.append(last)
            between()
    for delivery in chance.sample(late, len(late)):
        store.commit([delivery])
        if chance.random() < 0.5:
            between()
    between()


def _shuffled(chance: random.Random, batches: list[Delivery]) -> list[Delivery]:
    """Out of order, and some twice."""
    return chance.sample(batches, len(batches)) + chance.sample(batches, 1)


def _deliveries(chance: random.Random, bike: str, boot: str, begin_s: float) -> Iterator[Delivery]:
    """All records of one boot in batches, with arrivals between a second and weeks after."""
    records = list(_records(chance, begin_s))
    rows = [row(seq, round(mono_s, 2), record) for seq, (mono_s, record) in enumerate(records, 1)]
    size = chance.randint(4, 20)
    ends = [*range(0, len(rows) - 1, size), len(rows) - 1, len(rows)]
    for begin, end in pairwise(ends):
        batch = tuple(rows[begin:end])
        sent_s = batch[-1][1]
        received_s = begin_s + sent_s + chance.choice((1.0, 900.0, 9 * DAY_S))
        heard_s = sent_s if chance.random() < 0.5 else None
        yield Delivery(bike.rpartition("-")[0], bike, Batch(boot=boot, sent_s=heard_s, r=batch), received_s)


def _records(chance: random.Random, begin_s: float) -> Iterator[tuple[float, Record]]:
    """A few halts and rides; at the end perhaps a clock, set from the network or wrong by a month."""
    at_s = 10.0
    for _halt in range(chance.randint(1, 4)):
        place, host_city = chance.choice(PLACES)
        yield at_s, HaltOpened(place=place, host_city=host_city, minutes=180)
        for _job in range(chance.randint(0, 4)):
            yield from job(chance, at_s + 60.0)
            at_s += 1800.0
        if chance.random() < 0.7:
            yield at_s, HaltClosed(place=place, host_city=host_city, minutes=chance.choice((60, 90)))
        at_s += chance.choice((600.0, 6 * 3600.0, DAY_S))
        yield from job(chance, at_s)
        at_s += 1800.0
    source = chance.choice((ClockSource.NETWORK, ClockSource.CHIP, ClockSource.NONE))
    wrong_s = 0.0 if source is ClockSource.NETWORK else chance.choice((-40 * DAY_S, 7.0))
    yield at_s, Clock(mono_s=at_s, utc_s=begin_s + at_s + wrong_s, error_ms=100, source=source)


def reckoned(engine: Engine) -> Sums:
    """Objects, failures, watt-hours, halts and minutes by month, host city, place, bike and kind."""
    with engine.transaction() as session:
        records = session.rows(
            "SELECT bike.bike, record.boot, dated_s, mono_s, record.received_s, type, payload FROM record"
            " JOIN boot ON boot.key = record.boot JOIN bike ON bike.key = boot.bike"
            " WHERE seq <= counted ORDER BY record.boot, seq"
        )
    sums: Sums = defaultdict(lambda: [0.0] * 5)
    standing: dict[str, list[Any]] = {}
    hours: dict[object, str] = {}
    for bike, boot, dated_s, mono_s, received_s, kind, payload in records:
        said = json.loads(payload) if isinstance(payload, str) else payload
        month = f"{datetime.fromtimestamp(received_s if dated_s is None else mono_s + dated_s, PARIS):%Y-%m}"
        halt = standing.get(bike)
        if kind == "halt.opened":
            standing[bike] = [month, said["host_city"], said["place"], bike, said["minutes"], len(hours)]
            _add(sums, (month, said["host_city"], said["place"], bike, "halt"), (0, 0, 0, 1, said["minutes"]))
        elif kind == "halt.closed":
            if halt is not None:
                _add(sums, (*halt[:4], "halt"), (0, 0, 0, 0, said["minutes"] - halt[4]))
            standing.pop(bike, None)
        else:
            machine = said.get("kind", "")
            spot, stay = (halt[1:3], halt[5]) if halt is not None else (["", ""], -1)
            hour = boot, stay, mono_s // 3600, machine
            dated = hours.setdefault(hour, month)
            failed = kind == "job.failed" and said["reason"] != "cancelled"
            amounts = kind == "job.done", failed, said.get("used_wh", 0), 0, 0
            _add(sums, (dated, *spot, bike, machine), amounts)
    return sums


def _add(sums: Sums, key: tuple[str, str, str, str, str], amounts: tuple[float, ...]) -> None:
    sums[key] = [a + b for a, b in zip(sums[key], amounts, strict=True)]


def check(engine: Engine, chance: random.Random) -> None:
    """Dates, totals and lines agree with the records and with each other."""
    with engine.transaction() as session:
        stray = session.rows(
            "SELECT count(*) FROM tally JOIN boot ON boot.key = tally.boot"
            " WHERE at_s <> coalesce(tally.mono_s + dated_s, tally.received_s)"
            " OR abs(dated_s - offset_s) >= 1 OR (offset_s IS NOT NULL AND dated_s IS NULL)"
        )
        kept = _totals(session)
        session.run("DELETE FROM total")
        make_totals(session)
        made = _totals(session)
    assert stray == [(0,)]
    assert kept.keys() == made.keys()
    for key, sums in made.items():
        assert kept[key] == pytest.approx(sums), key
    named = reckoned(engine)
    assert _by_name(engine) == {key: pytest.approx(sums) for key, sums in named.items()}
    for _ in range(6):
        _compare(engine, chance)


def _totals(session: Session) -> dict[tuple[Any, ...], tuple[float, ...]]:
    """The table of totals by its key."""
    rows = session.rows(
        f"SELECT grain, start_s, host_city, place, bike, kind, {', '.join(COLUMNS)} FROM total"  # noqa: S608 - our own words
    )
    return {row[:6]: row[6:] for row in rows}


def _by_name(engine: Engine) -> Sums:
    """The totals by month and place, as `reckoned` has them."""
    with engine.transaction() as session:
        rows = session.rows(
            "SELECT start_s, host_city, place, bike.bike, kind, done, failed, used_wh, halts, open_min"
            " FROM total JOIN bike ON bike.key = total.bike WHERE grain = ?",
            (Grain.PLACE_KIND,),
        )
    return {(f"{datetime.fromtimestamp(row[0], PARIS):%Y-%m}", *row[1:5]): list(row[5:]) for row in rows}


def _compare(engine: Engine, chance: random.Random) -> None:
    """One random question gets the same answer from the totals and from the dated rows."""
    period = chance.choice(months(datetime.fromtimestamp(NEW_YEAR_S, PARIS), 2))
    words = {"city": ("creteil", "antony"), "bike": BIKES, "host_city": ("Gentilly",), "kind": ("mill",)}
    asked = {name: chance.choice(of) for name, of in words.items() if chance.random() < 0.3}
    by, chosen = chance.choice(list(By)), Filter(period.from_s, period.to_s, **asked)
    grain = spans.grain_for((period.from_s, period.to_s), chosen, by)
    assert grain is not None
    with engine.transaction() as session:
        quick = spans.by_label(session, grain, by, chosen)
        slow = dated.by_label(session, by, chosen)
        grain = spans.grain_for((period.from_s, period.to_s), chosen)
        assert grain is not None
        (whole,) = spans.by_period(session, grain, [period], chosen)
        (same,) = dated.by_period(session, [period], chosen)
    assert quick.keys() == slow.keys(), (by, chosen)
    for label, sums in slow.items():
        assert_same(Line.of(label, quick[label]), Line.of(label, sums))
    assert_same(Line.of("", whole), Line.of("", same))


def assert_same(line: Line, other: Line) -> None:
    """Two lines say the same."""
    for name in (*COUNTS, "halts", "open_min"):
        assert getattr(line, name) == pytest.approx(getattr(other, name)), name
