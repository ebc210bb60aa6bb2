"""The host's messages as StandardFirmata itself reads them, byte by byte."""

from collections.abc import Callable
from typing import Final

from drivers.firmata import messages as say

LONGEST: Final = 64
"""Source: Firmata.h, MAX_DATA_BYTES; what is longer is cut."""

Order = Callable[[int, bytes], None]


class HostReader:
    """Calls `order` with a command and its data; a command byte ends whatever was begun."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._command = 0
        self._wanted = 0
        self._data = bytearray()

    def forget(self) -> None:
        """Wait for a command."""
        self._command = self._wanted = 0
        self._data.clear()

    def feed(self, byte: int) -> None:
        """Take one byte."""
        if self._command == say.START_SYSEX:
            self._long(byte)
        elif byte < 0x80:
            self._argument(byte)
        else:
            self._begin(byte)

    def _long(self, byte: int) -> None:
        """Only its end ends a long message: all else is its data, as in the firmware."""
        if byte != say.END_SYSEX:
            if len(self._data) < LONGEST:
                self._data.append(byte)
            return
        data = bytes(self._data)
        self.forget()
        if data:
            self._order(say.START_SYSEX | data[0] << 8, data[1:])

    def _argument(self, byte: int) -> None:
        if not self._wanted:
            return
        self._data.append(byte)
        if len(self._data) == self._wanted:
            command, data = self._command, bytes(self._data)
            self.forget()
            self._order(command, data)

    def _begin(self, byte: int) -> None:
        command = byte if byte >= say.START_SYSEX else byte & 0xF0
        wanted = {
            say.ANALOG: 2, say.DIGITAL: 2, say.SET_MODE: 2, say.REPORT_ANALOG: 1, say.REPORT_DIGITAL: 1,
        }  # fmt: skip
        self.forget()
        if command in {say.RESET, say.VERSION}:
            self._order(command, b"")
        elif command == say.START_SYSEX:
            self._command = command
        elif command in wanted:
            self._command, self._wanted = byte, wanted[command]
