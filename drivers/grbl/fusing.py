"""Whether GRBL could take two lines for one without an error, had the line end between them been damaged."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_LETTER: Final = re.compile(rb"[A-FH-LN-Z]")
"""Each of these may stand in a line once; G and M may be repeated."""
_MOTION: Final = re.compile(rb"G0*[0-3](?![\d.])")
_AXES: Final = frozenset((b"X", b"Y", b"Z"))


def could_fuse(lines: Iterable[bytes]) -> bool:
    """Tell whether any neighbours fuse into a line that cuts another path than the two.

    GRBL refuses a letter or a motion that stands twice; where only one of the lines moves the tool, it moves
    to the same place in one line as in two.

    Source: GRBL 1.1 gcode.c, steps 1 and 4.
    """
    words = (
        (frozenset(_LETTER.findall(line)), bool(_MOTION.search(line))) for line in map(bytes.upper, lines)
    )
    return any(
        bool(first & _AXES and second & _AXES) and not first & second and not (moves and moves_too)
        for (first, moves), (second, moves_too) in pairwise(words)
    )
