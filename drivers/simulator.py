"""What every simulated machine offers to the wire it hangs on."""

import json
import threading
from collections import deque
from typing import IO, Protocol, runtime_checkable


class Simulator(Protocol):
    """The machine's side of the wire, sans-I/O: bytes in, bytes out, the clock injected.

    `now_s` is the machine's own time: the host of the simulator may run it faster than the wall clock.
    A simulator is never told that its host died: a real board does not know either.
    """

    def opened(self, now_s: float) -> None:
        """Somebody opened the port: boards that reset on DTR start again."""

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes that have fully arrived on the wire at `now_s`."""

    def advance(self, now_s: float) -> bytes:
        """Live up to `now_s` and return what the machine says meanwhile."""

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now, in watts."""


@runtime_checkable
class Punctual(Simulator, Protocol):
    """A simulator that knows when it will act of its own accord, so that its wire need not keep asking."""

    def next_s(self) -> float:
        """The next machine instant at which `advance` may say or do something; infinity for never."""


@runtime_checkable
class Watchful(Protocol):
    """A simulator that gives up when its host says nothing for long.

    Its host lives at the pace of the wall clock, whatever the machine's own clock is told to run at.
    """

    def runs(self, speed: float) -> None:
        """Its clock runs so many times faster than its host's: the host is given that much more time."""


class BlackBox:
    """The simulator's own flight recorder: JSON lines of `t` (machine seconds), `kind` and the rest.

    Kinds: `rx` (bytes as received), `exec` (a line executed), `heater`, `spindle`, `reset`, `fault`, `end`.
    A printer's also has `born`, `banner`, `unknown`, `refused`, `overflow` (bytes lost for want of room),
    `fragment` (the tail of a torn line taken for a command) and `starved` (seconds without a move in a run
    of moves). Verdicts on a machine come from here, never from our logs.
    """

    def __init__(self, stream: IO[str] | None = None, *, keep: int | None = None) -> None:
        """Write to `stream`; without one, `keep` the last entries in memory, or all of them."""
        self._stream = stream
        self._entries: deque[dict[str, object]] = deque(maxlen=keep)
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[dict[str, object]]:
        """What was recorded so far, for a test to read from another thread."""
        with self._lock:
            return list(self._entries)

    def record(self, now_s: float, kind: str, **facts: object) -> None:
        """Write one entry; without a stream it is kept in `entries` for a test to read."""
        entry: dict[str, object] = {"t": round(now_s, 6), "kind": kind, **facts}
        if self._stream is None:
            with self._lock:
                self._entries.append(entry)
        else:
            self._stream.write(json.dumps(entry) + "\n")
            self._stream.flush()
