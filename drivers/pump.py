"""One thread a port: marries a transport to a protocol and posts its events to the loop."""

import asyncio
import contextlib
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from drivers.errors import LinkLostError
from drivers.transport import Transport
from drivers.urgency import hurry

E = TypeVar("E")
Posted = TypeVar("Posted")
E_co = TypeVar("E_co", covariant=True)

BITS_PER_BYTE: Final = 10
LOW_WATER_S: Final = 0.0006
"""So much of the wire's time waits in the kernel when more is handed over: what a thread oversleeps."""
MOST_WATER_BYTES: Final = 50
"""On a busy computer more may wait, but with a portion on top not more than two lines."""
PACE: Final = 0.99
"""Of the wire's own: what a late far end has let pile up where nobody can count it drains away."""
FORGET: Final = 0.9
PORTION_S: Final = 0.0017
"""So much is handed over at once: with the low water a stop waits behind less than 3 ms of bytes."""
SMALLEST_PORTION: Final = 16
STARVED_S: Final = 0.1
"""After so long a gap the machine is heard before the rest of a line goes out: it may have restarted."""
HEAD: Final = len("N1234567 G92")
"""A board that empties its ring in a silence of the wire must not find a whole command behind it."""
URGENT_TIMEOUT_S: Final = 0.1
WRITE_STALL_S: Final = 10.0
LONGEST_WAIT_S: Final = 1.0
READ_SIZE: Final = 4096
CLOSED: Final = -1
"""The number of a pipe that is closed may be another file's by now, even the port's."""


