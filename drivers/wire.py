"""Hangs a simulated machine on a file descriptor: bytes take time, and the machine lives by its own clock."""

import contextlib
import os
import random
import select
import threading
import time
from dataclasses import dataclass
from typing import Final

from drivers.simulator import Punctual, Simulator, Watchful
from drivers.uart import BITS_PER_BYTE, Inbound, Outbound

BUSY_TICK_S: Final = 0.005
QUIET_TICK_S: Final = 0.02
QUIET_AFTER_S: Final = 2.0
LONGEST_WAIT_S: Final = 0.05
BRIEFEST_WAIT_S: Final = 0.0001
COARSE_WAIT_S: Final = 0.002
"""A machine that lives faster than life acts in batches, each at its true instant, for a processor's sake."""


@dataclass(frozen=True, slots=True)
class Line:
    """What lies between host and machine.

    `speed` makes the machine's clock, and the line with it, run faster than the wall clock. `latency_s` is
    the latency timer of the USB chip, 0.016 on an FTDI; `crumbs` seeds reads of 1 to 7 bytes.
    """

    baud_bps: int
    speed: float = 1.0
    latency_s: float = 0.0
    crumbs: int | None = None


class Wire:
    """A thread that carries bytes between a descriptor and a simulator at the pace of the baud rate.

    Each byte has its true instant in the machine's time: a thread that wakes late catches up, but bytes never
    travel faster than the baud rate. The machine lives on when nobody listens: what it says then is lost,
    and its heaters stay as they are.
    """

    def __init__(self, simulator: Simulator, line: Line) -> None:
        self._simulator = simulator
        self._speed = line.speed
        if isinstance(simulator, Watchful):
            simulator.runs(line.speed)
        bytes_per_s = line.baud_bps / BITS_PER_BYTE
        crumbs = None if line.crumbs is None else random.Random(line.crumbs)  # noqa: S311 - a dice, no secret
        self._inbound = Inbound(bytes_per_s, line.latency_s)
        self._outbound = Outbound(bytes_per_s, line.latency_s, crumbs)
        self.born_s = time.monotonic()
        self._lived_s = 0.0
        self._active_s = 0.0
        self._fd = -1
        self._listening = False
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    @property
    def machine_s(self) -> float:
        """The machine's own clock, in seconds since it was built."""
        return (time.monotonic() - self.born_s) * self._speed

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
            self._inbound.clear()
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
                wait_s = self._turn()
                fd = self._fd if self._listening and self._inbound.room > 0 else -1
            _wait(fd, wait_s)

    def _turn(self) -> float:
        """Move what has had the time to travel and return the wall seconds until the next turn."""
        self._answer_the_call()
        self._pick_up()
        now_s = self.machine_s
        while arrived := self._inbound.take(now_s):
            piece, end_s = arrived
            self._live(end_s)
            self._simulator.receive(piece, end_s)
        self._live(now_s)
        self._give_out()
        return self._wait_s()

    def _answer_the_call(self) -> None:
        """Whoever opens the far end clears POLLHUP: there are no modem lines to tell it otherwise."""
        if self._fd >= 0 and not self._listening and not _hung_up(self._fd):
            self._listening = True
            self._simulator.opened(max(self._lived_s, self.machine_s))

    def _pick_up(self) -> None:
        """Read what was written; the clock is read after it, so that no byte travels before it was there."""
        if not self._listening or self._inbound.room <= 0:
            return
        try:
            data = os.read(self._fd, self._inbound.room)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return
        self._active_s = self.machine_s
        self._inbound.put(data, self._active_s)

    def _live(self, until_s: float) -> None:
        """Let the machine live up to an instant, and act at each instant at which it wants to."""
        if isinstance(self._simulator, Punctual):
            while self._lived_s < (next_s := self._simulator.next_s()) < until_s:
                self._live_up_to(next_s)
        self._live_up_to(until_s)

    def _live_up_to(self, instant_s: float) -> None:
        self._lived_s = max(self._lived_s, instant_s)
        said = self._simulator.advance(self._lived_s)
        if said and self._listening:
            self._outbound.put(said, self._lived_s)
            self._active_s = self._lived_s

    def _give_out(self) -> None:
        while self._listening and (got := self._outbound.take(self.machine_s)):
            with contextlib.suppress(OSError):  # like a board, the machine never learns that nobody listens
                os.write(self._fd, got)

    def _wait_s(self) -> float:
        now_s = self.machine_s
        travel_s = (min(self._inbound.wake_s, self._outbound.wake_s) - now_s) / self._speed
        wait_s = min(max(BRIEFEST_WAIT_S, travel_s), self._patience_s(now_s))
        return wait_s if self._listening else min(wait_s, QUIET_TICK_S)

    def _patience_s(self, now_s: float) -> float:
        """How long the machine itself can be left alone."""
        if isinstance(self._simulator, Punctual):
            least_s = COARSE_WAIT_S if self._speed > 1 else BRIEFEST_WAIT_S
            return min(LONGEST_WAIT_S, max(least_s, (self._simulator.next_s() - now_s) / self._speed))
        quiet = now_s - self._active_s > QUIET_AFTER_S * self._speed
        return QUIET_TICK_S if quiet else BUSY_TICK_S

    def _hang_up(self) -> None:
        """What was written still arrives; what the machine says is lost."""
        self._listening = False
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
