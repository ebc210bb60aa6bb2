"""The broker and the database of the tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from city.store import Engine, open_engine
from onboard.broker import RunningBroker, run_broker


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[RunningBroker]:
    """Mosquitto on a free port."""
    async with run_broker(tmp_path, kind="mosquitto") as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where the city's database is."""
    return str(tmp_path / "city.db")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An empty database of the city."""
    engine = open_engine(database)
    yield engine
    engine.close()
