"""The city keeps every record once and dates it by the bike's own clock."""

import random
from pathlib import Path

import pytest

from city.store import Delivery, Store, TooManyBikesError
from city.views import Presence, Reader
from onboard.messages import (
    Batch,
    Clock,
    ClockSource,
    Energy,
    JobDone,
    Leaf,
    MachineKind,
    Place,
    Record,
    State,
    Status,
    row,
)

NOON_S = 1_795_345_200.0  # 22 November 2026, 12:00 in Paris
BOOT = "a" * 16
DONE = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)
MINUTE = Energy(seconds=60, used_wh=5.0)


def delivery(*records: tuple[int, float, Record], after: int = 0, received_s: float = NOON_S) -> Delivery:
    """A batch of Créteil's first bike."""
    rows = tuple(row(*record) for record in records)
    return Delivery("creteil", "creteil-1", Batch(boot=BOOT, after=after, r=rows), received_s)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty city."""
    return Store(tmp_path / "city.db")


@pytest.fixture
def reader(tmp_path: Path, store: Store) -> Reader:
    """Its desk."""
    return Reader(tmp_path / "city.db")


def test_repeated_and_shuffled_batches_are_kept_once(store: Store, reader: Reader):
    """Any order, any number of times: 200 records are 200 records, and the watermark ends at 200."""
    chance = random.Random(3)  # noqa: S311 - a repeatable experiment
    batches = [delivery(*[(seq, 1.0, DONE) for seq in range(i, i + 10)]) for i in range(1, 200, 10)]
    for batch in chance.sample(batches, 20) + chance.choices(batches, k=30):
        receipts = store.commit([batch])
    assert receipts[0].ack.upto == 200
    assert reader.overview(NOON_S).made_today == 200


def test_the_watermark_waits_for_what_is_missing(store: Store):
    """A hole holds it back until it is filled."""
    assert store.commit([delivery((1, 1.0, DONE), (3, 1.0, DONE))])[0].ack.upto == 1
    assert store.commit([delivery((2, 1.0, DONE))])[0].ack.upto == 3


def test_a_city_that_lost_its_store_goes_on(store: Store):
    """What was acknowledged before cannot come again; the bike must not wait for it for ever."""
    assert store.commit([delivery((501, 1.0, DONE), after=500)])[0].ack.upto == 501


def test_records_are_dated_by_the_bikes_clock_also_backwards(store: Store, reader: Reader):
    """An object of yesterday that arrives today is not counted today, though the date came later."""
    store.commit([delivery((1, 100.0, DONE), (2, 90_000.0, DONE))])
    assert reader.overview(NOON_S).made_today == 2
    clock = Clock(mono_s=90_000.0, utc_s=NOON_S, error_ms=100, source=ClockSource.NETWORK)
    store.commit([delivery((3, 90_000.0, clock))])
    assert reader.overview(NOON_S).made_today == 1


def test_a_clock_without_a_source_dates_nothing(store: Store, reader: Reader):
    """A bike that believes it is 1970 is dated by the arrival."""
    clock = Clock(mono_s=5.0, utc_s=10.0, error_ms=10**12, source=ClockSource.NONE)
    store.commit([delivery((1, 5.0, clock), (2, 6.0, DONE))])
    assert reader.overview(NOON_S).made_today == 1


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
    assert reader.overview(NOON_S).used_today_wh == 15.0


def test_invented_bikes_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Somebody who invents topics cannot fill the city's page."""
    monkeypatch.setattr("city.store.MAX_BIKES", 2)
    for name in ("a", "b"):
        store.show("creteil", name, Leaf.STATE, State().model_dump_json(), NOON_S)
    with pytest.raises(TooManyBikesError):
        store.show("creteil", "c", Leaf.STATE, State().model_dump_json(), NOON_S)
