"""A thread of its own for blocking calls, so that no server can hold the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from drivers.errors import LinkLostError
from drivers.octoprint.rest import Rest

T = TypeVar("T")
CALL_S: Final = 30.0
"""More than any call takes whose server sends anything at all."""
RETRY_S: Final = 0.5


class Lane:
    """One connection to OctoPrint in one thread: calls are made in the order of asking."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="octoprint")

    async def ask(self, call: Callable[[], T], tries: int = 1) -> T:
        """Make a call, again after a lost link while `tries` last: only for what may be done twice.

        Raises:
            DriverError: as the call does; LinkLostError also when there is no end to the answer.
        """
        for _ in range(tries - 1):
            try:
                return await self._once(call)
            except LinkLostError:
                await asyncio.sleep(RETRY_S)
        return await self._once(call)

    def post(self, call: Callable[[], None]) -> None:
        """Have a call made without waiting for it; what it raises concerns nobody any more."""
        self._thread.submit(call)

    def close(self) -> None:
        """Take nothing more; what was asked for is still done, each call within its own time limit."""
        self._thread.submit(self.rest.close)
        self._thread.shutdown(wait=False)

    async def _once(self, call: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(CALL_S):
                return await asyncio.get_running_loop().run_in_executor(self._thread, call)
        except TimeoutError as error:
            raise LinkLostError("OctoPrint does not finish its answer.") from error
