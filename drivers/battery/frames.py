"""Finds VE.Direct's text blocks in a stream of bytes.

Source: Victron Energy, "VE.Direct Protocol", version 3.33: layout of a block, checksum, hexadecimal messages.
"""

from enum import Enum, auto
from typing import Final

LONGEST_FIELD: Final = 64
_HEX: Final = ord(":")
_NEWLINE: Final = ord("\n")
_RETURN: Final = ord("\r")
_TAB: Final = ord("\t")


class _Place(Enum):
    """Where in a block the next byte stands."""

    BETWEEN = auto()
    NAME = auto()
    VALUE = auto()
    CHECKSUM = auto()


class FrameReader:
    """Finds blocks whose bytes sum to 0 modulo 256; hexadecimal messages in between are skipped.

    The checksum byte may have any value, even that of a separator: only its place tells it.
    """

    def __init__(self) -> None:
        self._place = _Place.BETWEEN
        self._in_hex = False
        self._sum = 0
        self._name = bytearray()
        self._value = bytearray()
        self._fields: dict[str, str] = {}
        self.damaged = 0

    def take(self, data: bytes) -> list[dict[str, str]]:
        """Return the fields of every whole and sound block."""
        blocks = []
        for byte in data:
            if self._is_hex(byte):
                continue
            self._sum = (self._sum + byte) % 256
            if self._place is _Place.CHECKSUM:
                blocks += self._end_block()
            else:
                self._read(byte)
        return blocks

    def _is_hex(self, byte: int) -> bool:
        """Tell whether a byte belongs to a hexadecimal message, which no checksum counts."""
        if self._in_hex:
            self._in_hex = byte != _NEWLINE
            return True
        self._in_hex = byte == _HEX and self._place is not _Place.CHECKSUM
        return self._in_hex

    def _read(self, byte: int) -> None:
        if byte == _NEWLINE:
            self._keep_field()
            self._place = _Place.NAME
        elif byte == _RETURN or self._place is _Place.BETWEEN:
            pass
        elif byte == _TAB and self._place is _Place.NAME:
            self._place = _Place.CHECKSUM if self._name == b"Checksum" else _Place.VALUE
        else:
            self._grow(self._name if self._place is _Place.NAME else self._value, byte)

    def _grow(self, field: bytearray, byte: int) -> None:
        """Keep endless noise from filling the memory: the checksum will refuse the block anyway."""
        if len(field) < LONGEST_FIELD:
            field.append(byte)

    def _keep_field(self) -> None:
        if self._place is _Place.VALUE and len(self._fields) < LONGEST_FIELD:
            self._fields[self._name.decode("ascii", "replace")] = self._value.decode("ascii", "replace")
        self._name.clear()
        self._value.clear()

    def _end_block(self) -> list[dict[str, str]]:
        fields, is_sound = self._fields, self._sum == 0
        self._fields, self._sum, self._place = {}, 0, _Place.BETWEEN
        self._name.clear()
        self.damaged += not is_sound
        return [fields] if is_sound else []
