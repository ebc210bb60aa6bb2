"""The virtual mill's receiving side: a bounded ring, realtime bytes picked out, lines cut."""

from collections import deque
from typing import Final

LINE_CHARACTERS: Final = 79
REALTIME: Final = frozenset({0x18, *b"?!~", *range(0x80, 0x100)})
"""Bytes that GRBL obeys wherever they stand, comments included. Source: GRBL 1.1 serial.c."""


class Receiver:
    """Bytes as the firmware sees them; the main loop takes lines only while it is not blocked."""

    def __init__(self, rx_bytes: int) -> None:
        self._rx_bytes = rx_bytes
        self._ring: deque[int] = deque()
        self._line = bytearray()
        self._comment = b""
        self._too_long = False

    @property
    def free(self) -> int:
        """Room left in the ring, as `Bf:` tells it."""
        return self._rx_bytes - len(self._ring)

    def take(self, data: bytes) -> tuple[bytes, int]:
        """Store what fits; return the realtime bytes and how many bytes were lost."""
        realtime, lost = bytearray(), 0
        for byte in data:
            if byte in REALTIME:
                realtime.append(byte)
            elif len(self._ring) < self._rx_bytes:
                self._ring.append(byte)
            else:
                lost += 1
        return bytes(realtime), lost

    def clear(self) -> None:
        """Forget everything, as a reset does."""
        self._ring.clear()
        self._start_line()

    def _start_line(self) -> None:
        self._line.clear()
        self._comment = b""
        self._too_long = False

    def next_line(self) -> tuple[str, bool] | None:
        """Return the next whole line without blanks and comments, and whether it was too long."""
        while self._ring:
            byte = self._ring.popleft()
            if byte in b"\r\n":
                line = self._line.decode("ascii", "replace").upper(), self._too_long
                self._start_line()
                if byte == 0x0A or line[0]:
                    return line
            else:
                self._add(byte)
        return None

    def _add(self, byte: int) -> None:
        if self._comment:
            if self._comment == b"(" and byte == ord(")"):
                self._comment = b""
        elif byte in b"(;":
            self._comment = bytes([byte])
        elif byte > 0x20 and byte != ord("/"):
            self._too_long = self._too_long or len(self._line) >= LINE_CHARACTERS
            self._line.append(byte)
