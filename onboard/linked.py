"""Keeps the line to a machine or a robot: connects at start and after a loss, and says once why not."""

import asyncio
import logging
from typing import Final, Protocol

from drivers.errors import DriverError, for_the_log

log = logging.getLogger(__name__)

RECONNECT_S: Final = 5.0


class Linked(Protocol):
    """A machine or a robot; `trouble` is why it could not be connected, for people to read."""

    trouble: str
    stopped: bool

    @property
    def name(self) -> str:
        """Its name in dipbike.toml."""

    @property
    def is_offline(self) -> bool:
        """Whether there is no line to it."""

    async def connect(self) -> None:
        """Connect; a reason of a failure is kept."""


async def stay_connected(one: Linked) -> None:
    """Connect at start and after a lost link; a stop or a fault waits for a person."""
    while True:
        if one.is_offline and not one.stopped:
            await try_to_connect(one)
        await asyncio.sleep(RECONNECT_S)


async def try_to_connect(one: Linked) -> None:
    """Try once; a reason that is new goes to the log."""
    before = one.trouble
    try:
        await one.connect()
    except DriverError as error:
        if str(error) != before:
            log.warning("%s: %s", one.name, for_the_log(error))
