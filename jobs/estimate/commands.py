"""The commands of a program that matter to its energy, with the moves between them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.energy.meters import FULL_FAN, Command, Stretch
from jobs.estimate.words import Words

_COMMANDS_G: Final = (4.0, 28.0)
_COMMANDS_M: Final = (2.0, 3.0, 4.0, 5.0, 18.0, 84.0, 104.0, 106.0, 107.0, 109.0, 140.0, 190.0, 400.0)


def read_commands(words: Words) -> list[Command]:
    """Return the lines of a program that matter to its energy, in order."""
    found: list[tuple[int, str]] = []
    for letter, lines, codes, wanted in (
        ("G", words.g_line, words.g_code, _COMMANDS_G),
        ("M", words.m_line, words.m_code, _COMMANDS_M),
    ):
        own = np.isin(codes, wanted)
        found += [
            (line, f"{letter}{code:.0f}")
            for line, code in zip(lines[own].tolist(), codes[own].tolist(), strict=True)
        ]
    p_table, r_table = (np.nan_to_num(words.values[letter]) for letter in "PR")
    bare_fan = words.lines_with_m(106) & ~words.named["S"]
    s_table = np.where(bare_fan, FULL_FAN, np.nan_to_num(words.values["S"]))
    return [
        Command(line, word, float(s_table[line]), float(p_table[line]), float(r_table[line]))
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
