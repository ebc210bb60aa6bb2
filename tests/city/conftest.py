"""The broker of the tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboard.broker import RunningBroker, run_broker


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[RunningBroker]:
    """Mosquitto on a free port."""
    async with run_broker(tmp_path, kind="mosquitto") as running:
        yield running
