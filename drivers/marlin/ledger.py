"""Numbered lines: what was sent, what is acknowledged, what may be asked again."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

HISTORY_LINES: Final = 1500
UNNUMBERED: Final = -1
PROBE: Final = b"M105"
WINDOW_BYTES: Final = 127
"""Source: Marlin's RX_BUFFER_SIZE of 128 holds one byte less."""
AHEAD_LINES: Final = 3
"""Source: Marlin's BUFSIZE of 4; the oldest lines but one have left the ring for the command queue."""
MOST_AHEAD_LINES: Final = 31
FRAME_BYTES: Final = len("N *255\n")
BARRIERS: Final = frozenset(
    {b"M0", b"M1", b"M109", b"M190", b"M191", b"M226", b"M303", b"M400", b"M600", b"G4", b"G28", b"G29"}
)
"""While one of these lasts nothing follows: a cancel then finds nothing but itself in the board's ring."""
SURE: Final = 3
"""So many `ok` must tell of a longer queue before it is believed: noise changes digits."""
MOST_DOUBLED: Final = 16
"""So many `ok` may have been said twice between two counts."""
STRAY_OKS: Final = 2
"""So many plain `ok` in the place of a probe's mean that the probe's own was lost."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the wire; `lines_done` and `bytes_done` are the program's once it is acknowledged."""

    number: int
    wire: bytes
    lines_done: int = 0
    bytes_done: int = 0
    is_probe: bool = False
    is_barrier: bool = False


def numbered(number: int, text: bytes) -> bytes:
    """Frame a command with its number and the XOR of all bytes before the star.

    Source: Marlin's `GCodeQueue::get_serial_commands`.
    """
    body = b"N%d %s" % (number, text)
    return b"%s*%d\n" % (body, reduce(xor, body))


