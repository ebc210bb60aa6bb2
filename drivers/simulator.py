"""What every simulated machine offers to the wire it hangs on."""

import json
from typing import IO, Protocol


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


class BlackBox:
    """The simulator's own flight recorder: JSON lines of `t` (machine seconds), `kind` and the rest.

    Kinds: `rx` (bytes as received), `exec` (a line executed), `heater`, `spindle`, `reset`, `fault`, `end`.
    Verdicts on a machine come from here, never from our logs.
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream
        self.entries: list[dict[str, object]] = []

    def record(self, now_s: float, kind: str, **facts: object) -> None:
        """Write one entry; without a stream it is kept in `entries` for a test to read."""
        entry: dict[str, object] = {"t": round(now_s, 6), "kind": kind, **facts}
        if self._stream is None:
            self.entries.append(entry)
        else:
            self._stream.write(json.dumps(entry) + "\n")
            self._stream.flush()
