"""One look at the bike for all tablets, and one stream of changed page regions a tablet."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from fastapi.sse import format_sse_event

from kiosk.mediator.wishes import NONE, Wishes
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import BikeStatus, GetStatus

PERIOD_S: Final = 0.5
BEAT_S: Final = 2.5
"""A silent stream says something this often; a page takes longer silence for a lost link."""
QUEUE_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """What the bike last said, and what its queue holds; `status` is None while it does not answer."""

    status: BikeStatus | None = None
    wishes: Wishes = NONE


Regions = Callable[[Moment], Awaitable[dict[str, str]]]
"""Draws the live regions of a page: the HTML of each by its name."""
_Queue = asyncio.Queue[Moment | None]


class Feed:
    """Asks the daemon twice a second and tells every open page; `latest` serves the first drawing."""

    def __init__(
        self,
        control: ControlClient,
        wishes: Callable[[], Wishes] = lambda: NONE,
        period_s: float = PERIOD_S,
    ) -> None:
        self._control = control
        self._wishes = wishes
        self._period_s = period_s
        self._queues: set[_Queue] = set()
        self._closed = False
        self.latest = Moment()

    async def run(self) -> None:
        """Look at the bike until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._period_s)

    async def look(self) -> Moment:
        """Ask once, and tell the pages what changed."""
        moment = Moment(await self._ask(), self._wishes())
        if moment != self.latest:
            self.latest = moment
            self._tell(moment)
        return moment

    async def _ask(self) -> BikeStatus | None:
        try:
            return (await self._control.ask(GetStatus())).status
        except DaemonUnreachableError:
            return None  # every page shows it

    def _tell(self, moment: Moment | None) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()  # a slow tablet misses what is already old
            queue.put_nowait(moment)

    def close(self) -> None:
        """End every stream at once, so that the server need not wait for them."""
        self._closed = True
        self._tell(None)

    @contextmanager
    def watch(self) -> Iterator[_Queue]:
        """A bounded queue of moments; None means that the server closes."""
        queue: _Queue = asyncio.Queue(QUEUE_LENGTH)
        self._queues.add(queue)
        if self._closed:
            queue.put_nowait(None)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


async def stream(feed: Feed, regions: Regions, beat_s: float = BEAT_S) -> AsyncIterator[bytes]:
    """Server-sent events of one page: every region first, then those that changed, and a beat in between."""
    clock = asyncio.get_running_loop().time
    with feed.watch() as queue:
        sent = await regions(feed.latest)
        yield _event("state", sent)
        spoke_s = clock()
        while True:
            moment = await _next(queue, spoke_s + beat_s - clock(), feed)
            if moment is None:
                return
            drawn = await regions(moment)
            changed = {name: html for name, html in drawn.items() if sent.get(name) != html}
            sent = drawn
            if changed or clock() - spoke_s >= beat_s:
                yield _event("change" if changed else "beat", changed)
                spoke_s = clock()


async def _next(queue: _Queue, patience_s: float, feed: Feed) -> Moment | None:
    """The next moment, or the latest again when it is time to speak."""
    try:
        async with asyncio.timeout(max(patience_s, 0.0)):
            return await queue.get()
    except TimeoutError:
        return feed.latest


def _event(name: str, regions: dict[str, str]) -> bytes:
    return format_sse_event(data_str=json.dumps(regions, ensure_ascii=False), event=name)
