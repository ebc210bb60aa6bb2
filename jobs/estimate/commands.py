"""The commands of a program that matter to its energy, with the moves between them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.energy.meters import FULL_FAN, Command, Stretch
from jobs.estimate.words import Words

_COMMANDS: Final = {
    "G": (4.0, 28.0),
    "M": (2.0, 3.0, 4.0, 5.0, 18.0, 84.0, 104.0, 106.0, 107.0, 109.0, 140.0, 190.0, 400.0),
}


def read_commands(words: Words, first_line: int = 0) -> list[Command]:
    """Return the lines that matter to a program's energy, in order; the first line has this number."""
    found: list[tuple[int, str]] = []
    for letter, wanted in _COMMANDS.items():
        lines, codes = words.codes(letter)
        own = np.isin(codes, wanted)
        found += [
            (line, f"{letter}{code:.0f}")
            for line, code in zip(lines[own].tolist(), codes[own].tolist(), strict=True)
        ]
    if not found:
        return []
    s, p, r = (np.nan_to_num(words.column(letter)) for letter in "SPR")
    s[words.lines_with("M", 106) & ~words.named("S")] = FULL_FAN
    homed = {axis: words.named(axis) for axis in "XYZ"}
    return [
        Command(
            first_line + line,
            word,
            float(s[line]),
            float(p[line]),
            float(r[line]),
            "".join(axis for axis, named in homed.items() if named[line]) if word == "G28" else "",
        )
        for line, word in sorted(found)
    ]


def stretches(
    commands: list[Command], line: IntArray, times_s: FloatArray, filament_mm: FloatArray
) -> Iterator[Stretch]:
    """Yield what is moved before the first command, between each two, and after the last."""
    cuts = np.searchsorted(line, [command.line for command in commands])
    edges = [0, *cuts.tolist(), line.size]
    clock = np.concatenate(([0.0], np.cumsum(times_s)))
    fed = np.concatenate(([0.0], np.cumsum(np.maximum(filament_mm, 0.0))))
    for start, end in pairwise(edges):
        yield Stretch(float(clock[end] - clock[start]), float(fed[end] - fed[start]), end > start)
