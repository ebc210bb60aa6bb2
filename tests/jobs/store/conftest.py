"""A queue for every test of the store."""

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from jobs.store.queue import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the queue lies."""
    return tmp_path / "jobs.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty queue whose clock counts calls and whose tickets come from a seed."""
    ticks = count(1000)
    store = Store.open(path, lambda: float(next(ticks)), random.Random(5).choice)  # noqa: S311 - repeatable
    yield store
    store.close()
