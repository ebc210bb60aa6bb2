"""Says in French what drivers say in English: known sentences, word for word, and nothing else."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jobs.french import line, mill, printer, robot

_TABLES: Final = (line.SENTENCES, printer.SENTENCES, mill.SENTENCES, robot.SENTENCES)
_GAP: Final = re.compile(r"\{(\w+)\}")
_LONGEST: Final = 2_000
"""A machine's words are hostile text: what is longer is none of our sentences."""


def in_french(text: str) -> str | None:
    """A sentence of a driver in French; None for what no driver of ours says, such as a machine's own words.

    What stands in a gap of a sentence (`{reason}`) is said in French too where it is known.
    """
    return _said(text) if 0 < len(text) <= _LONGEST else None


@lru_cache(maxsize=512)
def _said(text: str) -> str | None:
    exact = _EXACT.get(text)
    if exact is not None:
        return exact
    for pattern, french in _PATTERNS:
        if found := pattern.fullmatch(text):
            gaps = {name: _said(gap) or gap for name, gap in found.groupdict().items()}
            return french.format_map(gaps)
    return None


def _pattern(english: str) -> re.Pattern[str]:
    """A gap takes as little as it can, and no line end."""
    pieces = _GAP.split(english)
    words = (f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
    return re.compile("".join(words))


def _sorted(
    tables: tuple[Mapping[str, str], ...],
) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Whole sentences, and those with gaps, of which the one with the most words of its own comes first."""
    pairs = [pair for table in tables for pair in table.items()]
    gappy = sorted((pair for pair in pairs if _GAP.search(pair[0])), key=lambda pair: -len(pair[0]))
    exact = {english: french for english, french in pairs if not _GAP.search(english)}
    return exact, [(_pattern(english), french) for english, french in gappy]


_EXACT, _PATTERNS = _sorted(_TABLES)
