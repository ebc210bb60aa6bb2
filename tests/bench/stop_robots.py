"""How long "Tout arrêter" takes until the wheels stand: `python -m tests.bench.stop_robots [RUNS]`.

The stop goes the way of the lane, the wheels are those of virtual robots' black boxes, at real speed.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from onboard.control.messages import AskRobotAgain, LendRobot, RearmMachine, StartRobot
from onboard.control.stoplane import press, stop_lane
from tests.onboard.fleet import Fleet, fleet_in
from tests.onboard.rig import until


async def once(fleet: Fleet, loan: str) -> float:
    """Drive, stop, and return the milliseconds until the black box shows still wheels."""
    await fleet.rig.ask(StartRobot(loan=loan, key=fleet.key()))
    await until(fleet.turns)
    lane = fleet.rig.bike.config.paths.stop_socket
    begun_s = time.monotonic()
    press(lane)
    while fleet.turns():  # noqa: ASYNC110 - a robot in a thread raises no event
        await asyncio.sleep(0.001)
    took_ms = (time.monotonic() - begun_s) * 1000
    await until(lambda: fleet.station().loan is None and not fleet.station().is_playing)
    await until(lambda: fleet.read(loan).state == "ended")
    await fleet.rig.ask(RearmMachine(machine="anna"))
    await fleet.rig.ask(AskRobotAgain(loan=loan))
    await fleet.rig.ask(LendRobot(loan=loan, robot="anna", minutes=10, key=fleet.key()))
    return took_ms


async def main(runs: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with fleet_in(Path(folder)) as fleet:
            loan = await fleet.lent()
            with stop_lane(fleet.rig.bike.config.paths.stop_socket, fleet.rig.bike.stop):
                took = sorted([await once(fleet, loan) for _ in range(runs)])
    print(  # noqa: T201 - what a person reads
        f"{runs} stops: median {statistics.median(took):.1f} ms, p99 {took[int(0.99 * (runs - 1))]:.1f} ms, "
        f"worst {took[-1]:.1f} ms"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
