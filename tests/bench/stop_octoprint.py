"""`python -m tests.bench.stop_octoprint`: from our call to M112 on the wire of a printer behind OctoPrint."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from drivers.errors import DriverError
from onboard.demo import octoprint
from tests.bench.stop import row, ruler
from tests.peers.octoprint_server import OctoPrint
from tests.peers.prints import begun, until

SMALL: Final = 30


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


async def measure(server: OctoPrint, count: int) -> list[float]:
    """Print, stop, look, and again; return the milliseconds of each stop."""
    await server.wait()
    device = server.printer()
    figures = []
    for _ in range(count):
        await device.connect()
        server.serial.forget()
        run = await begun(server, device)
        called_s = time.time()
        device.stop()
        await until(lambda: bool(server.serial.taken("M112")), "M112 on the wire")
        figures.append((server.serial.taken("M112")[0] - called_s) * 1000)
        await asyncio.gather(run, return_exceptions=True)
    try:
        await device.close()
    except DriverError as error:
        sys.stderr.write(f"{error}\n")
    return figures


def main() -> None:
    """Install OctoPrint if need be, and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stop_octoprint", description=__doc__)
    parser.add_argument("--count", type=int, default=SMALL, help=f"stops ({SMALL})")
    asked = parser.parse_args()
    octoprint.install(_say)
    with tempfile.TemporaryDirectory() as folder:
        server = OctoPrint(Path(folder))
        server.server.prepare("bench")
        server.start()
        try:
            figures = asyncio.run(measure(server, asked.count))
        finally:
            server.end()
    sys.stdout.write(f"{ruler()}\n{row('call to M112', sorted(figures))}\n")
    sys.stdout.write(f"missed 0 of {len(figures)}, bound 3/n: {300 / len(figures):.2g} %\n")


if __name__ == "__main__":
    main()
