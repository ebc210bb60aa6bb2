"""Whether a city's server holds a metropolis: `python -m tests.bench.fleet_hold --bikes 2600 --minutes 5`.

Mosquitto, PostgreSQL, the city's server with its workers and the fleet run on this computer; meanwhile the
page is asked for every second. Told are its times, the fleet's own figures and what was refused.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
import urllib.request
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

import psycopg

from onboard.broker import HOST, run_broker
from onboard.ports import free_port
from tests.peers.postgres_server import run_postgres

ROOT: Final = Path(__file__).parents[2]


async def start(*command: str, listen: bool = False) -> Process:
    """A process of ours."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=ROOT, stdout=PIPE if listen else None
    )


def ask(address: str) -> tuple[float, int]:
    """Seconds to the whole page, and its bytes."""
    start_s = time.perf_counter()
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own address
        size = len(answer.read())
    return time.perf_counter() - start_s, size


async def answers(port: int) -> None:
    """Return once the page can be had."""
    while True:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def watch(address: str, fleet: Process) -> list[tuple[float, int]]:
    """Ask for the page every second while the fleet works."""
    asked: list[tuple[float, int]] = []
    while fleet.returncode is None:
        asked.append(await asyncio.to_thread(ask, address))
        await asyncio.sleep(1)
    return asked


async def tell(fleet: Process) -> None:
    """Pass on what the fleet says."""
    assert fleet.stdout is not None
    async for line in fleet.stdout:
        said = f"load average {os.getloadavg()[0]:.1f}: {line.decode().strip()}"
        print(said, flush=True)  # noqa: T201 - this is what a person reads


async def hold(bikes: int, minutes: float, rate: float, workers: int, database: str) -> None:
    """Let them all run, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with run_broker(Path(folder), kind="mosquitto") as broker:
            port = free_port()
            line = ("--mqtt-host", HOST, "--mqtt-port", str(broker.port))
            options = ("--db", database, "--workers", str(workers), "--port", str(port))
            server = await start("city.server", *line, *options)
            await answers(port)
            much = ("--bikes", str(bikes), "--rate", str(rate), "--minutes", str(minutes))
            fleet = await start("onboard.cli.fleet", *line, *much, listen=True)
            asked, _ = await asyncio.gather(watch(f"http://{HOST}:{port}/", fleet), tell(fleet))
            server.terminate()
            await server.wait()
    times_s = sorted(at for at, _ in asked)
    print(  # noqa: T201 - this is what a person reads
        f"page: {len(times_s)} times, median {times_s[len(times_s) // 2]:.2f} s,"
        f" p99 {times_s[int(0.99 * (len(times_s) - 1))]:.2f} s, longest {times_s[-1]:.2f} s,"
        f" {asked[-1][1] // 1024} KiB"
    )
    with psycopg.connect(database) as database_:
        rows = database_.execute("SELECT count(*), count(DISTINCT boot) FROM record").fetchone()
        refused = database_.execute("SELECT reason, messages FROM refused").fetchall()
        print(f"records, boots: {rows}; refused: {refused or 'none'}")  # noqa: T201


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bikes", type=int, default=2600)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with run_postgres() as postgres:
        asyncio.run(
            hold(options.bikes, options.minutes, options.rate, options.workers, postgres.database("hold"))
        )


if __name__ == "__main__":
    main()
