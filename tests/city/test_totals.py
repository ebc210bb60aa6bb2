"""Sums by day and by month are those of the records, whatever comes late, twice, at once or is cut off."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest

from city.history import History
from city.lines import By, Filter
from city.periods import PARIS, Period, days, hours, months
from city.store import Engine, Store, StoreError, open_engine
from city.store.engine import Rows, Session, Value
from city.tallying import tally
from city.views import Reader
from tests.city.records import AT_GENTILLY, LEFT, network
from tests.city.setting import DONE, NOON_S, delivery
from tests.city.story import DAY_S, NEW_YEAR_S, check, tell


def chance_of(seed: int) -> random.Random:
    """The same story each time."""
    return random.Random(seed)  # noqa: S311 - a repeatable experiment


@pytest.mark.parametrize("seed", range(8))
def test_stories_come_to_what_their_records_say(engine: Engine, seed: int):
    """Three bikes across a new year, out of order and partly twice, with clocks that come last."""
    chance = chance_of(seed)
    tell(chance, Store(engine), lambda: tally(engine))
    assert tally(engine) == 0
    check(engine, chance)


def test_a_late_clock_moves_sums_into_another_month(engine: Engine):
    """What arrived in November was made in October; nothing is left behind, nothing new need come."""
    store, history = Store(engine), History(engine)
    until = datetime.fromtimestamp(NOON_S, PARIS)
    store.commit([delivery((1, 60.0, AT_GENTILLY), (2, 120.0, DONE), (3, 3600.0, LEFT))])
    tally(engine)
    assert [(line.label, line.done, line.open_min) for line in history.over_time(months(until, 2))] == [
        ("2026-10", 0, 0),
        ("2026-11", 1, 120),
    ]
    beyond_a_hole = delivery((9, 4000.0, network(NOON_S - 30 * DAY_S, 4000.0)))
    store.commit([beyond_a_hole])
    assert tally(engine) == 0, "nothing new can be counted"
    assert [(line.label, line.done, line.halts) for line in history.over_time(months(until, 2))] == [
        ("2026-10", 1, 1),
        ("2026-11", 0, 0),
    ]
    november = Filter(months(until, 1)[0].from_s, months(until, 1)[0].to_s)
    assert history.sums(By.PLACE, november) == []
    check(engine, chance_of(0))
    store.commit([delivery((11, 5000.0, network(NOON_S, 5000.0)))])
    assert tally(engine) == 0, "still nothing new"
    assert [line.done for line in history.over_time(months(until, 2))] == [0, 1]


def test_less_than_a_second_moves_nothing(engine: Engine):
    """Arrivals differ by as much; the second that adds up is not forgotten."""
    store = Store(engine)
    store.commit([delivery((1, 60.0, network(NOON_S, 60.0)), (2, 61.0, DONE))])
    tally(engine)
    for seq, late_s in ((3, 0.6), (4, 1.2)):
        store.commit([delivery((seq, 70.0, network(NOON_S + 10.0 + late_s, 70.0)))])
        tally(engine)
        with engine.transaction() as session:
            ((dated_s,),) = session.rows("SELECT dated_s FROM boot")
            ((at_s,),) = session.rows("SELECT min(at_s) FROM tally")
        assert dated_s == pytest.approx(NOON_S - 60.0 + (1.2 if late_s > 1 else 0.0))
        assert at_s == pytest.approx(dated_s + 60.0)


def test_an_hour_across_midnight_stays_whole(engine: Engine):
    """Sums of one hour of a boot belong to the day of its first record, also when more comes next month."""
    store = Store(engine)
    store.commit([delivery((1, 0.0, network(NEW_YEAR_S + 3500.0, 0.0)), (2, 50.0, DONE))])
    tally(engine)
    store.commit([delivery((3, 200.0, DONE))])
    tally(engine)
    until = datetime.fromtimestamp(NEW_YEAR_S + DAY_S, PARIS)
    assert [line.done for line in History(engine).over_time(months(until, 2))] == [2, 0]
    check(engine, chance_of(0))


def test_a_visit_is_closed_in_a_later_boot_and_another_month(engine: Engine):
    """Its minutes count where it was opened, also after that boot has been dated anew."""
    store = Store(engine)
    store.commit([delivery((1, 0.0, AT_GENTILLY))])
    store.commit([delivery((1, 0.0, network(NOON_S, 0.0)), (2, 60.0, LEFT), boot="b" * 16)])
    tally(engine)
    store.commit([delivery((2, 10.0, network(NOON_S - 40 * DAY_S, 10.0)))])
    tally(engine)
    until = datetime.fromtimestamp(NOON_S, PARIS)
    lines = History(engine).over_time(months(until, 2))
    assert [(line.halts, line.open_min) for line in lines] == [(1, 120), (0, 0)]
    check(engine, chance_of(0))


def test_every_span_of_time_is_answered(engine: Engine):
    """Days, hours, half months and spans across them add up to the same."""
    chance = chance_of(5)
    tell(chance, Store(engine), lambda: tally(engine))
    history = History(engine)
    until = datetime.fromtimestamp(NEW_YEAR_S + 31 * DAY_S, PARIS)
    (december, january) = months(until, 2)
    halves = [
        Period("a", december.from_s, december.from_s + 15.5 * DAY_S),
        Period("b", december.from_s + 15.5 * DAY_S, january.to_s),
    ]
    by_day = [period for period in days(until, 70) if december.from_s <= period.from_s < january.to_s]
    by_hour = [hour for day in by_day for hour in hours(datetime.fromtimestamp(day.from_s, PARIS))]
    for chosen in (Filter(), Filter(bike="creteil-1"), Filter(host_city="Gentilly"), Filter(kind="mill")):
        made = [
            sum(line.done for line in history.over_time(periods, chosen))
            for periods in ([december, january], halves, by_day, by_hour)
        ]
        assert made[1:] == made[:-1], chosen
    assert made[0] > 0
    assert sum(line.done for line in history.sums(By.BIKE)) == sum(
        line.done for line in history.sums(By.KIND)
    )


def test_the_live_page_counts_the_day(engine: Engine):
    """Objects since midnight, by the bike's own date."""
    Store(engine).commit(
        [delivery((1, 0.0, network(NOON_S - DAY_S, 0.0)), (2, 50.0, DONE), (3, 86_500.0, DONE))]
    )
    tally(engine)
    assert Reader(engine).overview(NOON_S).made_today == 1


