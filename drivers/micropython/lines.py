"""The lines between the bike and our program on a micro:bit."""

import re
from dataclasses import dataclass
from typing import Final

from drivers.micropython.program import SUM

NUMBERS: Final = re.compile(rb"-?\d{1,6}(,-?\d{1,6}){5,40}")
FIXED: Final = 6
"""Number, off, buttons and three axes come before what a robot has of its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """All outputs: the display from 0 to 9, a pitch, and each pin, below 0 for a level.

    A pin's value is a share of 1023, or -1 for low and -2 for high.
    """

    display: int
    pitch_hz: int
    pins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What the board tells: the number of the line it obeys, whether it has turned all off, what it feels."""

    number: int
    is_off: bool
    pressed_a: bool
    pressed_b: bool
    axes: tuple[int, int, int]
    rest: tuple[int, ...]


def order(number: int, setting: Setting) -> bytes:
    """Return the line that states a setting; the same number again is a sign of life and no more."""
    return summed([number, setting.display, setting.pitch_hz, *setting.pins])


def summed(numbers: list[int]) -> bytes:
    """Return numbers with their sum."""
    return ",".join(str(number) for number in [*numbers, sum(numbers) % SUM]).encode() + b"\n"


def read_status(line: bytes, rest: int) -> Status | None:
    """Return what a line tells; None for a damaged one or for other words."""
    numbers = read_numbers(line)
    if numbers is None or len(numbers) != FIXED + rest:
        return None
    number, off, buttons, x, y, z, *others = numbers
    return Status(number, bool(off), bool(buttons & 1), bool(buttons & 2), (x, y, z), tuple(others))


def read_numbers(line: bytes) -> list[int] | None:
    """Return the numbers of a line whose sum is right."""
    if not NUMBERS.fullmatch(line.strip()):
        return None
    *numbers, total = (int(word) for word in line.strip().split(b","))
    return numbers if sum(numbers) % SUM == total else None
