"""G-code lines taken apart into words; a line that is not a run of letters and numbers is refused."""

import re
from typing import NoReturn

from jobs.errors import JobError, Sentence

Word = tuple[bytes, bytes]
"""A letter and its number as canonical text, which is what the gate writes again."""

LINE_LIMIT = 80


def plain_number(decimals: int) -> bytes:
    """Return the pattern of a number that may go to the machine as it is written."""
    return rb"-?(?>\d{1,6}(?:\.\d{1,%d})?+|\.\d{1,%d})" % (decimals, decimals)


_PLAIN = {
    decimals: re.compile(rb"(?:[A-Z](?:" + plain_number(decimals) + rb")?+ ?+)++") for decimals in (3, 5)
}
_LINE = re.compile(rb"(?:[A-Z] ?[-+]?\d{0,6}(?:\.\d{0,9})? *+)++")
_WORD = re.compile(rb"([A-Z]) ?([-+]?[\d.]*)")


class LineRefusedError(JobError):
    """One line is not allowed; the gate adds its number."""


def refuse(code: str, fr: str, en: str) -> NoReturn:
    """Stop at this line.

    Raises:
        LineRefusedError: always.
    """
    raise LineRefusedError(code, Sentence(fr, en))


def words_of(line: bytes, decimals: int) -> list[Word]:
    """Take a bare line apart; numbers come back with at most 3 or 5 decimals."""
    if _PLAIN[decimals].fullmatch(line):
        return _WORD.findall(line)
    upper = line.upper().replace(b"\t", b" ")
    if _LINE.fullmatch(upper) is None:
        refuse(
            "syntax",
            "ce n'est pas du G-code que la machine comprend.",
            "this is no G-code the machine understands.",
        )
    return [(letter, _canonical(text, decimals)) for letter, text in _WORD.findall(upper)]


def join(words: list[Word]) -> bytes:
    """Write words as one line.

    Raises:
        LineRefusedError: the line is longer than the machine's buffer takes.
    """
    line = b" ".join([letter + text for letter, text in words])
    if len(line) > LINE_LIMIT:
        refuse(
            "too-long",
            f"la ligne dépasse {LINE_LIMIT} caractères.",
            f"the line is longer than {LINE_LIMIT} characters.",
        )
    return line


def values_of(words: list[Word], allowed: bytes) -> dict[bytes, float]:
    """Read the arguments of one command; each letter once, each with a number, none but the allowed ones."""
    values: dict[bytes, float] = {}
    for letter, text in words:
        if letter not in allowed or letter in values or not text:
            name = letter.decode("ascii")
            refuse(
                "word",
                f"« {name} » est de trop ou incomplet ici.",
                f"“{name}” is out of place or incomplete here.",
            )
        values[letter] = float(text)
    return values


def flags_of(words: list[Word], allowed: bytes) -> bytes:
    """Read arguments whose number does not matter; each letter once."""
    letters = b"".join(letter for letter, _ in words)
    if len(set(letters)) != len(letters) or any(letter not in allowed for letter in letters):
        refuse("word", "un mot est de trop ici.", "a word is out of place here.")
    return letters


def within(value: float, low: float, high: float, fr: str, en: str) -> None:
    """Refuse a number outside its range, saying both.

    Raises:
        LineRefusedError: the value is outside.
    """
    if not low <= value <= high:
        refuse(
            "range",
            f"{fr} {value:g} est hors des limites ({low:g} à {high:g}).",
            f"{en} {value:g} is out of bounds ({low:g} to {high:g}).",
        )


def _canonical(text: bytes, decimals: int) -> bytes:
    """Round a number to the decimals the machine reads; a bare letter stays bare."""
    if not text:
        return text
    try:
        rounded = b"%.*f" % (decimals, float(text))
    except ValueError:
        refuse("syntax", "un nombre est incomplet.", "a number is incomplete.")
    short = rounded.rstrip(b"0").rstrip(b".") if b"." in rounded else rounded
    return b"0" if short in {b"-0", b""} else short
