"""A mind map as indented lines: what a plain form can hold, and what the editor writes into it."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 8000
"""Letters of a whole map; the design's own limits are narrower and tell which idea is too long."""
TAB: Final = "    "
_MARK: Final = re.compile(r"[-*•–—>]+(?:\s+|$)")


@dataclass(slots=True)
class _Idea:
    """An idea while lines are read; `column` is where its words begin."""

    text: str
    column: int
    children: list["_Idea"] = field(default_factory=list)


def mind_map_of(lines: str) -> bytes | None:
    """The map in the JSON that the design reads; None when there are no words.

    The first line is the middle. A line that stands further right than the one above belongs to it; spaces,
    tabs and dashes move it.
    """
    root: _Idea | None = None
    above: list[_Idea] = []
    for line in lines.splitlines():
        idea = _idea(line)
        if idea is None:
            continue
        if root is None:
            root = idea
            continue
        while above and above[-1].column >= idea.column:
            above.pop()
        (above[-1] if above else root).children.append(idea)
        above.append(idea)
    return None if root is None else json.dumps(_as_json(root), ensure_ascii=False).encode()


def _idea(line: str) -> _Idea | None:
    """One line: where its words begin, and the words in composed letters."""
    flat = unicodedata.normalize("NFC", line.expandtabs(len(TAB)))
    column = len(flat) - len(flat.lstrip())
    words = flat.strip()
    mark = _MARK.match(words)
    if mark is not None:
        column += len(mark.group())
        words = words[mark.end() :]
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    return _Idea(text, column) if text else None


def _as_json(idea: _Idea) -> dict[str, object]:
    return {"text": idea.text, "children": [_as_json(child) for child in idea.children]}
