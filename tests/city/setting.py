"""A city, bikes and a broker between them, all real."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from city.link import LinkSettings
from city.receiver import Receiver
from city.store import Delivery, open_engine, open_store
from city.views import Reader
from onboard.broker import HOST, RunningBroker
from onboard.messages import About, Batch, JobDone, MachineKind, Record, row
from onboard.uplink.pace import Pace
from onboard.uplink.telemetry import Identity, Telemetry

QUICK = Pace(batch_rows=20, stall_s=0.5, stall_max_s=1.0, backlog_rows=10**6)
NOON_S = 1_795_345_200.0  # 22 November 2026, 12:00 in Paris
BOOT = "a" * 16
DONE = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)


def delivery(
    *records: tuple[int, float, Record],
    after: int = 0,
    boot: str = BOOT,
    city: str = "creteil",
    bike: str = "creteil-1",
) -> Delivery:
    """A batch as it came in at noon."""
    rows = tuple(row(*record) for record in records)
    return Delivery(city, bike, Batch(boot=boot, after=after, r=rows), NOON_S)


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
    store = open_store(path)
    v3 = broker.kind == "amqtt"
    receiver = Receiver(LinkSettings(host=HOST, port=broker.port, v3=v3), store)
    receiver.start()
    engine = open_engine(path, read_only=True)
    try:
        yield Reader(engine)
    finally:
        receiver.stop()
        engine.close()
        store.close()
