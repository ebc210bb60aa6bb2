"""A battery monitor that speaks VE.Direct, kept open for as long as the bike is awake."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from drivers.battery.protocol import VeDirectProtocol
from drivers.battery.quality import Problem, judge, same_values
from drivers.errors import DriverError, LinkLostError
from drivers.pump import Pump
from drivers.transport import Transport
from drivers.types import BatteryReading

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.5
LONGEST_RETRY_S: Final = 30.0


class BatteryMonitor:
    """The latest reading that may be believed; what cannot be believed is not there.

    A lost link leaves no reading behind, and is opened again and again with growing pauses. The age of a
    reading is for the reader to judge, by its `at_s`.
    """

    def __init__(self, open_link: Callable[[], Transport], baud_bps: int = 19200) -> None:
        self._open_link = open_link
        self._baud_bps = baud_bps
        self._reading: BatteryReading | None = None
        self._problem: Problem | None = None
        self._previous: BatteryReading | None = None
        self._unchanged_since_s = 0.0
        self._retry_s = FIRST_RETRY_S
        self._task: asyncio.Task[None] | None = None

    @property
    def reading(self) -> BatteryReading | None:
        """The latest reading, None while the battery is unknown."""
        return self._reading

    @property
    def problem(self) -> Problem | None:
        """Why the last reading to arrive was not believed."""
        return self._problem

    async def connect(self) -> None:
        """Begin to listen; a port that is missing now is opened when it comes."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_open(), name="battery monitor")

    async def close(self) -> None:
        """Stop listening and release the port."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._forget()

    async def _keep_open(self) -> None:
        while True:
            try:
                await self._listen()
            except DriverError as error:
                log.warning("Battery monitor: %s Trying again in %.1f s.", error, self._retry_s)
            self._forget()
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)

    async def _listen(self) -> None:
        """Take readings until the link is lost."""
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def lose(error: LinkLostError) -> None:
            if not lost.done():
                lost.set_exception(error)

        def take(reading: BatteryReading) -> None:
            if not lost.done():
                self._take(reading)

        link = await asyncio.to_thread(self._open_link)
        pump = Pump(link, VeDirectProtocol(), self._baud_bps, take, lose)
        pump.start()
        try:
            await lost
        finally:
            lost.cancel()
            pump.close()

    def _take(self, reading: BatteryReading) -> None:
        """Believe a reading or not; either way the next one is compared with it."""
        self._retry_s = FIRST_RETRY_S
        if self._previous is None or not same_values(self._previous, reading):
            self._unchanged_since_s = reading.at_s
        unchanged_s = reading.at_s - self._unchanged_since_s
        verdict = judge(self._previous, reading, reading.at_s, 0.0, unchanged_s)
        self._previous = reading
        if isinstance(verdict, Problem):
            if verdict is not self._problem:
                log.warning("Battery monitor: the reading %s is %s.", reading, verdict)
            self._reading, self._problem = None, verdict
        else:
            self._reading, self._problem = verdict, None

    def _forget(self) -> None:
        self._reading = self._previous = None
