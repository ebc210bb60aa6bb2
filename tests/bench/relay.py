"""`python -m tests.bench.relay`: how soon machines lose power when the host is killed or a link is lost."""

import argparse
import asyncio
import logging
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from drivers.panel.opening import open_panel
from drivers.panel.sim_socket import PanelSocket
from drivers.simulator import BlackBox
from drivers.types import DeviceKind, DeviceState
from onboard.control.messages import RearmMachine
from onboard.daemon import heartbeat
from onboard.panel import PanelGuard
from onboard.panel_duty import PanelDuty
from tests.bench.crash_points import bounded, forked
from tests.bench.stop import quantile
from tests.onboard.rig import CUT, HEATING, Rig, rig_in, until

COUNT: Final = 200
KILLED_S: Final = 1.0
LOST_S: Final = 2.0
GIVE_UP_S: Final = 5.0
LOOK_S: Final = 0.005
SLOW_CUT: Final = CUT.replace(b"F600", b"F60")


@asynccontextmanager
async def guarded(folder: Path) -> AsyncIterator[Rig]:
    """A connected bike whose relay is held closed by its heartbeat, once its panel is there."""
    await until((folder / "panel").exists)
    async with rig_in(folder) as rig:
        rig.bike.panel = PanelGuard(open_panel(f"sim://{folder}/panel"))
        duty = PanelDuty(rig.bike)
        rig.start(duty.run())
        rig.start(heartbeat(duty.beat))
        await rig.go()
        await until(lambda: not rig.bike.panel.hazards)
        await rig.open_halt()
        try:
            yield rig
        finally:
            await rig.bike.panel.close()


async def cut_for_ever(folder: Path, mouth: int) -> None:
    """Say so when the spindle turns, and go on until killed."""
    async with guarded(folder) as rig:
        await rig.arm(await rig.approved("relay-cut", SLOW_CUT, DeviceKind.MILL, wh=5))
        await until(lambda: any(e["kind"] == "spindle" and e["rpm"] for e in rig.boxes["mill"].entries))
        os.write(mouth, b"turns")
        await asyncio.Event().wait()


def opened_s(box: BlackBox, since_s: float) -> float:
    """When the relay opened after an instant, by the panel's box; infinity when it did not in time."""
    give_up_s = time.monotonic() + GIVE_UP_S
    while time.monotonic() < give_up_s:
        for entry in box.entries:
            if entry["kind"] == "relay" and not entry["closed"] and float(str(entry["t"])) > since_s:
                return float(str(entry["t"])) - since_s
        time.sleep(LOOK_S)
    return math.inf


def killed(dice: random.Random) -> float | None:
    """B01: kill -9 of the one process that drives and watches, while it cuts; return the relay's time.

    None when the cut did not begin: a computer that is too busy loses the relay before.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def work(mouth: int) -> None:
            bounded(asyncio.new_event_loop(), cut_for_ever(folder, mouth))

        pid, ear = forked(work)
        box = BlackBox()
        panel = PanelSocket(folder / "panel", box)
        try:
            if os.read(ear, 5) != b"turns":
                return None
            time.sleep(dice.uniform(0.0, 0.3))
            since_s = panel.now_s
            os.kill(pid, signal.SIGKILL)
            return opened_s(box, since_s)
        finally:
            os.close(ear)
            os.waitpid(pid, 0)
            panel.close()


async def lost(count: int, dice: random.Random, end_s: float) -> list[float]:
    """A14: the cable of a hot printer is pulled, again and again; return the relay's times."""
    times_s: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder, box = Path(name), BlackBox()
        panel = PanelSocket(folder / "panel", box)
        async with guarded(folder) as rig:
            for number in range(count):
                if time.monotonic() > end_s:
                    break
                await _heat(rig, number)
                await asyncio.sleep(dice.uniform(0.0, 0.3))
                since_s = panel.now_s
                rig.lines["prusa"].unplug()
                times_s.append(await asyncio.to_thread(opened_s, box, since_s))
                await _mend(rig)
        panel.close()
    return times_s


async def _heat(rig: Rig, number: int) -> None:
    await rig.approved(f"relay-{number:04}", HEATING, wh=1.0)
    await rig.clear()
    station = rig.station()
    await until(lambda: any(h.target_c for h in station.device.snapshot.temperatures.values()))


async def _mend(rig: Rig) -> None:
    """A person puts the cable back, looks, and re-arms both machines."""
    await until(lambda: all(station.order is None for station in rig.bike.stations.values()))
    rig.lines["prusa"].plug()
    for name, station in rig.bike.stations.items():
        await rig.ask(RearmMachine(machine=name))
        await until(lambda station=station: station.device.snapshot.state is DeviceState.IDLE)


def tell(what: str, times_s: list[float], allowed_s: float) -> int:
    """One line; 1 when a relay was too slow."""
    if not times_s:
        return 1
    ordered, late = sorted(times_s), sum(took_s > allowed_s for took_s in times_s)
    p99_s = quantile(ordered, 0.99)
    sys.stdout.write(
        f"{what}: n {len(ordered)}, median {quantile(ordered, 0.5):.2f} s, p99 {p99_s:.2f} s, "
        f"p100 {ordered[-1]:.2f} s (allowed {allowed_s:g}); "
        f"late {late}, bound 3/n: {300 / len(ordered):.2g} %\n"
    )
    return int(late > 0)


def main() -> int:
    """Measure both; 1 when a relay opened too late."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.relay", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--minutes", type=float, default=600.0, help="for each of both")
    parser.add_argument("--only", choices=("killed", "lost"))
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    dice, bad, kills = random.Random(asked.count), 0, list[float]()  # noqa: S311 - a dice, no secret
    if asked.only != "lost":
        end_s = time.monotonic() + 60 * asked.minutes
        while len(kills) < asked.count and time.monotonic() < end_s:
            if (took_s := killed(dice)) is not None:
                kills.append(took_s)
        bad |= tell("killed while cutting", kills, KILLED_S)
    if asked.only != "killed":
        losses = asyncio.run(lost(asked.count, dice, time.monotonic() + 60 * asked.minutes))
        bad |= tell("lost while hot", losses, LOST_S)
    return bad


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        raise SystemExit(main())
