"""A virtual printer on an in-process line, ten times faster than life."""

from collections.abc import AsyncIterator, Iterator

import pytest

from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin

SPEED = 20
BAUD_BPS = 115_200


@pytest.fixture
def board() -> VirtualMarlin:
    """Give a healthy board."""
    return VirtualMarlin()


@pytest.fixture
def line(board: VirtualMarlin) -> Iterator[Loopback]:
    """Give the line to the board."""
    loopback = Loopback(board, BAUD_BPS, SPEED)
    yield loopback
    loopback.close()


@pytest.fixture
async def printer(line: Loopback) -> AsyncIterator[Printer]:
    """Give a connected printer."""
    device = Printer("imprimante", line.open, BAUD_BPS * SPEED)
    await device.connect()
    yield device
    await device.close()
