"""A bike for every test of the daemon's parts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.onboard.rig import Rig, rig_in


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A bike on the mains, connected and planning, without a halt."""
    async with rig_in(tmp_path) as made:
        await made.go()
        yield made
