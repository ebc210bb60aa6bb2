"""A kit and a virtual robot at the two ends of a line, and what must hold in the robot's black box."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, ParamSpec, TypeVar

from drivers.errors import DriverError
from drivers.loopback import Loopback
from drivers.robots.kit import Kit
from drivers.robots.types import Drive
from drivers.simulator import BlackBox

PATIENCE_S: Final = 60.0
BEAT_S: Final = 0.1
AHEAD: Final = Drive(100.0, 100.0)
Built = ParamSpec("Built")
B = TypeVar("B", bound="Bench")


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that will come, however slow the computer is."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - a thread writes what is waited for
            await asyncio.sleep(0.005)
    assert is_so(), what


@contextlib.asynccontextmanager
async def beating(kit: Kit) -> AsyncIterator[None]:
    """Give signs of life meanwhile, as long as the kit takes them."""

    async def beat() -> None:
        with contextlib.suppress(DriverError):  # what became of the kit is for the test to say
            while True:
                await kit.beat()
                await asyncio.sleep(BEAT_S)

    task = asyncio.create_task(beat(), name="beat")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


class Bench:
    """The kit, the line it hangs on, and the box of the robot behind."""

    def __init__(self, kit: Kit, line: Loopback, box: BlackBox) -> None:
        self.kit = kit
        self.line = line
        self.box = box

    def of(self, *kinds: str, since: int = 0) -> list[dict[str, object]]:
        """Return the entries of these kinds, from the one with that number on."""
        return [entry for entry in self.box.entries[since:] if entry["kind"] in kinds]

    def turns(self, since: int = 0) -> list[tuple[float, float]]:
        """Return how the wheels were turned, one after the other."""
        return [speeds(entry) for entry in self.of("wheels", since=since)]

    @property
    def stands(self) -> bool:
        """Whether the wheels stand now."""
        return self.turns()[-1:] in ([], [(0.0, 0.0)])

    async def drives(self) -> None:
        """Let the robot go straight on, and see it go."""
        before = len(self.box.entries)
        await self.kit.act(AHEAD)
        await until(lambda: any(left and right for left, right in self.turns(before)), "the robot moves")

    def beating(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Give signs of life meanwhile."""
        return beating(self.kit)

    async def close(self) -> None:
        """End both."""
        await self.kit.close()
        self.line.close()


@contextlib.asynccontextmanager
async def benches(build: Callable[Built, B]) -> AsyncIterator[Callable[Built, B]]:
    """Build benches, and end them."""
    made: list[B] = []

    def make(*args: Built.args, **words: Built.kwargs) -> B:
        made.append(build(*args, **words))
        return made[-1]

    yield make
    for bench in made:
        await bench.close()


def speeds(entry: dict[str, object]) -> tuple[float, float]:
    """Return the speeds of an entry about the wheels."""
    return float(str(entry["left_mm_s"])), float(str(entry["right_mm_s"]))


def stands_for_good(turns: Sequence[tuple[float, float]]) -> bool:
    """Whether wheels that were turned like this came to a stand and never moved again."""
    if (0.0, 0.0) not in turns:
        return False
    return set(turns[turns.index((0.0, 0.0)) :]) == {(0.0, 0.0)}


def is_near(one: float, other: float, within: float) -> bool:
    """Whether two numbers are about the same."""
    return math.isclose(one, other, abs_tol=within)
