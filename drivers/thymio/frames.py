"""Finds Aseba's messages in a stream of bytes.

Source: Aseba 1.6, common/consts.h and common/msg: length of the payload, source and type, each two bytes,
the lower first; a payload has at most 516 bytes.
"""

import struct
from dataclasses import dataclass
from typing import Final

from drivers.errors import ProtocolError

HEADER: Final = struct.Struct("<HHH")
LONGEST: Final = 516
NODE_PRESENT: Final = 0x900C
_PRESENT_SIZE: Final = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: who says it, its type, and its payload."""

    source: int
    kind: int
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the message as it goes on the wire."""
        return HEADER.pack(len(self.payload), self.source, self.kind) + self.payload

    @property
    def words(self) -> tuple[int, ...]:
        """The payload as unsigned words; an odd byte at its end is left out."""
        return struct.unpack(f"<{len(self.payload) // 2}H", self.payload[: len(self.payload) // 2 * 2])


class FrameReader:
    """Cuts the stream into messages.

    Nothing in the stream marks where a message begins. Until a robot has said that it is there, the reader
    looks for that one message at every byte, since the first bytes may be the rest of something older.
    """

    def __init__(self, *, hunts: bool = True) -> None:
        """A reader that does not hunt takes the first byte for the beginning of a message."""
        self._rest = bytearray()
        self._hunts = hunts

    def take(self, data: bytes) -> list[Frame]:
        """Return the messages that are whole now.

        Raises:
            ProtocolError: a length that no message has: where the next one begins is not known any more. The
                messages before it were returned; then every call ends so.
        """
        self._rest += data
        if self._hunts and not self._found():
            return []
        frames: list[Frame] = []
        try:
            while (frame := self._next()) is not None:
                frames.append(frame)
        except ProtocolError:
            if not frames:
                raise
        return frames

    def _next(self) -> Frame | None:
        if len(self._rest) < HEADER.size:
            return None
        size, source, kind = HEADER.unpack_from(self._rest)
        if size > LONGEST:
            raise ProtocolError(f"A message of {size} bytes is longer than any of Aseba's.")
        if len(self._rest) < HEADER.size + size:
            return None
        payload = bytes(self._rest[HEADER.size : HEADER.size + size])
        del self._rest[: HEADER.size + size]
        return Frame(source, kind, payload)

    def _found(self) -> bool:
        """Drop what comes before the first message of a robot that is there."""
        for begin in range(len(self._rest) - HEADER.size + 1):
            size, _, kind = HEADER.unpack_from(self._rest, begin)
            if size == _PRESENT_SIZE and kind == NODE_PRESENT:
                del self._rest[:begin]
                self._hunts = False
                return True
        del self._rest[: max(0, len(self._rest) - HEADER.size + 1)]
        return False
