"""The city's store in PostgreSQL does what it does in a file: the same tests, and several workers at once."""

from collections.abc import Iterator

import pytest

from city.history import By, History
from city.retention import forget
from city.store import Engine, Store, open_engine
from city.tallying import tally
from tests.city.setting import DONE, NOON_S, delivery
from tests.city.test_history import *  # noqa: F403 - the same tests on another engine
from tests.city.test_store import *  # noqa: F403 - as above
from tests.peers.postgres_server import Postgres

pytestmark = pytest.mark.peers


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """An empty database at a server."""
    engine = open_engine(postgres.database("store"))
    yield engine
    engine.close()


def test_a_month_is_dropped_and_a_late_record_finds_room(engine: Engine):
    """A boot may outlast the records of the month in which it began."""
    store = Store(engine)
    store.commit([delivery((1, 1.0, DONE), (2, 2.0, DONE))])
    tally(engine)
    assert forget(engine, NOON_S + 160 * 86_400.0) == 2
    with engine.transaction() as session:
        partitions = session.rows("SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1")
    assert ("record_202611",) not in partitions
    assert [receipt.ack.upto for receipt in store.commit([delivery((3, 3.0, DONE))])] == [3]
    tally(engine)
    assert [line.done for line in History(engine).sums(By.BIKE)] == [3]
