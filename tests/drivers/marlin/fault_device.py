"""The fault cases that need the whole device: ports, threads, the asyncio loop and the real clock."""

import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.errors import DriverError, ProgramInterruptedError, TransportError
from drivers.gcode import Program
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults
from drivers.marlin.sim_options import Profile
from drivers.pseudoterminal import PseudoTerminal
from drivers.transport import open_transport
from drivers.types import DeviceState
from tests.drivers import invariants as must
from tests.drivers.marlin.fault_bench import moves
from tests.drivers.marlin.fault_cases import dice

BAUD_BPS = 115_200
QUICK = Profile(is_instant=True, boot_s=0.1)
PATIENCE_S = 20.0
LONG = moves(20_000)


@dataclass
class Shop:
    """A connected printer and the virtual board behind it."""

    printer: Printer
    board: VirtualMarlin
    line: Loopback

    @property
    def box(self) -> list[must.Entry]:
        """The black box."""
        return self.board.blackbox.entries

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what happens in another thread."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - the board lives in another thread
                await asyncio.sleep(0.002)

    async def under_way(self, program: Program, count: int) -> "asyncio.Task[object]":
        """Print, and return once so many moves are executed."""
        task: asyncio.Task[object] = asyncio.create_task(self.printer.run(program), name="print")
        await self.until(lambda: self.board.body.motion.moves >= count)
        return task


@contextlib.asynccontextmanager
async def open_shop(
    faults: Faults | None = None, profile: Profile = QUICK, speed: float = 1.0, crumbs: int | None = None
) -> AsyncIterator[Shop]:
    """Connect a printer to a virtual board and let both go at the end."""
    board = VirtualMarlin(faults=faults, profile=profile)
    line = Loopback(board, BAUD_BPS, speed, latency_s=0.001, crumbs=crumbs)
    printer = Printer("p", line.open, round(BAUD_BPS * speed))
    try:
        await printer.connect()
        yield Shop(printer, board, line)
    finally:
        await printer.close()
        line.close()


async def fails(task: "asyncio.Task[object]") -> DriverError:
    """Return how a program that cannot succeed has ended."""
    try:
        await task
    except DriverError as error:
        return error
    raise AssertionError("The program has ended well.")


async def a01_to_a04_all_at_once(seed: int) -> float:
    """Noise, odd acknowledgements and reads of a few bytes on a real device; returns the resends."""
    faults = Faults(seed=seed, damage_in=0.01, noise_out=1e-4, glue_ok=0.02, split_ok=0.02, double_resend=0.5)
    program = moves(300)
    async with open_shop(faults, speed=5.0, crumbs=seed) as shop:
        report = await shop.printer.run(program)
        must.i1_whole(shop.box, program)
    return report.resends


