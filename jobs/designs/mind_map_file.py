"""Reads a mind map: FreeMind or Freeplane (.mm), OPML, or our own JSON of `text` and `children`."""

import html
import json
import re
from dataclasses import dataclass, field
from typing import Final

from jobs.designs.topics import Topic
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.refusals import refused
from jobs.intake.xml_events import parse_xml

MAX_BYTES: Final = 2_000_000
MAX_TOPICS: Final = 60
MAX_DEPTH: Final = 8
LONGEST_TOPIC: Final = 80
NO_WORDS: Final = "..."
"""What stands for a topic that holds no words, such as one with only a picture."""
_TAG: Final = re.compile(r"<[^<>]*>")


def read_mind_map(file: bytes) -> Topic:
    """Read a mind map, whatever its format.

    Raises:
        DesignRefusedError: it is malformed or hostile, or has too many, too deep or too long topics.
    """
    if len(file) > MAX_BYTES:
        raise refused("too-heavy")
    found = _json(file) if file.lstrip()[:1] == b"{" else _xml(file)
    return _finished(found, 1)


@dataclass(slots=True)
class _Draft:
    """A topic while it is read; `words` collects the text of rich content."""

    text: str | None
    children: list["_Draft"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    """What the XML has told so far: the topics that are open, and where text belongs."""

    kind: str = ""
    roots: list[_Draft] = field(default_factory=list)
    opened: list[_Draft] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    count: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        if not self.inside:
            self.kind = {"map": "node", "opml": "outline"}.get(name, "")
        self.inside.append(name if name != "richcontent" else f"richcontent {attributes.get('TYPE', '')}")
        if name != self.kind:
            return
        self.count += 1
        if self.count > MAX_TOPICS:
            raise _too_many()
        topic = _Draft(attributes.get("TEXT") if self.kind == "node" else attributes.get("text"))
        (self.opened[-1].children if self.opened else self.roots).append(topic)
        self.opened.append(topic)

    def end(self, name: str) -> None:
        """Take a closing tag."""
        self.inside.pop()
        if name == self.kind:
            self.opened.pop()

    def text(self, words: str) -> None:
        """Take text: the title of an outline, or the rich content of a topic."""
        if self.inside[-1] == "title" and not self.opened:
            self.title.append(words)
        elif self.opened and "richcontent NODE" in self.inside:
            self.opened[-1].words.append(words)


def _xml(file: bytes) -> _Draft:
    """Read FreeMind, Freeplane or OPML."""
    reader = _Reader()
    parse_xml([file], reader.start, reader.end, reader.text)
    if not reader.roots:
        raise DesignRefusedError(
            "not-a-mind-map",
            Sentence(
                "Ce fichier n'est pas une carte mentale. Apporte un fichier .mm ou OPML.",
                "This file is not a mind map. Bring a .mm or OPML file.",
            ),
        )
    if len(reader.roots) == 1:
        return reader.roots[0]
    return _Draft("".join(reader.title), reader.roots)


def _json(file: bytes) -> _Draft:
    """Read our own JSON."""
    try:
        whole = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise refused("broken") from error
    return _from_json(whole, 1, [0])


def _from_json(node: object, depth: int, count: list[int]) -> _Draft:
    count[0] += 1
    if count[0] > MAX_TOPICS:
        raise _too_many()
    if depth > MAX_DEPTH:
        raise _too_deep()
    if not isinstance(node, dict) or node.keys() - {"text", "children"}:
        raise refused("broken")
    text, children = node.get("text"), node.get("children", [])
    if not isinstance(text, str) or not isinstance(children, list):
        raise refused("broken")
    return _Draft(text, [_from_json(child, depth + 1, count) for child in children])


def _finished(draft: _Draft, depth: int) -> Topic:
    """Check depth and length, and take words out of rich text."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    text = " ".join(_plain(draft).split())
    if len(text) > LONGEST_TOPIC:
        raise DesignRefusedError(
            "topic-length",
            Sentence(
                f"« {text[:20]}… » est trop long : {LONGEST_TOPIC} lettres au plus par idée.",
                f"“{text[:20]}…” is too long: {LONGEST_TOPIC} letters at most for each idea.",
            ),
        )
    return Topic(text or NO_WORDS, tuple(_finished(child, depth + 1) for child in draft.children))


def _plain(draft: _Draft) -> str:
    """The words of a topic; some programs write HTML into the attribute itself."""
    text = " ".join(draft.words) if draft.text is None else draft.text
    if text.lstrip().lower().startswith("<html"):
        return html.unescape(_TAG.sub(" ", text))
    return text


def _too_many() -> DesignRefusedError:
    return DesignRefusedError(
        "too-many-topics",
        Sentence(
            f"Cette carte a trop d'idées : {MAX_TOPICS} au plus sur une plaque.",
            f"This map has too many ideas: {MAX_TOPICS} at most on a plate.",
        ),
    )


def _too_deep() -> DesignRefusedError:
    return DesignRefusedError(
        "too-deep",
        Sentence(
            f"Cette carte a trop de niveaux : {MAX_DEPTH} au plus.",
            f"This map has too many levels: {MAX_DEPTH} at most.",
        ),
    )
