"""MicroPython as Debian packs it, on QEMU's micro:bit: its pins are watched and driven from outside.

Not to be had there: the light level (a second reading never ends), `write_analog` (no pulses on the pin, and
now and then the emulator hangs), the board's own buttons (what takes out their bouncing runs only on a quiet
computer), `temperature()` and `radio`. Now and then on a busy computer the emulator hangs as a whole.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

QEMU: Final = "qemu-system-arm"
FIRMWARE: Final = Path("/usr/share/firmware-microbit-micropython/firmware.hex")
DEBIAN: Final = (QEMU, "firmware-microbit-micropython")
GPIO_OUT: Final = 0x5000_0504
"""Source: nRF51 reference manual, GPIO OUT."""
BITS: Final = {0: 3, 1: 2, 2: 1, 8: 18, 12: 20, 13: 23, 14: 22, 15: 21, 16: 16}
"""Pins of the edge connector as bits. Source: tech.microbit.org, micro:bit V1 schematic."""
PATIENCE_S: Final = 60.0


class Qemu:
    """The emulator, its serial port, and a look at the chip's registers."""

    def __init__(self, folder: Path) -> None:
        where = folder / "qtest"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(where))
            listener.listen()
            listener.settimeout(PATIENCE_S)
            command = [
                QEMU, "-M", "microbit", "-display", "none", "-monitor", "none", "-serial", "pty",
                "-qtest", f"unix:{where}", "-device", f"loader,file={FIRMWARE}",
            ]  # fmt: skip
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                self._eye, _ = listener.accept()
                self.port = self._found_port()
            except BaseException:
                self._process.kill()
                raise
        self._eye.settimeout(PATIENCE_S)

    def _found_port(self) -> str:
        assert self._process.stdout is not None
        said = b""
        for line in self._process.stdout:
            said += line
            if (found := re.search(rb"/dev/pts/\d+", line)) is not None:
                return found[0].decode()
        raise AssertionError(said)

    def levels(self, *pins: int) -> list[int]:
        """Return what the chip gives out on some pins."""
        value = int(self._ask(f"readl {GPIO_OUT:#x}").split()[1], 16)
        return [value >> BITS[pin] & 1 for pin in pins]

    def drive(self, pin: int, *, is_high: bool) -> None:
        """Give a pin a level from outside."""
        self._ask(f"set_irq_in /machine/nrf51 unnamed-gpio-in {BITS[pin]} {int(is_high)}")

    def end(self) -> None:
        """End the emulator, also one that hangs."""
        self._process.kill()
        self._process.wait(PATIENCE_S)
        self._eye.close()

    def _ask(self, question: str) -> str:
        self._eye.sendall(question.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self._eye.recv(200)
        assert answer.startswith(b"OK"), answer
        return answer.decode()


@contextlib.contextmanager
def qemu(folder: Path) -> Iterator[Qemu]:
    """Let a board live meanwhile."""
    board = Qemu(folder)
    try:
        yield board
    finally:
        board.end()


def install() -> None:
    """Have Debian's emulator and firmware, where they are missing."""
    if not (shutil.which(QEMU) and FIRMWARE.exists()):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *DEBIAN]
        subprocess.run(command, check=True, env=environment)
