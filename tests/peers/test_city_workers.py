"""Several workers write to one PostgreSQL, and what is sent twice is kept once."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from city.store import Delivery, Store, open_engine, open_store
from tests.city.setting import DONE, delivery
from tests.peers.postgres_server import Postgres

pytestmark = pytest.mark.peers


def work(database: str, deliveries: Sequence[Delivery]) -> None:
    """A worker that commits ten batches at a time."""
    with closing(open_store(database)) as store:
        for at in range(0, len(deliveries), 10):
            store.commit(deliveries[at : at + 10])


def test_workers_that_get_the_same_records_keep_them_once(postgres: Postgres):
    """Three at once, each in an order of its own: repeated records are sifted, whoever was first."""
    address = postgres.database("several")
    chance = random.Random(5)  # noqa: S311 - a repeatable experiment
    batches = [
        delivery(*[(seq, 1.0, DONE) for seq in range(first, first + 10)], bike=f"creteil-{bike}")
        for bike in range(5)
        for first in range(1, 200, 10)
    ]
    open_store(address).close()
    with ThreadPoolExecutor() as workers:
        orders = [chance.sample(batches, len(batches)) for _ in range(3)]
        for worker in [workers.submit(work, address, order) for order in orders]:
            worker.result()
    with closing(open_engine(address)) as engine, engine.transaction() as session:
        assert session.rows("SELECT count(*), count(DISTINCT (boot, seq)) FROM record") == [(1000, 1000)]
        assert session.rows("SELECT upto, lost, ahead FROM boot") == [(200, 0, "[]")] * 5


def test_repeated_and_new_records_come_in_together(postgres: Postgres):
    """The straight way, the sifted one, and back again: what is there stays, what is new is added."""
    engine = open_engine(postgres.database("repeated"))
    store = Store(engine)
    for first, last in [(1, 3), (5, 9), (4, 7), (2, 10), (11, 12)]:
        store.commit([delivery(*[(seq, float(first), DONE) for seq in range(first, last + 1)])])
    with engine.transaction() as session:
        assert session.rows("SELECT seq, CAST(mono_s AS INTEGER) FROM record ORDER BY seq") == [
            (seq, first)
            for first, many in [(1, (1, 2, 3)), (4, (4,)), (5, range(5, 10)), (2, (10,)), (11, (11, 12))]
            for seq in many
        ]
    engine.close()
