"""What is said to a robot, and the reading of what it says.

Source: Aseba 1.6, common/consts.h, common/msg/msg.h and vm/vm.c.
"""

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from drivers.errors import ProtocolError
from drivers.thymio.frames import Frame

HOST: Final = 0
"""We are no node: messages of Aseba's own programs come from 0 too."""
PROTOCOL_VERSION: Final = 5
FIRST_SYSTEM: Final = 0x8000
"""Below are the events of programs; a run of zeros is thus a run of empty events number 0."""


class Say(IntEnum):
    """Types of messages from a robot."""

    DESCRIPTION = 0x9000
    VARIABLE = 0x9001
    LOCAL_EVENT = 0x9002
    NATIVE = 0x9003
    VARIABLES = 0x9005
    OUT_OF_BOUNDS = 0x9006
    DIVISION_BY_ZERO = 0x9007
    KILLED = 0x9008
    ERROR = 0x9009
    STATE = 0x900A
    PRESENT = 0x900C


class Ask(IntEnum):
    """Types of messages to a robot."""

    SET_BYTECODE = 0xA001
    RESET = 0xA002
    RUN = 0xA003
    PAUSE = 0xA004
    STOP = 0xA006
    GET_VARIABLES = 0xA00B
    SET_VARIABLES = 0xA00C
    GET_DESCRIPTION = 0xA010
    LIST_NODES = 0xA011


def ask(kind: Ask, *words: int) -> bytes:
    """Return a message of ours; negative words are told as the robot's own 16 bits hold them."""
    return Frame(HOST, kind, packed(words)).to_bytes()


def emit(event: int, *arguments: int) -> bytes:
    """Return an event for the program that runs in every robot on the line."""
    return Frame(HOST, event, packed(arguments)).to_bytes()


def packed(words: Sequence[int]) -> bytes:
    """Return words as bytes, the lower first."""
    return struct.pack(f"<{len(words)}H", *(word & 0xFFFF for word in words))


def signed(word: int) -> int:
    """Return the value that 16 bits stand for in a robot."""
    return word - 0x10000 if word & 0x8000 else word


class PayloadReader:
    """Reads a payload from its beginning.

    Raises:
        ProtocolError: it is shorter than what is read.
    """

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    def word(self) -> int:
        """Read two bytes."""
        low, high = self._take(2)
        return low + 256 * high

    def text(self) -> str:
        """Read a length of one byte, and so many characters."""
        (size,) = self._take(1)
        return self._take(size).decode("utf-8", "replace")

    def _take(self, size: int) -> bytes:
        piece = self._payload[self._at : self._at + size]
        if len(piece) < size:
            raise ProtocolError("The robot told less than its message needs.")
        self._at += size
        return piece
