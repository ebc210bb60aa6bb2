"""The city's store in PostgreSQL does what it does in a file: the same tests, and several workers at once."""

from collections.abc import Iterator

import pytest

from city.store import Engine, open_engine
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