class CutError(Exception):
    """The power is gone."""


class Fragile:
    """An engine whose power goes before the last of so many statements."""

    def __init__(self, engine: Engine, statements: int) -> None:
        self._engine = engine
        self.left = statements

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing."""
        with self._engine.transaction() as session:
            yield _Frail(session, self)

    def close(self) -> None:
        """The other's."""


class _Frail:
    """A session that counts."""

    def __init__(self, session: Session, engine: Fragile) -> None:
        self._session = session
        self._engine = engine
        self.lock = session.lock

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Rows:
        """All rows that a statement returns."""
        self._spend()
        return self._session.rows(sql, values)

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Carry a statement out."""
        self._spend()
        return self._session.run(sql, values)

    def run_each(self, sql: str, values: Sequence[Sequence[Value]]) -> None:
        """Carry a statement out for each set of values, or for the first half of them."""
        if self._engine.left == 1:
            self._session.run_each(sql, values[: len(values) // 2])
        self._spend()
        self._session.run_each(sql, values)

    def _spend(self) -> None:
        self._engine.left -= 1
        if self._engine.left <= 0:
            raise CutError


def test_cut_off_after_any_statement(engine: Engine):
    """Whatever statement is the last one, the next try finds sums and totals in step."""
    chance = chance_of(11)
    reached = 0

    def cut_short() -> None:
        nonlocal reached
        for statements in range(chance.randint(1, 4), 400, chance.randint(1, 7)):
            try:
                tally(Fragile(engine, statements))
            except CutError:
                reached += 1
            else:
                return

    tell(chance, Store(engine), cut_short)
    assert reached > 100
    assert tally(engine) == 0
    check(engine, chance)


def test_two_housekeepers_at_once(engine: Engine, database: str):
    """They share the boots of the same bikes, while a receiver writes; nothing is counted twice or never."""
    chance = chance_of(3)
    with two_housekeepers(database) as broken:
        tell(chance, Store(engine), lambda: sum_up(engine), boots=4)
    assert not [said for said in broken if "deadlock" in said]
    sum_up(engine)
    check(engine, chance)


def sum_up(engine: Engine) -> None:
    """Return once somebody has summed everything up: that decides where an open visit goes on."""
    while tally(engine):
        pass


@contextmanager
def two_housekeepers(database: str) -> Iterator[list[str]]:
    """Two that sum up again and again, each on a line of its own; what went wrong is told."""
    done = threading.Event()
    broken: list[str] = []
    engines = [open_engine(database) for _ in range(2)]
    helpers = [threading.Thread(target=_keep_house, args=(engine, done, broken)) for engine in engines]
    for helper in helpers:
        helper.start()
    try:
        yield broken
    finally:
        done.set()
        for helper in helpers:
            helper.join()


def _keep_house(engine: Engine, done: threading.Event, broken: list[str]) -> None:
    """As the city's own: a line that breaks is made again."""
    while not done.wait(0.005):
        try:
            tally(engine)
        except StoreError as error:
            broken.append(str(error))
    engine.close()
