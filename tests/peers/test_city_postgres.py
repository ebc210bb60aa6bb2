"""The city's store in PostgreSQL does what it does in a file: the same tests, and several workers at once."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from city.history import History
from city.lines import By
from city.retention import forget
from city.store import Engine, Store, StoreError, open_engine
from city.tallying import tally
from tests.city.layout_2 import AT_A_SERVER, copy_rows
from tests.city.setting import DONE, NOON_S, delivery
from tests.city.story import check, tell
from tests.city.test_history import *  # noqa: F403 - the same tests on another engine
from tests.city.test_layout import check_brought_up, told  # noqa: F401 - a fixture
from tests.city.test_store import *  # noqa: F403 - as above
from tests.city.test_totals import *  # noqa: F403 - as above
from tests.city.test_totals import sum_up, two_housekeepers
from tests.peers.postgres_server import Postgres

pytestmark = pytest.mark.peers


@pytest.fixture
def database(postgres: Postgres) -> str:
    """An empty database at a server."""
    return postgres.database("store")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """A connection to it."""
    engine = open_engine(database)
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


def test_an_older_database_keeps_its_sums(told: Engine, postgres: Postgres):  # noqa: F811 - the fixture
    """It is brought to today's layout at its opening; an older server that still runs spoils nothing."""
    address = postgres.database("old")
    with psycopg.connect(address) as old:

        def insert(sql: str, rows: Sequence[Sequence[Any]]) -> None:
            plain = [[json.dumps(v) if isinstance(v, dict) else v for v in row] for row in rows]
            old.cursor().executemany(sql.replace("?", "%s"), plain)

        old.execute(AT_A_SERVER)
        copy_rows(told, insert)
    brought = open_engine(address)
    check_brought_up(told, brought)
    with pytest.raises(StoreError, match="at_s"), brought.transaction() as session:
        session.run(
            "INSERT INTO visit (boot, seq, mono_s, received_s, place, host_city, minutes)"
            " VALUES (1, 999, 1.0, 1.0, '', '', 1)"
        )
    brought.close()


def test_housekeepers_whose_lines_break(engine: Engine, database: str):
    """The server throws them out at any moment; sums and totals stay in step."""
    chance = random.Random(8)  # noqa: S311 - a repeatable experiment

    def break_lines() -> None:
        sum_up(engine)
        with engine.transaction() as session:
            session.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with two_housekeepers(database) as broken:
        tell(chance, Store(engine), break_lines, boots=5)
    assert broken, "no line was broken while it was used"
    sum_up(engine)
    check(engine, chance)
