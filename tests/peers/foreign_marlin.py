"""A second opinion on Marlin, written from the firmware's behaviour alone and sharing nothing with `drivers`.

It models what decides whether a stream is exact: bytes that arrive one by one, a ring of 128 bytes, a queue
of four commands, and an AVR's blocking transmitter, behind which the ring is emptied in the middle of a line.

Source: Marlin's `queue.cpp` (2.1) and `cmd_queue` (1.1).
"""

import random
import re
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from operator import xor

RING_BYTES = 127
QUEUE_LINES = 4
LONGEST = 95
COMMAND_S = 0.0003
BOOT_S = 1.0
OUT_OF_ORDER = "Line Number is not Last Line Number+1, Last Line: "
NO_CHECKSUM = "No Checksum with line number, Last Line: "
MISMATCH = "checksum mismatch, Last Line: "
KNOWN = re.compile(r"G(0|1|4|21|28|90|92)\b|M(82|8[45]|10[4-9]|110|11[345]|140|155|190|400|413)\b")


class Dialect(Enum):
    """What a repeated line does: 1.1 complains, 2.1 swallows the last two without a word."""

    OLD = "1.1"
    NEW = "2.1"


@dataclass(slots=True)
class Trouble:
    """What goes wrong on the line; shares of lines and of answers."""

    seed: int = 0
    damaged: float = 0.0
    lost_ok: float = 0.0


@dataclass(slots=True)
class Executed:
    """One command that was carried out; a fragment has no number."""

    number: int | None
    text: str


@dataclass(slots=True)
class ForeignMarlin:
    """A board in simulated time: `arrive` per byte, `work` when time passes, `said` is what leaves it."""

    dialect: Dialect
    byte_s: float
    trouble: Trouble = field(default_factory=Trouble)
    executed: list[Executed] = field(default_factory=list)
    said: deque[tuple[float, bytes]] = field(default_factory=deque)
    unknown: int = 0
    errors: int = 0
    overflowed: int = 0
    _dice: random.Random = field(default_factory=random.Random)
    _ring: deque[int] = field(default_factory=deque)
    _queue: deque[Executed] = field(default_factory=deque)
    _line: bytearray = field(default_factory=bytearray)
    _last: int = 0
    _busy_until_s: float = 0.0
    _talks_until_s: float = 0.0
    _owes_resend: bool = False
    _hit_at: int | None = None
    _at: int = 0

    def __post_init__(self) -> None:
        """Seed what goes wrong and boot."""
        self._dice.seed(self.trouble.seed)
        self.reset(0.0)

    def reset(self, now_s: float) -> None:
        """Forget everything and print the banner once booted."""
        self._ring.clear()
        self._queue.clear()
        self._line.clear()
        self._last, self._owes_resend = 0, False
        self._busy_until_s = self._talks_until_s = now_s + BOOT_S
        for text in ("start", f"echo:Marlin {self.dialect.value}", "echo: Free Memory: 3722"):
            self._say(text)

    def arrive(self, byte: int, now_s: float) -> None:
        """Take one byte from the wire into the ring, or lose it."""
        self.work(now_s)
        if len(self._ring) >= RING_BYTES:
            self.overflowed += 1
        else:
            self._ring.append(self._damage(byte))

    def work(self, now_s: float) -> None:
        """Go on with whatever the processor has time for until now."""
        while self._busy_until_s <= now_s:
            if self._owes_resend:
                self._ask_again()
            elif self._queue:
                self._execute(self._queue.popleft(), now_s)
            else:
                self._read(now_s)
                if not self._queue and not self._owes_resend:
                    return

    def _damage(self, byte: int) -> int:
        """Flip one bit in a line that was chosen at its first byte."""
        if self._at == 0:
            is_hit = len(self.executed) > QUEUE_LINES * 5 and self._dice.random() < self.trouble.damaged
            self._hit_at = self._dice.randrange(30) if is_hit else None
        was_at, self._at = self._at, 0 if byte == ord("\n") else self._at + 1
        return byte ^ 1 << self._dice.randrange(8) if was_at == self._hit_at else byte

    def _read(self, now_s: float) -> None:
        self._busy_until_s = max(self._busy_until_s, now_s)
        while self._ring and len(self._queue) < QUEUE_LINES and not self._owes_resend:
            byte = self._ring.popleft()
            if byte not in b"\r\n":
                self._line.append(byte)
            elif self._line:
                text = self._line[:LONGEST].decode("latin1").lstrip(" ").partition(";")[0]
                self._line.clear()
                self._check(text)

    def _check(self, text: str) -> None:
        """Queue a line, swallow it, or complain about it."""
        if not text.startswith("N"):
            self._queue.append(Executed(None, text.partition("*")[0].strip()))
            return
        renumbers = "M110" in text
        number = _integer(text[text.rfind("N") + 1 :] if renumbers else text[1:])
        if number != self._last + 1 and not renumbers:
            is_repeated = self.dialect is Dialect.NEW and self._last - 1 <= number <= self._last
            if not is_repeated:
                self._complain(OUT_OF_ORDER)
            return
        body, star, told = text.rpartition("*")
        if not star:
            self._complain(NO_CHECKSUM)
        elif _integer(told) != reduce(xor, body.encode("latin1"), 0):
            self._complain(MISMATCH)
        else:
            self._last = number
            self._queue.append(Executed(number, re.sub(r"^N\d+\s*", "", body).strip()))

    def _complain(self, why: str) -> None:
        """The ring is emptied only once this has left the blocking transmitter."""
        self.errors += 1
        self._say(f"Error:{why}{self._last}")
        self._owes_resend = True

    def _ask_again(self) -> None:
        self._ring.clear()
        self._line.clear()
        self._owes_resend = False
        self._say(f"Resend: {self._last + 1}")
        self._say("ok")

    def _execute(self, command: Executed, now_s: float) -> None:
        self._busy_until_s = max(self._busy_until_s, now_s) + COMMAND_S
        if not KNOWN.match(command.text):
            self.unknown += 1
            self._say(f'echo:Unknown command: "{command.text}"')
        else:
            self.executed.append(command)
        self._answer(command.text)

    def _answer(self, text: str) -> None:
        if text.startswith("M114"):
            self._say("X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0")
        if text.startswith("M115"):
            self._say("FIRMWARE_NAME:Marlin (Foreign) PROTOCOL_VERSION:1.0 EXTRUDER_COUNT:1")
        if text.startswith("M105"):
            self._say("ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0")
        elif self._dice.random() >= self.trouble.lost_ok:
            self._say("ok")

    def _say(self, text: str) -> None:
        """An AVR without transmit buffer waits for every byte to leave."""
        begins_s = max(self._busy_until_s, self._talks_until_s)
        for count, byte in enumerate(text.encode("latin1") + b"\n", 1):
            self.said.append((begins_s + count * self.byte_s, bytes([byte])))
        self._talks_until_s = self._busy_until_s = self.said[-1][0]


def _integer(text: str) -> int:
    """Read as `strtol` does: what is no number is 0."""
    found = re.match(r"\s*[+-]?\d+", text)
    return int(found[0]) if found else 0
