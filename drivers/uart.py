"""When each byte of a serial line arrives, in the machine's own time, however late anybody looks."""

import math
import random
from collections import deque
from typing import Final

BITS_PER_BYTE: Final = 10
FIFO_BYTES: Final = 4096
"""What a kernel keeps for a serial port that has not yet sent it; then the writer waits."""
GRAIN_BYTES: Final = 32
"""Longer runs of bytes arrive in pieces of this size, so that a full ring loses what it would lose."""
PACKET_BYTES: Final = 62
"""Source: FT232R data sheet: 64 bytes a packet, two of them status."""
USB_FRAME_S: Final = 0.001


class Inbound:
    """Bytes on their way to the machine: one after the other, never sooner than they were written."""

    def __init__(self, bytes_per_s: float, latency_s: float = 0.0) -> None:
        self._bytes_per_s = bytes_per_s
        self._delay_s = min(latency_s, USB_FRAME_S)
        self._pieces: deque[tuple[bytes, float]] = deque()
        self._waiting = 0
        self._end_s = 0.0

    @property
    def room(self) -> int:
        """How many more bytes the port would take now."""
        return FIFO_BYTES - self._waiting

    @property
    def wake_s(self) -> float:
        """When it is worth looking: at the end of a line, or of a grain or two."""
        if not self._pieces:
            return math.inf
        piece, end_s = self._pieces[0]
        if len(self._pieces) == 1 or piece.endswith(b"\n"):
            return end_s
        return self._pieces[1][1]

    def put(self, data: bytes, now_s: float) -> None:
        """Take what was written; it was there at `now_s` at the latest, so it starts then at the earliest."""
        self._end_s = max(self._end_s, now_s + self._delay_s)
        for line in data.splitlines(keepends=True):
            for at in range(0, len(line), GRAIN_BYTES):
                piece = line[at : at + GRAIN_BYTES]
                self._end_s += len(piece) / self._bytes_per_s
                self._pieces.append((piece, self._end_s))
        self._waiting += len(data)

    def take(self, now_s: float) -> tuple[bytes, float] | None:
        """Return the next piece that has arrived, and the instant at which its last bit did."""
        if not self._pieces or self._pieces[0][1] > now_s:
            return None
        piece, end_s = self._pieces.popleft()
        self._waiting -= len(piece)
        return piece, end_s

    def clear(self) -> None:
        """Lose what was on its way: the cable is out."""
        self._pieces.clear()
        self._waiting = 0


class Outbound:
    """Bytes on their way to the host: off the UART at its pace, then held by the USB chip's latency timer."""

    def __init__(
        self, bytes_per_s: float, latency_s: float = 0.0, crumbs: random.Random | None = None
    ) -> None:
        """With `crumbs` the host gets 1 to 7 bytes at a time."""
        self._bytes_per_s = bytes_per_s
        self._latency_s = latency_s
        self._crumbs = crumbs
        self._pieces: deque[tuple[bytes, float]] = deque()
        self._end_s = 0.0
        self._packet_s = 0.0

    @property
    def wake_s(self) -> float:
        """When the host gets its next bytes."""
        if not self._pieces:
            return math.inf
        if self._latency_s <= 0:
            return self._pieces[0][1]
        timer_s = self._timer_s(self._pieces[0][1])
        size = 0
        for piece, end_s in self._pieces:
            size += len(piece)
            if end_s > timer_s:
                break
            if size >= PACKET_BYTES:
                return end_s
        return timer_s

    def put(self, data: bytes, said_s: float) -> None:
        """Take what the machine said at an instant."""
        self._end_s = max(self._end_s, said_s)
        for piece in self._cut(data):
            self._end_s += len(piece) / self._bytes_per_s
            self._pieces.append((piece, self._end_s))

    def take(self, now_s: float) -> bytes:
        """Return what the host has got by now; of crumbs only one."""
        got = b""
        while not (got and self._crumbs) and (due_s := self.wake_s) <= now_s:
            if self._latency_s > 0:
                self._packet_s = due_s
            got += self._pieces.popleft()[0]
            while not self._crumbs and self._pieces and self._pieces[0][1] <= due_s:
                got += self._pieces.popleft()[0]
        return got

    def clear(self) -> None:
        """Lose what was on its way."""
        self._pieces.clear()

    def _timer_s(self, arrived_s: float) -> float:
        """The first expiry, at or after an instant, of a timer that restarts with each packet."""
        periods = max(1, math.ceil((arrived_s - self._packet_s) / self._latency_s))
        return self._packet_s + periods * self._latency_s

    def _cut(self, data: bytes) -> list[bytes]:
        if self._crumbs is None:
            return data.splitlines(keepends=True)
        pieces = []
        while data:
            size = self._crumbs.randint(1, 7)
            pieces.append(data[:size])
            data = data[size:]
        return pieces
