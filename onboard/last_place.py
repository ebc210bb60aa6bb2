"""Where a program was when it had to end: what somebody needs who wants to finish the part one day."""

import re
from typing import Final

from drivers.gcode import Program
from drivers.types import Progress

_MOVE: Final = re.compile(rb"G[0-3](?!\d)")
_WORD: Final = re.compile(rb"([XYZ])\s*(-?\d+\.?\d*)")


def last_place(program: Program, progress: Progress | None) -> str:
    """Return line and coordinates of the last acknowledged move, as the program names them."""
    if progress is None:
        return "before its first line"
    axes: dict[str, str] = {}
    for number, line in enumerate(program, 1):
        if number > progress.lines_done:
            break
        if _MOVE.match(line):
            axes |= {axis.decode(): value.decode() for axis, value in _WORD.findall(line)}
    place = " ".join(f"{axis}{value}" for axis, value in sorted(axes.items()))
    return f"at line {progress.lines_done} of {progress.lines_total} {place}".rstrip()
