"""What was made, where and when: sums that stay when the single records are forgotten."""

from datetime import datetime, timedelta

import pytest

from city.history import History
from city.lines import By, Filter
from city.periods import PARIS, days, hours, months
from city.retention import forget
from city.store import Engine, Store
from city.tallying import tally
from onboard.messages import Record
from tests.city.records import (
    AT_ANTONY,
    AT_GENTILLY,
    BROKEN,
    LEFT,
    MILLED,
    MINUTE,
    PRINTED,
    QUEUED,
    STARTED,
    TAKEN_BACK,
    network,
)
from tests.city.setting import NOON_S, delivery

DAY_S = 86_400.0


@pytest.fixture
def visited(engine: Engine) -> Store:
    """A city whose bike was at two halts on two days, the second of them cut in two by a lost battery."""
    store = Store(engine)
    first: list[Record] = [
        network(NOON_S),
        MINUTE,
        AT_GENTILLY,
        QUEUED,
        STARTED,
        PRINTED,
        BROKEN,
        TAKEN_BACK,
        MINUTE,
        LEFT,
        MINUTE,
    ]
    store.commit([delivery(*[(i, 60.0 * i, record) for i, record in enumerate(first, 1)])])
    store.commit([delivery((12, DAY_S, AT_ANTONY), (13, DAY_S + 60.0, PRINTED))])
    rest: list[Record] = [network(NOON_S + DAY_S + 1800), MILLED, MINUTE]
    store.commit([delivery(*[(i, float(i), record) for i, record in enumerate(rest, 1)], boot="b" * 16)])
    tally(engine)
    return store


def test_halts_carry_their_sums(visited: Store):
    """Each halt has what was made at it, also after the bike was off in its midst; riding belongs to none."""
    antony, gentilly = History(visited.engine).halts()
    assert (gentilly.place, gentilly.host_city, gentilly.closed) == ("Médiathèque", "Gentilly", True)
    sums = gentilly.sums
    assert (sums.queued, sums.started, sums.done, sums.failed, sums.cancelled) == (1, 1, 1, 1, 1)
    assert (sums.success, sums.wh_an_object, sums.wait_min, sums.open_min) == (0.5, 40.0, 10.0, 120)
    assert sums.used_wh == pytest.approx(3.0)
    assert (antony.place, antony.closed, antony.sums.done, antony.sums.open_min) == (
        "Parc Heller",
        False,
        2,
        60,
    )
    assert antony.at == datetime.fromtimestamp(NOON_S + DAY_S, PARIS)


def test_sums_by_host_city_kind_and_bike(visited: Store):
    """The same records, added up in other ways."""
    history = History(visited.engine)
    by_host = {line.label: line for line in history.sums(By.HOST_CITY)}
    assert {label: (line.done, line.halts) for label, line in by_host.items()} == {
        "": (0, 0),
        "Antony": (2, 1),
        "Gentilly": (1, 1),
    }
    assert by_host[""].used_wh == pytest.approx(6.0)
    assert {line.label: line.done for line in history.sums(By.KIND)} == {"": 0, "mill": 1, "printer": 2}
    (bike,) = history.sums(By.BIKE)
    assert (bike.label, bike.done, bike.halts, bike.open_min) == ("creteil-1", 3, 2, 180)
    assert bike.used_wh == pytest.approx(12.0)
    assert [line.done for line in history.sums(By.CITY, Filter(kind="mill"))] == [1]
    assert history.sums(By.CITY, Filter(city="antony")) == []


def test_sums_over_months_days_and_hours(visited: Store):
    """Every period has its line, in Paris time, whether something happened in it or not."""
    history = History(visited.engine)
    until = datetime.fromtimestamp(NOON_S, PARIS)
    over_months = history.over_time(months(until, 3))
    assert [(line.label, line.done, line.halts) for line in over_months] == [
        ("2026-09", 0, 0),
        ("2026-10", 0, 0),
        ("2026-11", 3, 2),
    ]
    over_days = history.over_time(days(until + timedelta(days=1), 3), Filter(host_city="Antony"))
    assert [(line.label, line.done) for line in over_days] == [
        ("2026-11-21", 0),
        ("2026-11-22", 0),
        ("2026-11-23", 2),
    ]
    assert {line.label: line.done for line in history.over_time(hours(until)) if line.done} == {"12": 1}


def test_days_of_twenty_three_and_twenty_five_hours():
    """When the clocks change, a day has the hours that it has."""
    assert len(hours(datetime(2026, 3, 29, 12, tzinfo=PARIS))) == 23
    assert len(hours(datetime(2026, 10, 25, 12, tzinfo=PARIS))) == 25
    assert len(hours(datetime(2026, 11, 22, 12, tzinfo=PARIS))) == 24


def test_sums_stay_when_records_are_forgotten(visited: Store):
    """After 90 days the single records are gone, the sums are not, and nothing can be counted again."""
    history = History(visited.engine)
    before = (history.halts(), history.sums(By.HOST_CITY))
    assert forget(visited.engine, NOON_S + 89 * DAY_S) == 0
    visited.commit([delivery((14, DAY_S + 70.0, PRINTED))])
    assert forget(visited.engine, NOON_S + 91 * DAY_S) == 16, "what is not summed yet stays"
    visited.commit([delivery((1, 60.0, PRINTED), (13, DAY_S + 60.0, PRINTED))])
    Store(visited.engine).commit([delivery((13, DAY_S + 60.0, PRINTED))])
    tally(visited.engine)
    assert forget(visited.engine, NOON_S + 91 * DAY_S) == 1
    assert [halt.sums.done for halt in history.halts()] == [3, 1]
    assert history.sums(By.HOST_CITY)[0] == before[1][0]


def test_counting_twice_changes_nothing(visited: Store):
    """Sums are added once, whoever looks how often."""
    before = History(visited.engine).sums(By.BIKE)
    assert tally(visited.engine) == 0
    assert History(visited.engine).sums(By.BIKE) == before
