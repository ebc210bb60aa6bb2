"""How far nothing is missing: arithmetic on spans of record numbers."""

import json
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""First and last number, both included."""


def advance(upto: int, spans: Iterable[Span]) -> tuple[int, list[Span]]:
    """The highest number with nothing missing below it, and the spans that wait beyond, joined."""
    beyond: list[Span] = []
    for first, last in sorted(spans):
        if not beyond and first <= upto + 1:
            upto = max(upto, last)
        elif beyond and first <= beyond[-1][1] + 1:
            beyond[-1] = (beyond[-1][0], max(beyond[-1][1], last))
        else:
            beyond.append((first, last))
    return upto, beyond


def missing(upto: int, start: int, spans: Iterable[Span]) -> int:
    """How many numbers above `upto` and up to `start` are in no span."""
    _, joined = advance(-1, spans)
    return start - upto - sum(max(0, min(last, start) - max(first, upto + 1) + 1) for first, last in joined)


def written(spans: Sequence[Span]) -> str:
    """Spans as a text for the database."""
    return json.dumps(spans, separators=(",", ":"))


def read(text: str) -> list[Span]:
    """What `written` has made."""
    return [(int(first), int(last)) for first, last in json.loads(text)]
