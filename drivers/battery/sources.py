"""Where samples come from: a port that speaks by itself, or something that has to be asked."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from drivers.battery.protocol import VeDirectProtocol
from drivers.battery.sample import Sample
from drivers.errors import DriverError
from drivers.pump import Pump
from drivers.transport import Transport

VEDIRECT_BPS: Final = 19_200
"""Source: Victron's VE.Direct protocol."""
Take: TypeAlias = Callable[[Sample], None]


class Source(Protocol):
    """One way to a battery."""

    async def listen(self, take: Take) -> None:
        """Call `take` in the loop for each sample, until the way is lost; raises DriverError then."""


class Listening:
    """A VE.Direct cable."""

    def __init__(self, open_link: Callable[[], Transport], baud_bps: int = VEDIRECT_BPS) -> None:
        self._open_link = open_link
        self._baud_bps = baud_bps

    async def listen(self, take: Take) -> None:
        """Open the port and take what the monitor says."""
        end = _End(take)
        link = await asyncio.to_thread(self._open_link)
        pump = Pump(link, VeDirectProtocol(), self._baud_bps, end.take, end.lose)
        pump.start()
        try:
            await end.come
        finally:
            end.come.cancel()
            pump.close()


class Polling:
    """Something that is asked, in a thread of its own: what hangs there makes readings old, nothing else."""

    def __init__(self, read: Callable[[float], Sample], period_s: float = 1.0) -> None:
        """`read` takes the monotonic instant; it raises DriverError when there is nothing to ask."""
        self._read = read
        self._period_s = period_s

    async def listen(self, take: Take) -> None:
        """Ask again and again."""
        end, closing = _End(take), threading.Event()
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=self._poll, args=(loop, end, closing), name="battery poll", daemon=True
        ).start()
        try:
            await end.come
        finally:
            end.come.cancel()
            closing.set()

    def _poll(self, loop: asyncio.AbstractEventLoop, end: "_End", closing: threading.Event) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed while this thread hung in a read
            while not closing.is_set():
                try:
                    sample = self._read(time.monotonic())
                except DriverError as error:
                    loop.call_soon_threadsafe(end.lose, error)
                    return
                loop.call_soon_threadsafe(end.take, sample)
                closing.wait(self._period_s)


class _End:
    """The end of a way that has not come yet; nothing is taken after it."""

    def __init__(self, take: Take) -> None:
        self.come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._take = take

    def take(self, sample: Sample) -> None:
        if not self.come.done():
            self._take(sample)

    def lose(self, error: DriverError) -> None:
        if not self.come.done():
            self.come.set_exception(error)