async def a10_foreign_ports(seed: int) -> float:
    """Two other machines hang on the bus: no byte goes to them; returns the bytes that did."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        boards = [VirtualMarlin(profile=QUICK) for _ in range(3)]
        links = [Path(folder) / f"usb-{number}-{seed}" for number in range(3)]
        for link, board in zip(links, boards, strict=True):
            running.callback(PseudoTerminal(link, board, BAUD_BPS, 10.0).close)
        printer = Printer("p", lambda: open_transport(str(links[1]), BAUD_BPS), BAUD_BPS)
        await printer.connect()
        await printer.run(moves(30))
        await printer.close()
        foreign = must.of([*boards[0].blackbox.entries, *boards[2].blackbox.entries], "rx", "reset")
        assert foreign == []
    return len(foreign)


async def a11_replug(seed: int) -> float:
    """Pulled and plugged under a new number: interrupted, found by its name; returns the seconds to ready."""
    with tempfile.TemporaryDirectory() as folder:
        link, board = Path(folder) / "usb-printer", VirtualMarlin(profile=QUICK)
        port = PseudoTerminal(link, board, BAUD_BPS)
        printer = Printer("p", lambda: open_transport(str(link), BAUD_BPS), BAUD_BPS)
        try:
            await printer.connect()
            task: asyncio.Task[object] = asyncio.create_task(printer.run(LONG), name="print")
            await asyncio.sleep(dice(seed).uniform(0.1, 0.5))
            port.replug(0.3)
            begun_s = time.monotonic()
            assert isinstance(await fails(task), ProgramInterruptedError)
            count = len(must.executed(board.blackbox.entries))
            await _connected(printer)
            took_s = time.monotonic() - begun_s - 0.3
            await asyncio.sleep(0.3)
            assert len(must.executed(board.blackbox.entries)) <= count + 8, "it has resumed by itself"
            assert took_s <= 5.0
        finally:
            await printer.close()
            port.close()
    return took_s


async def _connected(printer: Printer) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while printer.snapshot.state is not DeviceState.IDLE:
            with contextlib.suppress(TransportError):  # the port is not back yet
                await printer.connect()
            await asyncio.sleep(0.02)


async def a14_lost_while_hot(seed: int) -> float:
    """The link goes while it heats: told at once, and the firmware's own M85 cools; returns its seconds."""
    async with open_shop(Faults(seed=seed), Profile(), speed=50.0) as shop:
        task = asyncio.create_task(shop.printer.run(Program.from_lines([b"M104 S200", b"M109 S200"])))
        await shop.until(lambda: shop.board.body.hotend.actual_c > 30 + 10 * (seed % 10))
        shop.line.unplug()
        shop.board.runs(1.0)  # the host at the wall clock is gone: M85 counts the board's own seconds
        lost_s, wall_s = shop.line.machine_s, time.monotonic()
        assert isinstance(await fails(task), ProgramInterruptedError)
        assert time.monotonic() - wall_s < 2.0
        assert shop.printer.snapshot.state is DeviceState.OFFLINE
        assert shop.board.body.hotend.target_c == 200, "a board does not know that its host is gone"
        await shop.until(lambda: shop.board.body.hotend.target_c == 0)
        must.i2_cold(shop.box, lost_s, 330.0)
        return must.cold_s(shop.box, lost_s)


def _stop_s(box: must.Box, called_s: float) -> float:
    """Return how long after the call the first byte of M112 was on the wire."""
    text = ""
    for entry in must.of(box, "rx"):
        text += str(entry["bytes"])
        if "M112" in text:
            return must.at_s(entry) - len("M112\n") * 10 / BAUD_BPS - called_s
    raise AssertionError("M112 never arrived")


async def a18_stop(seed: int) -> float:
    """Stopped under full stream, in resends too: M112 ahead of all; returns seconds from call to wire."""
    async with open_shop(Faults(seed=seed, damage_in=0.05 * (seed % 2))) as shop:
        task = await shop.under_way(LONG, dice(seed).randrange(5, 60))
        await asyncio.sleep(random.Random(seed).uniform(0, 0.02))  # noqa: S311 - a dice, no secret
        called_s = shop.line.machine_s
        shop.printer.stop()
        assert isinstance(await fails(task), ProgramInterruptedError)
        await shop.until(lambda: shop.board.body.is_killed)
        await asyncio.sleep(0.05)
        took_s = _stop_s(shop.box, called_s)
        must.i1_prefix(shop.box, LONG)
        must.i6_silent_after(shop.box, called_s + took_s + 0.005)
    assert took_s <= 0.1
    return took_s


HANGS_ON: Final = 100
"""Times 20 ms: the loop hangs until the stop has gone out, or for two seconds."""


async def a19_blocked_loop(seed: int) -> float:
    """The asyncio loop hangs: the stream goes on and stop works; returns seconds from call to wire."""
    async with open_shop(Faults(seed=seed)) as shop:
        task = await shop.under_way(LONG, 10)
        before = shop.board.body.motion.moves
        time.sleep(0.4)  # noqa: ASYNC251 - the fault under test
        assert shop.board.body.motion.moves > before + 20, "the stream has stood still"
        called_s = shop.line.machine_s
        shop.printer.stop()
        for _ in range(HANGS_ON):
            if shop.board.body.is_killed:
                break
            time.sleep(0.02)  # noqa: ASYNC251 - the fault under test
        assert shop.board.body.is_killed, "the stop waits for the loop"
        assert isinstance(await fails(task), ProgramInterruptedError)
        took_s = _stop_s(shop.box, called_s)
    assert took_s <= 1.0, "the stop waited for something"  # how fast it is, the bench tells
    return took_s


CASES: dict[str, Callable[[int], Awaitable[float]]] = {
    "A01-A04 device": a01_to_a04_all_at_once,
    "A10": a10_foreign_ports,
    "A11": a11_replug,
    "A14": a14_lost_while_hot,
    "A18": a18_stop,
    "A19": a19_blocked_loop,
}
