"""Reads the words of G-code into columns, one row a line."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.gcode import Program
from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.errors import ProgramRefusedError, Sentence

_LINE_FEED: Final = 0x0A
_LONGEST: Final = 18
"""Characters of a number: its digits fit 64 bits, and no machine reads more."""

_IN_NUMBER: Final = np.isin(np.arange(256), np.frombuffer(b"0123456789+-.", np.uint8))
_TENTHS: Final = 10.0 ** np.arange(_LONGEST + 1)
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Words:
    """What every line says.

    Attributes:
        lines: Number of lines.
        line: Line of each word, in order.
        letter: Letter of each word.
        number: Number of each word, NaN when it is bare (`G28 X`).
    """

    lines: int
    line: IntArray
    letter: Bytes
    number: FloatArray

    def has(self, letter: str) -> bool:
        """Say whether any line has a word of this letter."""
        return bool((self.letter == ord(letter)).any())

    def column(self, letter: str) -> FloatArray:
        """Return one number a line, NaN where the word is absent or bare; the last one of a line counts."""
        own = self.letter == ord(letter)
        column = np.full(self.lines, np.nan)
        column[self.line[own]] = self.number[own]
        return column

    def named(self, letters: str) -> BoolArray:
        """Say of each line whether it has a word of any of these letters, with or without a number."""
        found = np.zeros(self.lines, np.bool_)
        for letter in letters:
            found[self.line[self.letter == ord(letter)]] = True
        return found

    def codes(self, letter: str) -> tuple[IntArray, FloatArray]:
        """Return the line and the number of each G or M word, in order."""
        own = self.letter == ord(letter)
        return self.line[own], self.number[own]

    def lines_with(self, letter: str, *numbers: float) -> BoolArray:
        """Say of each line whether it has one of these commands."""
        line, code = self.codes(letter)
        found = np.zeros(self.lines, np.bool_)
        found[line[np.isin(code, numbers)]] = True
        return found


def read_words(program: Program) -> Words:
    """Split a program into words.

    Raises:
        ProgramRefusedError: A word's number cannot be read.
    """
    return read_text(program.data)


def read_text(text: bytes) -> Words:
    """Split bare lines into words with whole-array steps: 200,000 lines take a fraction of a second.

    Raises:
        ProgramRefusedError: A word's number cannot be read.
    """
    packed = text.upper().replace(b" ", b"").replace(b"\t", b"").replace(b"\r", b"")
    if not packed.endswith(b"\n"):
        packed += b"\n"
    characters = np.frombuffer(packed + b"\n" * (_LONGEST + 2), np.uint8)
    ends = np.flatnonzero(characters[: len(packed)] == _LINE_FEED)
    at = np.flatnonzero((characters - np.uint8(ord("A"))) < 26)
    return Words(ends.size, np.searchsorted(ends, at), characters[at], _numbers(characters, at + 1))


def _numbers(characters: Bytes, at: IntArray) -> FloatArray:
    """Read the number that starts at each place; NaN where there is none."""
    first = characters[at]
    starts = _IN_NUMBER[first]
    minus = first == ord("-")
    place = at + (minus | (first == ord("+")))
    value, digits, decimals = _digits(characters, place, starts)
    if np.any(starts & (digits == 0)):
        raise _unreadable()
    numbers = value / _TENTHS[decimals]
    return np.where(starts, np.where(minus, -numbers, numbers), np.nan)


def _digits(characters: Bytes, place: IntArray, starts: BoolArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Read digits column by column: the whole number they make, how many they are, how many after a point."""
    value = np.zeros(place.size, np.int64)
    digits, decimals = np.zeros(place.size, np.int64), np.zeros(place.size, np.int64)
    dotted = np.zeros(place.size, np.bool_)
    live = starts
    for step in range(_LONGEST + 1):
        character = characters[place + step]
        digit = character - np.uint8(48)
        is_digit, is_point = live & (digit < 10), live & (character == ord("."))
        if np.any(is_point & dotted) or np.any(live & ((character == ord("+")) | (character == ord("-")))):
            raise _unreadable()
        live = is_digit | is_point
        if not live.any():
            return value.astype(np.float64), digits, decimals
        value = np.where(is_digit, value * 10 + digit, value)
        digits += is_digit
        decimals += is_digit & dotted
        dotted |= is_point
    raise _unreadable()


def _unreadable() -> ProgramRefusedError:
    return ProgramRefusedError(
        "unreadable_number",
        Sentence(
            "Un nombre du programme est illisible. Prépare le fichier à nouveau.",
            "A number of the program cannot be read. Prepare the file again.",
        ),
    )
