"""A printer that is connected again, and what it remembers."""

import asyncio
import math
import os
import socket
import time
from itertools import pairwise
from pathlib import Path

from drivers.gcode import Program
from drivers.loopback import Loopback
from drivers.marlin.printer import SAMPLE_EVERY_S, Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_options import Profile
from drivers.pseudoterminal import PseudoTerminal
from drivers.session import REOPEN_S
from drivers.transport import SocketTransport, open_transport
from drivers.types import DeviceState

BAUD_BPS = 115_200
TIMES = 4


class Door:
    """Opens a line and notes how long the port was closed before."""

    def __init__(self, line: Loopback) -> None:
        self.closed_s = -math.inf
        self.rests_s: list[float] = []
        self._line = line

    def open(self) -> "Noted":
        """Open the port."""
        self.rests_s.append(time.monotonic() - self.closed_s)
        inner = self._line.open()
        return Noted(self, os.dup(inner.fileno()))


class Noted(SocketTransport):
    """A port that tells its door when it is closed."""

    def __init__(self, door: Door, fd: int) -> None:
        super().__init__(socket.socket(fileno=fd))
        self._door = door

    def close(self) -> None:
        """Close the port."""
        super().close()
        self._door.closed_s = time.monotonic()


async def stop_and_arm(printer: Printer) -> None:
    """Stop a printer and connect it again at once."""
    printer.stop()
    async with asyncio.timeout(5):
        while printer.snapshot.state is not DeviceState.STOPPED:  # noqa: ASYNC110 - told by a thread
            await asyncio.sleep(0.002)
    await printer.connect()


async def test_a_port_rests_before_it_is_opened_again(line: Loopback):
    """A board that does not see the port closed does not restart, and stays killed."""
    door = Door(line)
    printer = Printer("p", door.open, 20 * BAUD_BPS)
    await printer.connect()
    await stop_and_arm(printer)
    await printer.close()
    assert len(door.rests_s) == 2
    assert min(door.rests_s) >= REOPEN_S


async def test_each_stop_on_a_pseudo_terminal_is_followed_by_a_restart(tmp_path: Path):
    """A terminal tells of an opening only by the hang-up before it."""
    board = VirtualMarlin(profile=Profile(boot_s=0.05))
    terminal = PseudoTerminal(tmp_path / "usb", board, BAUD_BPS)
    printer = Printer("p", lambda: open_transport(str(tmp_path / "usb"), BAUD_BPS), BAUD_BPS)
    await printer.connect()
    for _ in range(TIMES):
        await stop_and_arm(printer)
    await printer.close()
    terminal.close()
    assert sum(entry["kind"] == "reset" for entry in board.blackbox.entries) == 1 + TIMES


async def test_temperatures_are_kept_evenly_however_often_they_are_told(printer: Printer):
    """Questions within the stream bring four readings a second."""
    await printer.run(Program.from_lines(b"G1 X%d.%03d F9000" % (i % 2, i) for i in range(900)))
    samples = printer.temperature_history
    assert len(samples) >= 2
    assert all(after.at_s - before.at_s >= SAMPLE_EVERY_S for before, after in pairwise(samples))
