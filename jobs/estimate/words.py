"""Reads the words of a G-code program into columns, one row a line."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.gcode import Program
from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.errors import ProgramRefusedError, Sentence

_NUMBER_BYTES: Final = b"0123456789+-."
_NUMBERS_ONLY: Final = bytes(byte if byte in _NUMBER_BYTES else 0x20 for byte in range(256))
_IN_NUMBER: Final = np.isin(np.arange(256), np.frombuffer(_NUMBER_BYTES, np.uint8))
_LINE_FEED: Final = 0x0A
_TABLED: Final = "XYZEFIJRPS"


@dataclass(frozen=True, slots=True)
class Words:
    """What every line says.

    Attributes:
        lines: Number of lines.
        values: Letter → one number a line, NaN where the word is absent or bare.
        named: Letter → whether the line has the word at all, with or without a number (`G28 X`).
        g_line: Lines of the G words, in order.
        g_code: Numbers of the G words, beside `g_line`.
        m_line: Lines of the M words, in order.
        m_code: Numbers of the M words, beside `m_line`.
    """

    lines: int
    values: dict[str, FloatArray]
    named: dict[str, BoolArray]
    g_line: IntArray
    g_code: FloatArray
    m_line: IntArray
    m_code: FloatArray

    def lines_with_g(self, *codes: float) -> BoolArray:
        """Say of each line whether it has one of these G words."""
        found = np.zeros(self.lines, np.bool_)
        found[self.g_line[np.isin(self.g_code, codes)]] = True
        return found

    def lines_with_m(self, *codes: float) -> BoolArray:
        """Say of each line whether it has one of these M words."""
        found = np.zeros(self.lines, np.bool_)
        found[self.m_line[np.isin(self.m_code, codes)]] = True
        return found


def read_words(program: Program) -> Words:
    """Split a program into words with whole-array steps: 200,000 lines take a fraction of a second.

    Raises:
        ProgramRefusedError: A word's number cannot be read.
    """
    text = program.data.upper().replace(b" ", b"").replace(b"\t", b"") + b"\n"
    letters_at, letters, numbers = _split(text)
    line = np.searchsorted(np.flatnonzero(np.frombuffer(text, np.uint8) == _LINE_FEED), letters_at)
    values: dict[str, FloatArray] = {}
    named: dict[str, BoolArray] = {}
    for letter in _TABLED:
        own = letters == ord(letter)
        values[letter] = np.full(program.line_count, np.nan)
        values[letter][line[own]] = numbers[own]
        named[letter] = np.zeros(program.line_count, np.bool_)
        named[letter][line[own]] = True
    is_g, is_m = letters == ord("G"), letters == ord("M")
    return Words(program.line_count, values, named, line[is_g], numbers[is_g], line[is_m], numbers[is_m])


def _split(text: bytes) -> tuple[IntArray, npt.NDArray[np.uint8], FloatArray]:
    """Return the places of all letters, the letters, and the number behind each (NaN when bare)."""
    characters = np.frombuffer(text, np.uint8)
    letters_at = np.flatnonzero((characters >= ord("A")) & (characters <= ord("Z")))
    has_number = _IN_NUMBER[characters[letters_at + 1]]
    parsed = _numbers(text)
    if parsed.size != np.count_nonzero(has_number):
        raise _unreadable()
    numbers = np.full(letters_at.size, np.nan)
    numbers[has_number] = parsed
    return letters_at, characters[letters_at], numbers


def _numbers(text: bytes) -> FloatArray:
    stripped = text.translate(_NUMBERS_ONLY).strip()
    try:
        return np.fromstring(stripped.decode("ascii"), np.float64, sep=" ") if stripped else np.empty(0)
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> ProgramRefusedError:
    return ProgramRefusedError(
        "unreadable_number",
        Sentence(
            "Un nombre du programme est illisible. Prépare le fichier à nouveau.",
            "A number of the program cannot be read. Prepare the file again.",
        ),
    )