def even_portion(size: int, largest: int) -> int:
    """Return the size of even portions that take a line in as few turns as `largest` allows."""
    return max(SMALLEST_PORTION, -(-size // -(-size // largest)))


def whole_head(data: bytes, size: int) -> bytes:
    """Return about `size` bytes that end with a line or well within one, not between number and command."""
    portion = data[:size]
    begins = portion.rfind(b"\n") + 1
    if not 0 < len(portion) - begins < HEAD or len(portion) == len(data):
        return portion
    return portion[:begins] or data[: max(size, HEAD)]


class WireProtocol(Protocol[E_co]):
    """A sans-I/O protocol as the pump drives it; every instant is monotonic seconds, passed in."""

    def receive(self, data: bytes, now_s: float) -> Sequence[E_co]:
        """Take bytes from the machine and return what they mean."""

    def tick(self, now_s: float) -> Sequence[E_co]:
        """Let timers run out and return what that means."""

    def take_output(self, now_s: float) -> bytes:
        """Return the bytes that may go on the wire now, at most about two lines; empty when none may."""

    def deadline_s(self) -> float | None:
        """The instant at which `tick` wants to be called, or None."""

    @property
    def is_over(self) -> bool:
        """The machine lives another life: the rest of a line begun is not for it."""


class Pump(Generic[E]):
    """Drives one protocol in one thread; `on_event` and `on_lost` are called in the asyncio loop.

    `on_lost` is called once when the link is lost, and never after `close`.
    """

    def __init__(
        self,
        link: Transport,
        protocol: WireProtocol[E],
        baud_bps: int,
        on_event: Callable[[E], None],
        on_lost: Callable[[LinkLostError], None],
    ) -> None:
        self._link = link
        self._protocol = protocol
        self._bytes_per_s = PACE * baud_bps / BITS_PER_BYTE
        self._largest = max(SMALLEST_PORTION, int(self._bytes_per_s * PORTION_S))
        self._portion = self._largest
        self._on_event = on_event
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._commands: deque[Callable[[float], Sequence[E]]] = deque()
        self._pen = threading.Lock()
        self._unsent = b""
        self._muted = False
        self._is_blocked = False
        self._sent_at_s = 0.0
        self._resumes_s: float | None = None
        self._late_s = 0.0
        self._latest_s = max(0.0, MOST_WATER_BYTES / self._bytes_per_s - LOW_WATER_S)
        self._deadline_s: float | None = None
        self._stalled_since_s: float | None = None
        self._closing = threading.Event()
        self._awake, self._waker = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(self._waker, False)
        self._link_only = (link.fileno(),)
        self._waker_only = (self._awake,)
        self._all_readers = self._link_only + self._waker_only
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        """Begin to pump."""
        self._thread.start()

    def submit(self, command: Callable[[float], Sequence[E]]) -> None:
        """Have the pump's thread call `command(now_s)` on the protocol and post the events it returns."""
        self._commands.append(command)
        self._wake()

    def urgent(self, data: bytes) -> None:
        """Write `data` ahead of everything, from any thread; what was queued is dropped, the pump falls mute.

        Raises:
            LinkLostError: the machine cannot be reached.
        """
        give_up_s = time.monotonic() + URGENT_TIMEOUT_S
        with self._pen:
            self._muted = True
            self._unsent = b""
            self._link.discard_output()
            while data := data[self._link.write(data) :]:
                if time.monotonic() > give_up_s:
                    raise LinkLostError
                select.select([], [self._link], [], URGENT_TIMEOUT_S)

    def close(self) -> None:
        """End the thread and release the port."""
        if not self._closing.is_set():
            self._closing.set()
            self._wake()
            if self._thread.ident is not None:
                self._thread.join()
            with self._pen:
                self._muted = True
                self._link.close()
                os.close(self._awake)
                os.close(self._waker)
                self._waker = CLOSED

    def _wake(self) -> None:
        with self._pen, contextlib.suppress(BlockingIOError, OSError):  # a full pipe wakes too
            os.write(self._waker, b"\0")

    def _run(self) -> None:
        hurry()
        lost = LinkLostError("The thread that talks to the machine failed; see the log.")
        try:
            self._turn(0.0)
            while not self._closing.is_set():
                self._turn(self._patience_s(time.monotonic()))
        except LinkLostError as error:
            lost = error
        finally:
            if not self._closing.is_set():
                self._post(self._on_lost, lost)

    def _turn(self, patience_s: float) -> None:
        """Wait, then read, obey, tick and write; `select` counts microseconds, `poll` milliseconds."""
        self._sleep(patience_s)
        now_s = time.monotonic()
        if self._resumes_s is not None:
            late_s = max(now_s - self._resumes_s, self._late_s * FORGET)
            self._late_s = min(late_s, self._latest_s)
            if self._unsent and not self._commands and now_s - self._resumes_s < STARVED_S:
                self._write_rest(now_s)
                return
        events: list[E] = []
        while self._commands:
            events += self._commands.popleft()(now_s)
        try:
            if data := self._link.read():
                events += self._protocol.receive(data, now_s)
            if self._deadline_s is not None and self._deadline_s <= now_s:
                events += self._tick(now_s)
            if self._unsent and self._protocol.is_over:
                self._unsent = b""
            self._write(now_s)
        finally:
            if events:
                self._post(self._deliver, events)

    def _sleep(self, patience_s: float) -> None:
        """Wait for a byte, a command or the time; what comes while the wire is full can wait with us."""
        readers = self._all_readers if self._resumes_s is None else self._waker_only
        writers = self._link_only if self._is_blocked else ()
        ready, _, _ = select.select(readers, writers, (), patience_s)
        if self._awake in ready:
            os.read(self._awake, READ_SIZE)

    def _tick(self, now_s: float) -> Sequence[E]:
        """What was just read may have moved the deadline."""
        self._deadline_s = self._protocol.deadline_s()
        is_due = self._deadline_s is not None and self._deadline_s <= now_s
        return self._protocol.tick(now_s) if is_due else []

    def _write(self, now_s: float) -> None:
        """Hand over portions while little waits in the kernel."""
        self._resumes_s = None
        low_water_s = LOW_WATER_S + self._late_s
        with self._pen:
            while not self._muted:
                surplus_s = self._backlog_s(now_s) - low_water_s
                if surplus_s > 0:
                    self._resumes_s = now_s + surplus_s
                    return
                if not self._unsent and not self._begin_line(now_s):
                    return
                if not self._write_some(now_s):
                    return

    def _write_rest(self, now_s: float) -> None:
        """A line begun is ended, whatever the machine may have said: nothing need be read before."""
        with self._pen:
            if self._muted or not self._write_some(now_s):
                self._resumes_s = None
            else:
                self._resumes_s = max(now_s, self._sent_at_s - LOW_WATER_S - self._late_s)

    def _begin_line(self, now_s: float) -> bool:
        """No line is begun before the one before has left, lest a ring be emptied in it."""
        self._unsent = self._protocol.take_output(now_s)
        if self._unsent:
            self._portion = even_portion(len(self._unsent), self._largest)
        return bool(self._unsent)

    def _write_some(self, now_s: float) -> bool:
        """Tell whether the kernel took a portion; the port is lost when it takes nothing for long."""
        portion = whole_head(self._unsent, self._portion)
        count = self._link.write(portion)
        self._unsent = self._unsent[count:]
        self._sent_at_s = max(self._sent_at_s, now_s) + count / self._bytes_per_s
        self._is_blocked = count < len(portion)
        if count:
            self._stalled_since_s = None
        elif self._stalled_since_s is None:
            self._stalled_since_s = now_s
        elif now_s - self._stalled_since_s > WRITE_STALL_S:
            raise LinkLostError("The machine takes no more bytes: check its cable and its power.")
        return not self._is_blocked

    def _backlog_s(self, now_s: float) -> float:
        """How long the wire has still to do with what was handed over."""
        ours_s = self._sent_at_s - now_s
        if ours_s > LOW_WATER_S + self._late_s:
            return ours_s
        return max(ours_s, self._link.output_waiting() / self._bytes_per_s)

    def _patience_s(self, now_s: float) -> float:
        """How long nothing can happen unless the link or a command says so."""
        if self._unsent and self._resumes_s is not None:
            return max(0.0, self._resumes_s - now_s)
        waits = [LONGEST_WAIT_S]
        self._deadline_s = self._protocol.deadline_s()
        if self._deadline_s is not None:
            waits.append(self._deadline_s - now_s)
        if self._resumes_s is not None:
            waits.append(self._resumes_s - now_s)
        return max(0.0, min(waits))

    def _deliver(self, events: Sequence[E]) -> None:
        for event in events:
            self._on_event(event)

    def _post(self, callback: Callable[[Posted], None], value: Posted) -> None:
        with contextlib.suppress(RuntimeError):  # a closed loop has nobody left to tell
            self._loop.call_soon_threadsafe(callback, value)
