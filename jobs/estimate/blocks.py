"""Cuts G-code into blocks of whole bare lines, so that a program of any length needs little memory."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jobs.errors import ProgramRefusedError, Sentence

BLOCK_BYTES: Final = 256 * 1024
"""Its columns stay in the processor's cache."""

_COMMENTS: Final = re.compile(rb";[^\n]*|\([^)\n]*\)|\*\d+")
_NO_GCODE: Final = re.compile(
    rb"^[ \t]*(?:[^\sA-Za-z\d(;]|[A-Za-z][A-Za-z_@]|[Mm](?:23|28|30|32|36|117|118|486|862|928)(?!\d))[^\n]*",
    re.MULTILINE,
)
"""Lines with free text or file names, and the words of other hosts (`EXCLUDE_OBJECT_START`, `@pause`)."""


def blocks_of(data: bytes) -> Iterator[bytes]:
    """Yield a checked program in blocks."""
    view, start = memoryview(data), 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + BLOCK_BYTES) + 1
        if end <= start:
            end = data.find(b"\n", start) + 1 or len(data)
        yield bytes(view[start:end])
        start = end


def blocks_of_file(path: Path) -> Iterator[bytes]:
    """Yield what a machine would read of a G-code file, whatever a slicer wrote beside.

    Raises:
        OSError: The file cannot be read.
        ProgramRefusedError: It has no lines.
    """
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(BLOCK_BYTES):
            whole, cut, rest = (rest + piece).rpartition(b"\n")
            if cut:
                yield bare(whole)
            elif len(rest) > 4 * BLOCK_BYTES:
                raise _no_lines()
        if rest:
            yield bare(rest)


def bare(text: bytes) -> bytes:
    """Leave out comments, checksums and lines that are no G-code; the number of lines stays."""
    text = _COMMENTS.sub(b"", text) if any(mark in text for mark in b";(*") else text
    return _NO_GCODE.sub(b"", text) + b"\n"


def _no_lines() -> ProgramRefusedError:
    return ProgramRefusedError(
        "no-lines",
        Sentence("Ce fichier n'est pas du G-code.", "This file is no G-code: it has no lines."),
    )
