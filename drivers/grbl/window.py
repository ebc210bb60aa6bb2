"""The lines of one program on their way to GRBL: what is unanswered always fits its receive buffer."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from drivers.errors import DriverError
from drivers.gcode import Program

LINE_BYTES: Final = 80
"""GRBL's line buffer, with the newline. Source: GRBL 1.1 protocol.h."""
PROBE: Final = b"\n"
RX_BYTES: Final = 128
"""GRBL's receive buffer where it does not tell. Source: GRBL 1.1 serial.h."""
SPINDLE_S: Final = 5.0
"""grblHAL may wait so long for the spindle to turn at its speed, and be idle meanwhile."""
_REALTIME: Final = frozenset(b"?!~")
_HARMLESS: Final = bytes(set(range(0x20, 0x7F)) - _REALTIME - set(b"$[")) + b"\n"
_TOO_LONG: Final = re.compile(rb"[^\n]{%d}" % LINE_BYTES)
_DWELL: Final = re.compile(rb"G0*4(?!\d).*?P(\d+\.?\d*|\.\d+)")
_SPINDLE: Final = re.compile(rb"M0*[34](?!\d)")


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
    """Check every line before the first byte is sent: at once, and one by one only to name the bad one."""
    if program.data.translate(None, _HARMLESS) or _TOO_LONG.search(program.data):
        for number, line in enumerate(program, 1):
            check_line(line, number)


class Window:
    """Counts characters: all that GRBL has not answered may still lie in its receive buffer."""

    def __init__(self, program: Program, limit_bytes: int) -> None:
        self._data = program.data
        self._lines: Iterator[bytes] = iter(program)
        self._next = next(self._lines, None)
        self._limit_bytes = limit_bytes
        self._outstanding: deque[bytes] = deque()
        self.outstanding_bytes = 0
        self.sent_since_mark_bytes = 0
        self.lines_done = 0
        self.bytes_done = 0
        self._matched_bytes = 0

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
    def lines_waiting(self) -> int:
        """How many lines are unanswered, probes included."""
        return len(self._outstanding)

    def has_room(self, count: int) -> bool:
        """Whether so many bytes may be sent now."""
        return self.outstanding_bytes + count <= self._limit_bytes

    def read_lines(self, used_bytes: int) -> int:
        """How many unanswered lines the mill has read, by what lay in its buffer when it was asked."""
        rest = self.outstanding_bytes - self.sent_since_mark_bytes - used_bytes
        count = 0
        for line in self._outstanding:
            rest -= len(line)
            if rest < 0:
                break
            count += 1
        return count

    def unproven(self) -> list[bytes]:
        """The lines that were sent since answers and lines were last known to match."""
        end = self.bytes_done + self.outstanding_bytes - self._outstanding.count(PROBE)
        return self._data[self._matched_bytes : end].splitlines()

    @property
    def quiet_s(self) -> float:
        """How long unanswered lines may make an idle machine wait: dwells, and a spindle that speeds up."""
        lines = [line.replace(b" ", b"") for line in self._outstanding]
        dwells = (_DWELL.search(line) for line in lines)
        spins = sum(_SPINDLE.search(line) is not None for line in lines)
        return sum(float(dwell[1]) for dwell in dwells if dwell) + SPINDLE_S * spins

    def take(self) -> bytes:
        """Return the next line with its newline if it may be sent now, else nothing.

        A line longer than the whole buffer goes alone: a machine that owes no answer reads as it receives.
        """
        line = self._next
        if line is None:
            return b""
        size = len(line) + 1
        if self._outstanding and self.outstanding_bytes + size > self._limit_bytes:
            return b""
        self._next = next(self._lines, None)
        self.outstanding_bytes += size
        self.sent_since_mark_bytes += size
        self._outstanding.append(line + b"\n")
        return self._outstanding[-1]

    def mark(self) -> None:
        """A question goes out now: its answer cannot know of what is sent later."""
        self.sent_since_mark_bytes = 0

    def acknowledge(self) -> bool:
        """Count the oldest line as taken; False when none was unanswered."""
        if not self._outstanding:
            return False
        size = len(self._outstanding.popleft())
        self.outstanding_bytes -= size
        if size > len(PROBE):
            self.lines_done += 1
            self.bytes_done += size
        return True

    def forgive(self, count: int) -> None:
        """Count the oldest lines as taken although their answers were lost."""
        for _ in range(count):
            self.acknowledge()
        self._matched_bytes = self.bytes_done

    def take_probe(self) -> bytes:
        """Return an empty line, which the mill answers like any other."""
        self._outstanding.append(PROBE)
        self.outstanding_bytes += len(PROBE)
        self.sent_since_mark_bytes += len(PROBE)
        return PROBE
