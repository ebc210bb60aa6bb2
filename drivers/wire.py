"""Hangs a simulated machine on a file descriptor: bytes take time, and the machine lives by its own clock."""

import contextlib
import os
import select
import threading
import time
from typing import Final

from drivers.simulator import Simulator

BITS_PER_BYTE: Final = 10
GRAIN_S: Final = 0.002
"""Bytes travel in groups of this many wall seconds, so that a fast wire does not eat a processor."""
SMALLEST_GROUP: Final = 16
BUSY_TICK_S: Final = 0.005
QUIET_TICK_S: Final = 0.02
QUIET_AFTER_S: Final = 2.0


class Wire:
    """A thread that carries bytes between a descriptor and a simulator at the pace of the baud rate.

    `speed` makes the machine's clock, and the wire with it, run faster than the wall clock. The machine
    lives on when nobody listens: what it says then is lost, and its heaters stay as they are.
    """

    def __init__(self, simulator: Simulator, baud_bps: int, speed: float = 1.0) -> None:
        self._simulator = simulator
        self._speed = speed
        self._bytes_per_s = baud_bps * speed / BITS_PER_BYTE
        self._group = max(SMALLEST_GROUP, int(self._bytes_per_s * GRAIN_S))
        self._born_s = time.monotonic()
        self._fd = -1
        self._listening = False
        self._inbound = b""
        self._inbound_at_s = 0.0
        self._outbound = bytearray()
        self._outbound_at_s = 0.0
        self._active_s = 0.0
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    @property
    def machine_s(self) -> float:
        """The machine's own clock, in seconds since it was built."""
        return (time.monotonic() - self._born_s) * self._speed

    def start(self) -> None:
        """Let the machine live."""
        self._thread.start()

    def attach(self, fd: int) -> None:
        """Use this non-blocking descriptor from now on; the one before is closed."""
        with self._lock:
            self.detach()
            self._fd = fd

    def detach(self) -> None:
        """Pull the cable."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1
            self._hang_up()

    def close(self) -> None:
        """End the machine and its wire."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.detach()

    def _run(self) -> None:
        while not self._closing.is_set():
            with self._lock:
                fd = self._fd if self._listening and not self._inbound else -1
                wait_s = self._turn(time.monotonic())
            _wait(fd, wait_s)

    def _turn(self, now_s: float) -> float:
        """Move what has had the time to travel and return the wall seconds until the next turn."""
        self._answer_the_call()
        self._take_in(now_s)
        said = self._simulator.advance(self.machine_s)
        if self._listening and said:
            if not self._outbound:
                self._outbound_at_s = now_s
            self._outbound += said
            self._active_s = now_s
        self._give_out(now_s)
        return self._wait_s(now_s)

    def _answer_the_call(self) -> None:
        """Whoever opens the far end clears POLLHUP: there are no modem lines to tell it otherwise."""
        if self._fd >= 0 and not self._listening and not _hung_up(self._fd):
            self._listening = True
            self._simulator.opened(self.machine_s)

    def _take_in(self, now_s: float) -> None:
        if self._inbound and now_s >= self._inbound_at_s:
            self._simulator.receive(self._inbound, self.machine_s)
            self._inbound = b""
        if self._listening and not self._inbound:
            self._inbound = self._read()
            begun_s = max(self._inbound_at_s, now_s - GRAIN_S)
            self._inbound_at_s = begun_s + len(self._inbound) / self._bytes_per_s
            if self._inbound:
                self._active_s = now_s

    def _read(self) -> bytes:
        try:
            data = os.read(self._fd, self._group)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def _give_out(self, now_s: float) -> None:
        while self._outbound and now_s >= self._outbound_at_s:
            group = bytes(self._outbound[: self._group])
            del self._outbound[: len(group)]
            with contextlib.suppress(OSError):  # like a board, the machine never learns that nobody listens
                os.write(self._fd, group)
            self._outbound_at_s = max(self._outbound_at_s, now_s - GRAIN_S) + len(group) / self._bytes_per_s

    def _wait_s(self, now_s: float) -> float:
        quiet = now_s - self._active_s > QUIET_AFTER_S
        waits = [QUIET_TICK_S if quiet else BUSY_TICK_S]
        if self._inbound:
            waits.append(self._inbound_at_s - now_s)
        if self._outbound:
            waits.append(self._outbound_at_s - now_s)
        return max(0.0, min(waits))

    def _hang_up(self) -> None:
        self._listening = False
        self._inbound = b""
        self._outbound.clear()


def _hung_up(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, 0)
    return bool(poll.poll(0))


def _wait(fd: int, wait_s: float) -> None:
    """Sleep until a byte comes or the time is up; `poll` counts whole milliseconds, `select` does not."""
    if fd < 0:
        time.sleep(wait_s)
        return
    with contextlib.suppress(OSError, ValueError):  # the cable may be pulled while we wait
        select.select([fd], [], [], wait_s)
