"""How long 100,000 records take from a bike's disk to a city's over TLS: `python -m tests.bench.catch_up`.

The bike, Mosquitto with certificates and one receiver with PostgreSQL run on this computer. The bike's pace
is not held back, as a real one's is to 100 records a second. Told is the time from the connection to the
outbox that the city's watermark has emptied.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from onboard.messages import About
from onboard.uplink.outbox import Outbox
from onboard.uplink.pace import Pace
from onboard.uplink.telemetry import Identity, Telemetry
from tests.city.guarded import Guarded
from tests.city.setting import until
from tests.peers.postgres_server import run_postgres
from tests.peers.test_travel_under_fire import LONG_S, records

UNHURRIED: Final = Pace(backlog_rows=10**9)
BIG: Final = Pace(window_batches=60, batch_rows=200, backlog_rows=10**9)


async def catch_up(folder: Path, database: str, pace: Pace, rows: int) -> float:
    """Seconds from the connection until the city has confirmed everything."""
    guarded = Guarded(folder)
    guarded.prepare()
    guarded.start()
    city = guarded.city().model_copy(update={"group": "city"})
    command = [sys.executable, "-m", "city.worker", city.model_dump_json(), database]
    with closing(Outbox(folder / "bike.db", "boot")) as outbox:
        for _ in range(rows // 20_000):
            outbox.append(records())
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:  # noqa: ASYNC220 - nothing else runs yet
        await asyncio.sleep(5)
        identity = Identity("creteil", "creteil-1", "boot")
        telemetry = Telemetry(
            guarded.bike("creteil-1"), identity, folder / "bike.db", About(software="0.1.0"), pace=pace
        )
        work = asyncio.create_task(telemetry.run())
        await until(lambda: telemetry.connected, LONG_S)
        start_s = time.perf_counter()
        await until(lambda: telemetry.waiting_rows == 0, LONG_S)
        took_s = time.perf_counter() - start_s
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        worker.communicate()
    guarded.kill()
    return took_s


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with run_postgres() as postgres:
        for name, pace in (("20 x 50", UNHURRIED), ("60 x 200", BIG)):
            for _ in range(options.rounds):
                with tempfile.TemporaryDirectory() as folder:
                    took_s = asyncio.run(
                        catch_up(Path(folder), postgres.database("catch"), pace, options.rows)
                    )
                load = os.getloadavg()[0]
                said = f"{options.rows} records, window {name}: {took_s:.1f} s, load average {load:.1f}"
                print(said, flush=True)  # noqa: T201 - this is what a person reads


if __name__ == "__main__":
    main()
