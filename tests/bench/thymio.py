"""How fast a Thymio obeys: `python -m tests.bench.thymio [--playground]`.

Measures, on the virtual robot or on Aseba's own playground: from an order and from a stop to the wheels,
from the last sign of life to the dead-man, and what polling and beating cost the processor. Fails when a stop
takes more than 200 ms or the dead-man more than 700 ms.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.loopback import Loopback
from drivers.robots.kit import Kit
from drivers.robots.types import Drive
from drivers.simulator import BlackBox
from drivers.thymio.kit import thymio_kit
from drivers.thymio.motors import PLAYGROUND
from drivers.thymio.opening import VIRTUAL_BPS
from drivers.thymio.sim import VirtualThymio
from drivers.transport import open_transport
from tests.peers.playground import install, playing

ROUNDS: Final = 30
STOP_MS: Final = 200.0
DEADMAN_MS: Final = 700.0
IDLE_S: Final = 10.0
BEAT_S: Final = 0.2
TURN: Final = Drive(60.0, -60.0)

Heading = Callable[[], float]


async def until_moves(heading: Heading, *, moves: bool, quiet_s: float = 0.15) -> float:
    """Return the instant at which the heading begins to change, or last changed."""
    seen, changed_s = heading(), time.monotonic()
    while True:
        await asyncio.sleep(0.0005)
        now, now_s = heading(), time.monotonic()
        if now != seen:
            seen, changed_s = now, now_s
            if moves:
                return changed_s
        elif not moves and now_s - changed_s > quiet_s:
            return changed_s


async def rounds(kit: Kit, heading: Heading) -> dict[str, list[float]]:
    """Order, stop, connect anew; and every third time say nothing more instead."""
    found: dict[str, list[float]] = {"order": [], "stop": [], "dead-man": []}
    for number in range(ROUNDS):
        await kit.connect()
        begun_s = time.monotonic()
        await kit.act(TURN)
        found["order"].append(1000 * (await until_moves(heading, moves=True) - begun_s))
        if number % 3 == 2:
            found["dead-man"].append(1000 * (await until_moves(heading, moves=False) - begun_s))
        await kit.act(TURN)
        begun_s = time.monotonic()
        await asyncio.to_thread(kit.stop)
        found["stop"].append(1000 * max(0.0, await until_moves(heading, moves=False) - begun_s))
    return found


async def cost(kit: Kit) -> float:
    """Return percent of a processor for polling and beating."""
    await kit.connect()
    used_s, begun_s = time.process_time(), time.monotonic()
    while time.monotonic() - begun_s < IDLE_S:
        await kit.beat()
        await asyncio.sleep(BEAT_S)
    return 100 * (time.process_time() - used_s) / (time.monotonic() - begun_s)


async def measure(kit: Kit, heading: Heading) -> bool:
    """Print all figures, and tell whether they are good enough."""
    found = await rounds(kit, heading)
    for name, times in found.items():
        median, worst = statistics.median(times), max(times)
        sys.stdout.write(f"{name}: median {median:.1f} ms, worst {worst:.1f} ms of {len(times)}\n")
    sys.stdout.write(f"polling and beating: {await cost(kit):.2f} % of a processor\n")
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f}\n")
    await kit.close()
    return max(found["stop"]) <= STOP_MS and max(found["dead-man"]) <= DEADMAN_MS


def virtual() -> bool:
    """Measure on the virtual robot, whose thread is part of the cost."""
    robot = VirtualThymio(BlackBox(keep=10))
    line = Loopback(robot, VIRTUAL_BPS)
    try:
        return asyncio.run(measure(thymio_kit("thymio", line.open), lambda: robot.body.pose.heading_deg))
    finally:
        line.close()


def real() -> bool:
    """Measure on Aseba's playground, which obeys and moves every 30 ms."""
    install()
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as playground:
        kit = thymio_kit("thymio", lambda: open_transport(playground.url, 0), PLAYGROUND)
        return asyncio.run(measure(kit, lambda: playground.robot.pose.heading_deg))


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--playground", action="store_true", help="on Aseba's own virtual machine")
    return 0 if (real() if parser.parse_args().playground else virtual()) else 1


if __name__ == "__main__":
    sys.exit(main())
