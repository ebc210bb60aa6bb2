"""How far nothing is missing: arithmetic on record numbers."""

from collections.abc import Iterable
from heapq import merge

Span = tuple[int, int]
"""First and last number, both included."""


def advance(upto: int, present: Iterable[int], gaps: Iterable[Span]) -> int:
    """The highest number with nothing missing below, from `upto` on.

    `present` ascends; `gaps` are spans that will never come.
    """
    for first, last in merge(((seq, seq) for seq in present), sorted(gaps)):
        if first > upto + 1:
            break
        upto = max(upto, last)
    return upto
