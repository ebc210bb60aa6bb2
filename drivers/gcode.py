"""G-code lines and programs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PARENTHESES = re.compile(rb"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Program:
    """An ordered run of G-code lines without comments or blanks, ready for the wire.

    `data` holds the lines, each ended by one newline; it is one blob so that 200,000 lines stay near 7 MB.
    """

    data: bytes
    line_count: int

    @classmethod
    def from_lines(cls, lines: Iterable[bytes]) -> "Program":
        """Keep what a machine executes of each line; comments, blanks and line ends go."""
        data = bytearray()
        for line in lines:
            if bare := strip_comment(line):
                data += bare + b"\n"
        return cls(bytes(data), data.count(b"\n"))

    @classmethod
    def from_bytes(cls, text: bytes) -> "Program":
        """Read a whole G-code file."""
        return cls.from_lines(text.splitlines())

    @classmethod
    def from_file(cls, path: Path) -> "Program":
        """Read a G-code file without holding its comments in memory."""
        with path.open("rb") as file:
            return cls.from_lines(piece for line in file for piece in line.splitlines())

    def __iter__(self) -> Iterator[bytes]:
        """Yield each line without its newline, holding one line at a time."""
        start = 0
        while (end := self.data.find(b"\n", start)) >= 0:
            yield self.data[start:end]
            start = end + 1


def strip_comment(line: bytes) -> bytes:
    """Return what a machine executes of a line: no `;` comment, no `(…)` comment, no outer spaces."""
    bare = line.split(b";", 1)[0]
    if b"(" in bare:
        bare = _PARENTHESES.sub(b"", bare)
    return bare.strip()