class Ledger:
    """Lines go out in order; what the board's ring of bytes has to hold of them stays within the window.

    `ahead_lines` of the oldest unacknowledged lines do not count: they wait in the board's command queue.
    """

    def __init__(self, window_bytes: int = WINDOW_BYTES, ahead_lines: int = AHEAD_LINES) -> None:
        self._window_bytes = window_bytes
        self._ahead_lines = ahead_lines
        self._told_of_more = 0
        self._history: deque[Line] = deque(maxlen=HISTORY_LINES)
        self._unacknowledged: deque[Line] = deque()
        self._ring_bytes = 0
        self._barriers = 0
        self._cursor = 0
        self._next = 0
        self._strays = 0
        self._is_hushed = False
        """Nothing was acknowledged since the last question: an answer is that one's, others are lost."""
        self._trusts_probes = False
        self.is_asked = False
        """The board asked for the next line, so it has all before it: their `ok` may be lost."""
        self.drift = 0

    @property
    def is_clear(self) -> bool:
        """Everything written down was sent and acknowledged."""
        return not self._unacknowledged and self._cursor == self._next

    @property
    def is_waiting(self) -> bool:
        """Something was sent and not acknowledged."""
        return bool(self._unacknowledged)

    @property
    def is_behind(self) -> bool:
        """Lines of the history wait to be sent again."""
        return self._cursor < self._next

    @property
    def is_probed(self) -> bool:
        """A probe is under way and nothing speaks for its loss."""
        return not self._strays and any(line.is_probe for line in self._unacknowledged)

    @property
    def outstanding_bytes(self) -> int:
        """What the board's ring may have to hold."""
        return self._ring_bytes

    def has_room_for(self, size: int) -> bool:
        """Tell whether a line of so many bytes keeps within the window."""
        if self._barriers:
            return False
        return size + self._ring_bytes <= self._window_bytes or len(self._unacknowledged) < self._ahead_lines

    @property
    def has_room_for_probe(self) -> bool:
        """A board that has long been silent has filled its queue: one line more has left the ring."""
        waiting = self._unacknowledged
        left = len(waiting[self._ahead_lines].wire) if len(waiting) > self._ahead_lines else 0
        return self._ring_bytes - left + self.size_of(PROBE) <= self._window_bytes

    @property
    def next_size(self) -> int:
        """The bytes of the next line of the history."""
        return len(self._at_cursor.wire)

    def size_of(self, text: bytes) -> int:
        """The bytes that a new line takes on the wire at most."""
        return len(text) + len(str(self._next)) + FRAME_BYTES

    def restart(self) -> None:
        """Forget everything and write down the line that sets the board's number to 0."""
        self._history.clear()
        self.forget()
        self._cursor = self._next = 0
        self._write_down(b"M110 N0", 0, 0)

    def forget(self) -> None:
        """Wait no longer for what was sent."""
        self._expect(())

    def abandon(self) -> None:
        """Send nothing of the history any more; what was sent may still be acknowledged."""
        self._cursor = self._next

    def send_unnumbered(self, texts: Iterable[bytes]) -> bytes:
        """Return lines without a number, whatever the window; each that is not empty will be acknowledged."""
        wires = [text + b"\n" for text in texts]
        for wire in wires:
            if wire != b"\n":
                self._push(Line(UNNUMBERED, b"", is_probe=wire.startswith(PROBE)))
        self._is_hushed = True
        return b"".join(wires)

    def send(self, text: bytes, lines_done: int, bytes_done: int) -> bytes:
        """Write a new line down and return its wire form."""
        line = self._write_down(text, lines_done, bytes_done)
        self._cursor = self._next
        self._push(line)
        return line.wire

    def send_next(self) -> bytes:
        """Return the wire form of the next line of the history."""
        line = self._at_cursor
        self._cursor += 1
        self._push(line)
        return line.wire

    def send_probe(self) -> bytes:
        """Send M105 now: its `ok` carries temperatures, so it can be told from the others.

        While lines wait to be sent again the board refuses the probe and asks for what it lacks.
        """
        was_behind = self.is_behind
        self._strays = 0
        self._is_hushed = True
        previous = self._history[-1]
        line = self._write_down(PROBE, previous.lines_done, previous.bytes_done)
        if not was_behind:
            self._cursor = self._next
        self._push(line)
        return line.wire

    def acknowledge(self, *, is_probe: bool) -> Line | None:
        """Take one acknowledgement; that of a probe stands for all before it too."""
        if is_probe:
            return self._acknowledge_probe()
        self._is_hushed = False
        if not self._unacknowledged:
            return None
        if self._unacknowledged[0].is_probe and self._trusts_probes:
            return self._take_stray()
        return self._pop()

    def acknowledge_number(self, number: int) -> Line | None:
        """Take an `ok` that names its line; one that was named before says nothing new."""
        if not any(line.number == number for line in self._unacknowledged):
            return None
        while (line := self._pop()).number != number:
            self.drift += 1
        return line

    def learn_queue(self, free_lines: int) -> None:
        """Believe a board that tells of a longer command queue again and again."""
        if self._ahead_lines < free_lines <= MOST_AHEAD_LINES:
            self._told_of_more += 1
            if self._told_of_more >= SURE:
                self._ahead_lines, self._told_of_more = free_lines, 0
                self._expect(self._unacknowledged)

    def knows(self, number: int) -> bool:
        """This line can be sent again, or is the very next one."""
        return bool(self._history) and self._history[0].number <= number <= self._next

    def is_long_done(self, number: int) -> bool:
        """This line was acknowledged so long ago that no doubled `ok` explains why it is asked for."""
        oldest = self._unacknowledged[0].number if self._unacknowledged else self._next
        return UNNUMBERED < number < oldest - MOST_DOUBLED

    def count_from(self, number: int) -> int:
        """How many lines from this one on are sent and not acknowledged."""
        return sum(line.number >= number for line in self._unacknowledged)

    def rewind(self, number: int) -> bool:
        """Go back to a line; False when it was never sent or is too old to be known."""
        if not self.knows(number):
            return False
        self._cursor = number
        self._strays = 0
        self._expect(line for line in self._unacknowledged if line.number < number)
        self.is_asked = True
        return True

    @property
    def _at_cursor(self) -> Line:
        return self._history[self._cursor - self._history[0].number]

    def _push(self, line: Line) -> None:
        self.is_asked = False
        self._unacknowledged.append(line)
        self._barriers += line.is_barrier
        if len(self._unacknowledged) > self._ahead_lines:
            self._ring_bytes += len(line.wire)

    def _pop(self) -> Line:
        """Take the oldest line: the next one leaves the ring for the command queue."""
        line = self._unacknowledged.popleft()
        self._barriers -= line.is_barrier
        if len(self._unacknowledged) >= self._ahead_lines:
            self._ring_bytes -= len(self._unacknowledged[self._ahead_lines - 1].wire)
        return line

    def _expect(self, lines: Iterable[Line]) -> None:
        """Wait for the answers to these lines, and no others."""
        waiting = list(lines)
        self._unacknowledged.clear()
        self._ring_bytes = self._barriers = 0
        for line in waiting:
            self._push(line)

    def _acknowledge_probe(self) -> Line | None:
        self._strays = 0
        self._trusts_probes = True
        probes = [index for index, line in enumerate(self._unacknowledged) if line.is_probe]
        if not probes:
            return None
        answered = probes[-1] if self._is_hushed else probes[0]
        self.drift += answered
        for _ in range(answered):
            self._pop()
        return self._pop()

    def _take_stray(self) -> Line | None:
        """A plain `ok` where a probe's is due was said twice, unless others follow it."""
        self._strays += 1
        self.drift += 1
        if self._strays < STRAY_OKS or len(self._unacknowledged) <= self._strays:
            return None
        for _ in range(self._strays):
            self._pop()
        self._strays = 0
        return self._pop()

    def _write_down(self, text: bytes, lines_done: int, bytes_done: int) -> Line:
        line = Line(
            self._next,
            numbered(self._next, text),
            lines_done,
            bytes_done,
            text == PROBE,
            text.split(b" ", 1)[0] in BARRIERS,
        )
        self._history.append(line)
        self._next += 1
        return line
