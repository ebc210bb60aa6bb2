"""A city, bikes and a broker between them, all real."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from city.link import LinkSettings
from city.receiver import Receiver
from city.store import Store
from city.views import Reader
from onboard.broker import HOST, RunningBroker
from onboard.messages import About, JobDone, MachineKind
from onboard.pace import Pace
from onboard.telemetry import Identity, Telemetry

QUICK = Pace(batch_rows=20, stall_s=0.5, stall_max_s=1.0, backlog_rows=10**6)
DONE = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)


async def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something that other processes bring about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - other processes raise no event
            await asyncio.sleep(0.02)


@asynccontextmanager
async def bike(broker: RunningBroker, folder: Path, name: str = "creteil-1") -> AsyncIterator[Telemetry]:
    """A bike's telemetry, running."""
    identity = Identity("creteil", name, "kernel-boot")
    telemetry = Telemetry(
        broker.settings, identity, folder / f"{name}.db", About(software="0.1.0"), pace=QUICK
    )
    task = asyncio.create_task(telemetry.run())
    try:
        yield telemetry
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def city(broker: RunningBroker, folder: Path) -> Iterator[Reader]:
    """A city that receives; what comes out is its desk's view."""
    path = folder / "city.db"
    store = Store(path)
    v3 = broker.kind == "amqtt"
    receiver = Receiver(LinkSettings(host=HOST, port=broker.port, v3=v3), store)
    receiver.start()
    reader = Reader(path)
    try:
        yield reader
    finally:
        receiver.stop()
        reader.close()
        store.close()
