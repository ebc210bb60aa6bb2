"""The city keeps every record once and dates it by the bike's own clock."""

import random

import pytest

from city.store import Engine, Receipt, Store
from city.tallying import tally
from city.views import Presence, Reader
from onboard.messages import Clock, ClockSource, Energy, Leaf, Place, State, Status
from tests.city.setting import BOOT, DONE, NOON_S, delivery

MINUTE = Energy(seconds=60, used_wh=5.0)


@pytest.fixture
def store(engine: Engine) -> Store:
    """An empty city."""
    return Store(engine)


@pytest.fixture
def reader(engine: Engine) -> Reader:
    """Its desk."""
    return Reader(engine)


def upto(receipts: list[Receipt]) -> int:
    """The watermark that a bike is told."""
    return receipts[-1].ack.upto


def made_today(engine: Engine) -> int:
    """Objects of the day as the desk shows them."""
    tally(engine)
    return Reader(engine).overview(NOON_S).made_today


def test_repeated_and_shuffled_batches_are_kept_once(store: Store):
    """Any order, any number of times: 200 records are 200 records, and the watermark ends at 200."""
    chance = random.Random(3)  # noqa: S311 - a repeatable experiment
    batches = [delivery(*[(seq, 1.0, DONE) for seq in range(i, i + 10)]) for i in range(1, 200, 10)]
    for batch in chance.sample(batches, 20) + chance.choices(batches, k=30):
        receipts = list(store.commit([batch]))
    assert upto(receipts) == 200
    assert made_today(store.engine) == 200


def test_the_watermark_waits_for_what_is_missing(store: Store):
    """A hole holds it back until it is filled, also for another worker on the same database."""
    assert upto([*store.commit([delivery((1, 1.0, DONE), (3, 1.0, DONE))])]) == 1
    assert upto([*Store(store.engine).commit([delivery((2, 1.0, DONE))])]) == 3


def test_a_city_that_lost_its_store_goes_on(store: Store):
    """What was acknowledged before cannot come again: it is counted, and the bike need not wait for it."""
    assert upto([*store.commit([delivery((501, 1.0, DONE), after=500)])]) == 501
    with store.engine.transaction() as session:
        assert session.rows("SELECT lost FROM boot") == [(500,)]


def test_records_are_dated_by_the_bikes_clock_also_backwards(store: Store):
    """An object of yesterday that arrives today is not counted today, though the date came later."""
    store.commit([delivery((1, 100.0, DONE), (2, 90_000.0, DONE))])
    assert made_today(store.engine) == 2
    clock = Clock(mono_s=90_000.0, utc_s=NOON_S, error_ms=100, source=ClockSource.NETWORK)
    store.commit([delivery((3, 90_000.0, clock))])
    assert made_today(store.engine) == 1


def test_a_clock_without_a_source_dates_nothing(store: Store):
    """A bike that believes it is 1970 is dated by the arrival."""
    clock = Clock(mono_s=5.0, utc_s=10.0, error_ms=10**12, source=ClockSource.NONE)
    store.commit([delivery((1, 5.0, clock), (2, 6.0, DONE))])
    assert made_today(store.engine) == 1


def test_silence_is_a_state_of_its_own(store: Store, reader: Reader):
    """After 150 s without a word, or after its will, a bike is silent whatever it showed last."""
    state = State(halt=Place(place="Parc", host_city="Gentilly", left_min=30), soc_pct=50)
    store.show("creteil", "creteil-1", Leaf.STATUS, Status(online=True).model_dump_json(), NOON_S)
    store.show("creteil", "creteil-1", Leaf.STATE, state.model_dump_json(), NOON_S)
    assert reader.overview(NOON_S + 60).bikes[0].presence is Presence.AT_HALT
    late = reader.overview(NOON_S + 42 * 60).bikes[0]
    assert (late.presence, late.silent_s) == (Presence.SILENT, 42 * 60)
    store.show("creteil", "creteil-1", Leaf.STATUS, Status(online=False).model_dump_json(), None)
    assert reader.overview(NOON_S + 61).bikes[0].presence is Presence.SILENT


def test_energy_of_the_day_is_summed(store: Store, reader: Reader):
    """Three minutes at 300 W."""
    store.commit([delivery(*[(seq, 1.0, MINUTE) for seq in (1, 2, 3)])])
    tally(store.engine)
    assert reader.overview(NOON_S).used_today_wh == 15.0


def test_the_diary_tells_what_happened(store: Store, reader: Reader):
    """Objects and halts are shown, minutes of energy and clocks are not."""
    store.commit([delivery((1, 1.0, MINUTE), (2, 2.0, DONE))])
    (event,) = reader.overview(NOON_S).events
    assert (event.type, event.content["minutes"]) == ("job.done", 25)


def test_invented_bikes_are_bounded(store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch):
    """Somebody who invents topics cannot fill the city's page; what is refused is counted."""
    monkeypatch.setattr("city.store.register.MAX_BIKES", 2)
    for name in ("a", "b", "c"):
        store.show("creteil", name, Leaf.STATE, State().model_dump_json(), NOON_S)
    assert [*store.commit([delivery((1, 1.0, DONE), bike="d")])] == []
    overview = reader.overview(NOON_S)
    assert ([bike.bike for bike in overview.bikes], overview.refused) == (["a", "b"], 2)


def test_a_bike_does_not_speak_for_another_city(store: Store, reader: Reader):
    """The broker proves a bike's id, not the city in its topic: the id stays with the first."""
    store.commit([delivery((1, 1.0, DONE))])
    assert [*store.commit([delivery((2, 1.0, DONE), city="antony")])] == []
    overview = reader.overview(NOON_S)
    assert ([bike.city for bike in overview.bikes], overview.refused) == (["creteil"], 1)
    assert store.watermark("creteil", "creteil-1", BOOT) == 1
