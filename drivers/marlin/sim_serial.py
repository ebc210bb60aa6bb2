"""The serial side of a simulated Marlin board: a small ring, numbered lines, the emergency parser."""

import re
from dataclasses import dataclass
from typing import Final

from drivers.marlin.sim_faults import Wish
from drivers.marlin.sim_options import Dialect

RING_BYTES: Final = 127
"""A ring of 128 tells full from empty by one byte that stays free."""
LONGEST_COMMAND: Final = 95
LONG_AGO: Final = 100_000
TO_COME: Final = 50
_EMERGENCY: Final = re.compile(rb"(?:^|\n)\s*(?:N\d+\s*)?(M108|M112|M410)\b")
_NUMBER: Final = re.compile(r"N\s*(\d+)")
_END: Final = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Command:
    """A line that was taken; a fragment is the tail of a torn line that passes for a command of its own."""

    text: str
    number: int | None = None
    is_fragment: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not taken; the ring is emptied with it."""

    error: str
    resend: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A line that was already taken is passed over without an `ok`."""


class Ring:
    """Bytes that arrived while the board was busy; what does not fit is lost without a word."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._line = bytearray()

    def put(self, data: bytes) -> int:
        """Take what fits and return how many bytes did not."""
        taken = data[: RING_BYTES - len(self._bytes)]
        self._bytes += taken
        return len(data) - len(taken)

    def take_line(self) -> bytes | None:
        """Return the next whole line without its end; what there is of the one after moves on too."""
        end = _END.search(self._bytes)
        if end is None:
            self._line += self._bytes
            self._bytes.clear()
            return None
        self._line += self._bytes[: end.start()]
        del self._bytes[: end.end()]
        line = bytes(self._line[:LONGEST_COMMAND])
        self._line.clear()
        return line

    def flush(self) -> None:
        """Forget everything, as Marlin does after a damaged line, even in the middle of the next."""
        self._bytes.clear()
        self._line.clear()


class EmergencyParser:
    """Sees M108, M112 and M410 as their bytes arrive, however busy the board is."""

    def __init__(self) -> None:
        self._tail = b"\n"

    def see(self, data: bytes) -> list[str]:
        """Return the emergency commands that are complete now."""
        text = self._tail + data.replace(b"\r", b"\n")
        whole, newline, rest = text.rpartition(b"\n")
        self._tail = newline + rest[:LONGEST_COMMAND]
        if b"M" not in whole:
            return []
        return [found.decode("ascii") for found in _EMERGENCY.findall(whole + b"\n")]


class LineNumbers:
    """Marlin's check of `N… *checksum`.

    Source: Marlin's `GCodeQueue::get_serial_commands`, 2.1.2, and `get_serial_commands` of 1.1.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.last = 0
        self._dialect = dialect

    def check(self, line: str, wish: Wish | None = None) -> Command | Refusal | Ignored:
        """Return the bare command, or why it was refused; a `wish` refuses every numbered line."""
        if not line.startswith("N"):
            return self._unnumbered(line)
        if wish is not None:
            return self._refuse("checksum mismatch", self._wished(wish))
        body, star, checksum = line.rpartition("*")
        is_renumbering = "M110" in line
        given = self._given_number(line, is_renumbering=is_renumbering)
        if given != self.last + 1 and not is_renumbering:
            return self._out_of_turn(given)
        if not star or checksum.strip() != str(_xor(body)):
            return self._refuse("checksum mismatch" if star else "No Checksum with line number")
        self.last = given
        # Two lines whose newline was lost may fit the checksum by chance: Marlin then obeys the first.
        return Command(body.partition("*")[0].partition(" ")[2].strip(), given)

    def _out_of_turn(self, given: int) -> Refusal | Ignored:
        if self._dialect is Dialect.V2_1 and self.last - 1 <= given <= self.last:
            return Ignored()
        return self._refuse("Line Number is not Last Line Number+1")

    def _unnumbered(self, line: str) -> Command | Refusal:
        text, star, checksum = line.partition("*")
        if star and self._dialect is Dialect.V1_1:
            return self._refuse("No Line Number with checksum")
        return Command(text.strip() if star else line, is_fragment=checksum.isdigit())

    def _given_number(self, line: str, *, is_renumbering: bool) -> int:
        found = _NUMBER.findall(line)
        return int(found[-1 if is_renumbering else 0]) if found else -1

    def _wished(self, wish: Wish) -> int:
        match wish:
            case Wish.PAST:
                return max(1, self.last + 1 - LONG_AGO)
            case Wish.FUTURE:
                return self.last + 1 + TO_COME
            case _:
                return self.last + 1

    def _refuse(self, reason: str, wanted: int | None = None) -> Refusal:
        number = self.last + 1 if wanted is None else wanted
        return Refusal(f"Error:{reason}, Last Line: {self.last}\n", f"Resend: {number}\n")


def _xor(text: str) -> int:
    checksum = 0
    for byte in text.encode("latin-1"):
        checksum ^= byte
    return checksum
