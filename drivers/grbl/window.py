"""The lines of one program on their way to GRBL: counted, at most so many bytes and lines unanswered."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from drivers.errors import DriverError
from drivers.gcode import Program

LINE_BYTES: Final = 80
"""GRBL's line buffer, with the newline. Source: GRBL 1.1 protocol.h."""
_REALTIME: Final = frozenset(b"?!~")
_DWELL: Final = re.compile(rb"G0*4(?!\d).*?P(\d+\.?\d*|\.\d+)")


class LineRefusedError(DriverError):
    """The program holds a line that must never reach a mill."""


def check_line(line: bytes, number: int) -> None:
    """Let only what is G-code and nothing else go to the wire.

    Raises:
        LineRefusedError: too long, not printable ASCII, a `$` command or a realtime character.
    """
    where = f"Line {number} of the program was refused:"
    if len(line) >= LINE_BYTES:
        raise LineRefusedError(f"{where} it is longer than {LINE_BYTES - 1} characters.")
    if any(not 0x20 <= byte <= 0x7E for byte in line):
        raise LineRefusedError(f"{where} it holds a character that is not printable ASCII.")
    if b"$" in line or b"[" in line:
        raise LineRefusedError(f"{where} it holds a command to the firmware itself.")
    if _REALTIME.intersection(line):
        raise LineRefusedError(f"{where} it holds a character that the mill obeys at once.")


def check_program(program: Program) -> None:
    """Check every line before the first byte is sent."""
    for number, line in enumerate(program, 1):
        check_line(line, number)


class Window:
    """Counts characters as GRBL's sender does: what is unanswered always fits its receive buffer."""

    def __init__(self, program: Program, rx_bytes: int, lines_ahead: int) -> None:
        self._lines: Iterator[bytes] = iter(program)
        self._next = next(self._lines, None)
        self._rx_bytes = rx_bytes
        self._lines_ahead = lines_ahead
        self._outstanding: deque[bytes] = deque()
        self.lines_done = 0
        self.bytes_done = 0

    @property
    def outstanding_bytes(self) -> int:
        """Bytes sent and not answered."""
        return sum(len(line) for line in self._outstanding)

    @property
    def waiting(self) -> bool:
        """Whether a line is unanswered."""
        return bool(self._outstanding)

    @property
    def finished(self) -> bool:
        """Whether every line is answered."""
        return self._next is None and not self._outstanding

    @property
    def oldest(self) -> str:
        """The line that the next answer is about."""
        return self._outstanding[0].decode("ascii").strip() if self._outstanding else ""

    @property
    def dwell_s(self) -> float:
        """How long the unanswered lines may make an idle machine wait."""
        dwells = (_DWELL.search(line.replace(b" ", b"")) for line in self._outstanding)
        return sum(float(dwell[1]) for dwell in dwells if dwell)

    def take(self) -> bytes:
        """Return the next line with its newline if it may be sent now, else nothing."""
        line = self._next
        if line is None or len(self._outstanding) >= self._lines_ahead:
            return b""
        if self.outstanding_bytes + len(line) + 1 > self._rx_bytes:
            return b""
        self._next = next(self._lines, None)
        self._outstanding.append(line + b"\n")
        return self._outstanding[-1]

    def acknowledge(self) -> bool:
        """Count the oldest line as taken; False when none was unanswered."""
        if not self._outstanding:
            return False
        self.lines_done += 1
        self.bytes_done += len(self._outstanding.popleft())
        return True
