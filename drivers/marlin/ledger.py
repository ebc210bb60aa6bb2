"""Numbered lines: what was sent, what is acknowledged, what may be asked again."""

from collections import deque
from dataclasses import dataclass
from typing import Final

HISTORY_LINES: Final = 1500
UNNUMBERED: Final = -1
PROBE: Final = b"M105"


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the wire; `lines_done` and `bytes_done` are the program's once it is acknowledged."""

    number: int
    wire: bytes
    lines_done: int = 0
    bytes_done: int = 0
    is_probe: bool = False


def numbered(number: int, text: bytes) -> bytes:
    """Frame a command with its number and the XOR of all bytes before the star.

    Source: Marlin's `GCodeQueue::get_serial_commands`.
    """
    body = b"N%d %s" % (number, text)
    checksum = 0
    for byte in body:
        checksum ^= byte
    return b"%s*%d\n" % (body, checksum)


class Ledger:
    """Lines go out in order, at most `window_lines` ahead of their acknowledgement."""

    def __init__(self, window_lines: int = 1) -> None:
        self._window_lines = window_lines
        self._history: deque[Line] = deque(maxlen=HISTORY_LINES)
        self._unacknowledged: deque[Line] = deque()
        self._cursor = 0
        self._next = 0

    @property
    def is_clear(self) -> bool:
        """Everything written down was sent and acknowledged."""
        return not self._unacknowledged and self._cursor == self._next

    @property
    def is_waiting(self) -> bool:
        """Something was sent and not acknowledged."""
        return bool(self._unacknowledged)

    @property
    def has_room(self) -> bool:
        """One more line fits into the window."""
        return len(self._unacknowledged) < self._window_lines

    @property
    def is_behind(self) -> bool:
        """Lines of the history wait to be sent again."""
        return self._cursor < self._next

    def restart(self) -> None:
        """Forget everything and write down the line that sets the board's number to 0."""
        self._history.clear()
        self._unacknowledged.clear()
        self._cursor = self._next = 0
        self._write_down(b"M110 N0", 0, 0, is_probe=False)

    def forget(self) -> None:
        """Wait no longer for what was sent."""
        self._unacknowledged.clear()

    def abandon(self) -> None:
        """Send nothing of the history any more; what was sent may still be acknowledged."""
        self._cursor = self._next

    def note_unnumbered(self, count: int) -> None:
        """Lines without a number were sent: each will be acknowledged too."""
        self._unacknowledged.extend([Line(UNNUMBERED, b"")] * count)

    def send(self, text: bytes, lines_done: int, bytes_done: int) -> bytes:
        """Write a new line down and return its wire form."""
        self._write_down(text, lines_done, bytes_done, is_probe=text == PROBE)
        return self.send_next()

    def send_next(self) -> bytes:
        """Return the wire form of the next line of the history."""
        line = self._history[self._cursor - self._history[0].number]
        self._cursor += 1
        self._unacknowledged.append(line)
        return line.wire

    def send_probe(self) -> bytes:
        """Send M105 beyond the window: its `ok` carries temperatures, so it can be told from the others.

        While lines wait to be sent again the board refuses it and asks for what it lacks.
        """
        was_behind = self.is_behind
        previous = self._history[-1]
        line = self._write_down(PROBE, previous.lines_done, previous.bytes_done, is_probe=True)
        if not was_behind:
            self._cursor = self._next
        self._unacknowledged.append(line)
        return line.wire

    def acknowledge(self, *, is_probe: bool) -> Line | None:
        """Take one acknowledgement; that of a probe stands for all before it too."""
        if is_probe and any(line.is_probe for line in self._unacknowledged):
            while not (line := self._unacknowledged.popleft()).is_probe:
                pass
            return line
        return self._unacknowledged.popleft() if self._unacknowledged else None

    def rewind(self, number: int) -> bool:
        """Go back to a line; False when it was never sent or is too old to be known."""
        if not self._history or not self._history[0].number <= number <= self._next:
            return False
        self._cursor = number
        self._unacknowledged.clear()
        return True

    def _write_down(self, text: bytes, lines_done: int, bytes_done: int, *, is_probe: bool) -> Line:
        line = Line(self._next, numbered(self._next, text), lines_done, bytes_done, is_probe)
        self._history.append(line)
        self._next += 1
        return line
