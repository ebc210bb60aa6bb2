"""Virtual bikes speak as real ones do: the city keeps each of their records once."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from city.store import open_engine
from onboard.broker import HOST, run_broker
from onboard.fleet.show import Fleet
from onboard.fleet.wire import Broker
from onboard.ports import free_port
from tests.city.guarded import Guarded
from tests.city.setting import city, until

pytestmark = pytest.mark.broker


def watermarks(folder: Path) -> list[tuple[int, int]]:
    """For each boot, how far it is complete and how many records there are so far."""
    counted = "(SELECT count(*) FROM record WHERE record.boot = boot.key AND record.seq <= boot.upto)"
    engine = open_engine(folder / "city.db", read_only=True)
    with engine.transaction() as session:
        rows = session.rows(f"SELECT upto, {counted} FROM boot")  # noqa: S608 - our own words
    engine.close()
    return rows


async def test_every_record_of_every_bike_arrives_once(tmp_path: Path):
    """Thirty bikes, a broker that dies in the midst, and a city that has it all in the end."""
    port = free_port()
    async with run_broker(tmp_path, port, "mosquitto") as first:
        with city(first, tmp_path):
            fleet = Fleet(Broker(HOST, port), bikes=30, records_min=600)
            work = asyncio.create_task(fleet.run(float("inf"), lambda _line: None))
            await until(lambda: fleet.figures().bikes == 30 and fleet.figures().confirmed > 300)
            first.process.kill()
            await first.process.wait()
            async with run_broker(tmp_path, port, "mosquitto"):
                before = fleet.figures().made
                await until(lambda: fleet.figures().confirmed > before, 120)
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work
    marks = watermarks(tmp_path)
    assert len(marks) == 30
    assert all(upto == count for upto, count in marks)


async def test_the_fleet_has_keys_of_its_own(tmp_path: Path):
    """With TLS, each virtual bike shows its certificate."""
    guarded = Guarded(tmp_path)
    guarded.prepare()
    for name in ("creteil-1", "gentilly-1"):
        guarded.bike(name)
    guarded.start()
    fleet = Fleet(Broker(HOST, guarded.port, tmp_path / "ca.pem", tmp_path), bikes=2, records_min=60)
    work = asyncio.create_task(fleet.run(float("inf"), lambda _line: None))
    try:
        await until(lambda: fleet.figures().connected == 2)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        guarded.kill()
