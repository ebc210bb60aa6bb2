"""Puts a simulated Arduino Uno with any firmware on a pseudo-terminal; runs in yasimavr's environment.

    python arduino_on_pty.py LINK BLACK_BOX FIRMWARE.hex

The black box gets JSON lines: `t` in the chip's own seconds, `kind` (`pin`, `rx`, `reset`), and the rest.
A line on standard input is something that happens around the board: `low 7`, `high 7`, `free 7` for a pin,
`volts 0 2.5` for an analogue input, `reset`. The board does not start again when its port is opened.
"""

import contextlib
import json
import os
import pty
import select
import sys
import time
import tty
from pathlib import Path
from typing import IO

from yasimavr.device_library import load_device
from yasimavr.lib import core
from yasimavr.utils.uart import UART_IO

CLOCK_HZ = 16_000_000
SUPPLY_V = 5.0
FLASH_BYTES = 32_768
STEP_S = 0.002
BEHIND_S = 0.25
STDIN = 0
NAMES = {
    **{f"D{number}": f"PD{number}" for number in range(2, 8)},
    **{f"D{number}": f"PB{number - 8}" for number in range(8, 14)},
}
HIGH = {core.Wire.StateEnum.High, core.Wire.StateEnum.PullUp}


class PinHook(core.SignalHook):
    """Hears of every change of one pin."""

    def __init__(self, board: "Board", name: str) -> None:
        super().__init__()
        self._board = board
        self._name = name
        self._level = False

    def raised(self, sigdata: core.signal_data_t, _: int) -> None:
        """Called by the simulation."""
        if sigdata.sigid != core.Wire.SignalId.StateChange:
            return
        level = core.Wire.StateEnum(sigdata.data.as_uint()) in HIGH
        if level != self._level:
            self._level = level
            self._board.record("pin", pin=self._name, level=int(level))


class Board:
    """The chip, its line, and what is written down of both."""

    def __init__(self, link: Path, box: IO[str], firmware: bytes) -> None:
        self._box = box
        self._device = load_device("atmega328p")
        self._loop = core.SimLoop(self._device)
        self._image = firmware  # the library keeps only a view of it
        block = core.Firmware.block_view_t()
        block.bytes, block.base = self._image, 0
        image = core.Firmware()
        image.frequency, image.vcc, image.aref = CLOCK_HZ, SUPPLY_V, 1.0
        image.add_block(core.Firmware.Area.Flash, block)
        self._device.load_firmware(image)
        self._uart = UART_IO(self._device, 0)
        self._pins = {name: self._device.find_pin(pin) for name, pin in NAMES.items()}
        self._hooks = [PinHook(self, name) for name in NAMES]
        for hook, pin in zip(self._hooks, self._pins.values(), strict=True):
            pin.signal().connect(hook)
        self._loop.set_fast_mode(True)
        self._fd = _terminal(link)
        self._orders = b""

    @property
    def now_s(self) -> float:
        """The chip's own clock."""
        return float(self._loop.cycle_manager().cycle()) / CLOCK_HZ

    def record(self, kind: str, **facts: object) -> None:
        """Write an entry down."""
        self._box.write(json.dumps({"t": round(self.now_s, 7), "kind": kind, **facts}) + "\n")

    def live(self) -> None:
        """Be a board, no faster than the clock on the wall, until standard input ends."""
        ahead_of_s = time.monotonic() - self.now_s
        while True:
            self._loop.run(int(CLOCK_HZ * STEP_S))
            if said := self._uart.read(256):
                with contextlib.suppress(BlockingIOError, OSError):  # nobody listens
                    os.write(self._fd, said)
            ahead_s = self.now_s - (time.monotonic() - ahead_of_s)
            if ahead_s < -BEHIND_S:
                ahead_of_s -= ahead_s  # what a slow computer has missed is not caught up
            if not self._hear(max(0.0, ahead_s)):
                return
            self._box.flush()

    def _hear(self, patience_s: float) -> bool:
        """Take what comes over the line or happens around the board; False at the end of the input."""
        ready, _, _ = select.select([self._fd, STDIN], [], [], patience_s)
        if self._fd in ready:
            with contextlib.suppress(BlockingIOError, OSError):  # the port was closed meanwhile
                data = os.read(self._fd, 256)
                self.record("rx", bytes=data.hex())
                self._uart.write(data)
        if STDIN in ready:
            if not (data := os.read(STDIN, 4096)):
                return False
            *lines, self._orders = (self._orders + data).split(b"\n")
            for line in lines:
                self._happen(*line.decode("ascii").split())
        elif self._fd in ready and patience_s:
            time.sleep(patience_s / 4)  # a port that nobody has opened is always ready
        return True

    def _happen(self, what: str, where: str = "", value: str = "") -> None:
        states = {"low": "L", "high": "H", "free": "Z"}
        if what == "reset":
            self.record("reset")
            self._device.reset()
        elif what == "volts":
            pin = self._device.find_pin(f"PC{where}")
            pin.set_external_state(core.Wire.StateEnum.Analog, float(value) / SUPPLY_V)
        else:
            self._pins[f"D{where}"].set_external_state(states[what])


def _terminal(link: Path) -> int:
    """Make a pseudo-terminal under a name that a test knows."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    fresh = link.with_name(link.name + ".new")
    fresh.symlink_to(os.ttyname(slave))
    fresh.replace(link)
    os.close(slave)
    return master


def read_hex(path: Path) -> bytes:
    """Read a file in Intel's format, for a chip of less than 64 kB."""
    flash = bytearray(b"\xff" * FLASH_BYTES)
    top = 0
    for line in path.read_text(encoding="ascii").split():
        record = bytes.fromhex(line.removeprefix(":"))
        count, at, kind = record[0], record[1] << 8 | record[2], record[3]
        if kind == 0:
            flash[at : at + count] = record[4 : 4 + count]
            top = max(top, at + count)
    return bytes(flash[:top])


def main() -> None:
    """Be a board until standard input ends."""
    link, box, firmware = (Path(word) for word in sys.argv[1:4])
    with box.open("w", encoding="utf-8") as stream:
        Board(link, stream, read_hex(firmware)).live()


if __name__ == "__main__":
    main()
