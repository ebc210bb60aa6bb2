"""The serial side of a simulated Marlin board: a small ring, numbered lines, the emergency parser."""

import re
from dataclasses import dataclass
from typing import Final

RING_BYTES: Final = 127
LONGEST_COMMAND: Final = 95
_EMERGENCY: Final = re.compile(rb"(?:^|\n)\s*(?:N\d+\s*)?(M108|M112|M410)\b")
_NUMBER: Final = re.compile(r"N\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not taken; the ring is emptied with it."""

    text: str


class Ring:
    """Bytes that arrived while the board was busy; what does not fit is lost without a word."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._line = bytearray()
        self.lost = 0

    def put(self, data: bytes) -> None:
        """Take what fits."""
        taken = data[: RING_BYTES - len(self._bytes)]
        self.lost += len(data) - len(taken)
        self._bytes += taken

    def take_line(self) -> bytes | None:
        """Return the next whole line without its end; what there is of the one after moves on too."""
        for at, byte in enumerate(self._bytes):
            if byte in b"\r\n":
                self._line += self._bytes[:at]
                del self._bytes[: at + 1]
                line = bytes(self._line[:LONGEST_COMMAND])
                self._line.clear()
                return line
        self._line += self._bytes
        self._bytes.clear()
        return None

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
    """Marlin's check of `N… *checksum`."""

    def __init__(self) -> None:
        self.last = 0

    def check(self, line: str) -> str | Refusal:
        """Return the bare command, or why it was refused.

        Source: Marlin's `GCodeQueue::get_serial_commands`: a line without a number is never checked.
        """
        if not line.startswith("N"):
            return line.partition("*")[0].strip() if "*" in line else line
        body, star, checksum = line.rpartition("*")
        is_renumbering = "M110" in line
        given = self._given_number(line, is_renumbering=is_renumbering)
        if given != self.last + 1 and not is_renumbering:
            return self._refuse("Line Number is not Last Line Number+1")
        if not star:
            return self._refuse("No Checksum with line number")
        if checksum.strip() != str(_xor(body)):
            return self._refuse("checksum mismatch")
        self.last = given
        # Two lines whose newline was lost may fit the checksum by chance: Marlin then obeys the first.
        return body.partition("*")[0].partition(" ")[2].strip()

    def _given_number(self, line: str, *, is_renumbering: bool) -> int:
        found = _NUMBER.findall(line)
        return int(found[-1 if is_renumbering else 0]) if found else -1

    def _refuse(self, reason: str) -> Refusal:
        return Refusal(f"Error:{reason}, Last Line: {self.last}\nResend: {self.last + 1}\n")


def _xor(text: str) -> int:
    checksum = 0
    for byte in text.encode("latin-1"):
        checksum ^= byte
    return checksum
