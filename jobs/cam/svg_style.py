"""Works out how each element of an SVG is painted: style sheets, attributes, inheritance."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from jobs.cam.svg_guard import too_complex

Declarations = dict[str, tuple[str, bool]]
"""Property to value, with whether it is `!important`."""

Style = dict[str, str]
"""Property to value, as it holds for one element."""

INHERITED: Final[Style] = {
    "fill": "black",
    "stroke": "none",
    "stroke-width": "1",
    "fill-rule": "nonzero",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "color": "black",
    "visibility": "visible",
    "font-size": "16",
    "font-family": "",
    "font-weight": "normal",
    "text-anchor": "start",
}
_OWN: Final[Style] = {"display": "inline", "opacity": "1", "clip-path": "none", "mask": "none"}
_MOST_TRIALS: Final = 2_000_000
"""Rules times elements: more is no drawing but an attack on our time."""

_KNOWN: Final = frozenset({*INHERITED, *_OWN})

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE: Final = re.compile(r"([{};])")
_SIMPLE: Final = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one element must be: its tag ("" for any), identity and classes."""

    tag: str
    identities: frozenset[str]
    classes: frozenset[str]

    def fits(self, element: Element) -> bool:
        return (
            self.tag in {"", tag_of(element)}
            and self.identities <= {element.get("id", "")}
            and self.classes <= set(element.get("class", "").split())
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector: compounds from the outermost to the element itself, `child` where the next is a child."""

    compounds: tuple[_Compound, ...]
    child: tuple[bool, ...]
    declarations: Declarations

    @property
    def weight(self) -> tuple[int, int, int]:
        """Identities, classes, tags: what makes one rule win over another."""
        return (
            sum(len(each.identities) for each in self.compounds),
            sum(len(each.classes) for each in self.compounds),
            sum(bool(each.tag) for each in self.compounds),
        )

    def fits(self, element: Element, ancestors: tuple[Element, ...]) -> bool:
        """Say whether the rule is about an element below its ancestors, outermost first."""
        if not self.compounds[-1].fits(element):
            return False
        above = len(ancestors)
        for compound, child in zip(self.compounds[-2::-1], self.child[::-1], strict=True):
            places = range(above - 1, max(above - 2, -1) if child else -1, -1)
            above = next((place for place in places if compound.fits(ancestors[place])), -1)
            if above < 0:
                return False
        return True


def tag_of(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def read_sheets(root: Element) -> tuple[Rule, ...]:
    """Return the rules of every style sheet in the drawing, weakest first; what is not understood is left."""
    text = "".join("".join(each.itertext()) for each in root.iter() if tag_of(each) == "style")
    blocks = _blocks(_COMMENT.sub("", text))
    rules = [rule for selectors, body in blocks for rule in _rules(selectors, body)]
    if len(rules) * sum(1 for _ in root.iter()) > _MOST_TRIALS:
        raise too_complex()
    return tuple(sorted(rules, key=lambda rule: rule.weight))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield selectors with what stands between their braces; at-rules and what is in them are left out."""
    depth = 0
    head, body = "", list[str]()
    for piece in _BRACE.split(text):
        if piece == "{":
            depth += 1
            body = [] if depth == 1 else body
        elif piece == "}":
            if depth == 1 and not head.lstrip().startswith("@"):
                yield head, "".join(body)
            depth = max(0, depth - 1)
            head = head if depth else ""
        elif depth == 0:
            head = "" if piece == ";" else piece
        elif depth == 1:
            body.append(piece)


def _rules(selectors: str, body: str) -> Iterator[Rule]:
    declarations = _declarations(body)
    for selector in selectors.split(","):
        words = selector.replace(">", " > ").split()
        names = [word for word in words if word != ">"]
        compounds = [found for found in map(_compound, names) if found is not None]
        if names and len(compounds) == len(names) and ">" not in {words[0], words[-1]}:
            child = tuple(
                words[place - 1] == ">" for place, word in enumerate(words) if word != ">" and place
            )
            yield Rule(tuple(compounds), child, declarations)


def _compound(word: str) -> _Compound | None:
    found = _SIMPLE.fullmatch(word)
    if found is None:
        return None
    tag, rest = found.group(1) or "", found.group(2)
    marks = re.findall(r"([.#])([\w-]+)", rest)
    return _Compound(
        "" if tag == "*" else tag,
        frozenset(name for mark, name in marks if mark == "#"),
        frozenset(name for mark, name in marks if mark == "."),
    )


def _declarations(body: str) -> Declarations:
    found: Declarations = {}
    for piece in body.split(";"):
        name, _, value = piece.partition(":")
        value, important, _ = value.partition("!important")
        if name.strip().lower() in _KNOWN and value.strip():
            found[name.strip().lower()] = (value.strip(), bool(important))
    return found


def style_of(
    element: Element, ancestors: tuple[Element, ...], above: Style, rules: tuple[Rule, ...]
) -> Style:
    """Return how an element is painted; `above` is the style of the element around it."""
    written: Declarations = {name: (element.attrib[name], False) for name in _KNOWN & element.attrib.keys()}
    for rule in rules:
        if rule.declarations and rule.fits(element, ancestors):
            _lay_over(written, rule.declarations)
    _lay_over(written, _declarations(element.get("style", "")))
    style = {name: above.get(name, value) for name, value in INHERITED.items()} | _OWN
    for name, (value, _) in written.items():
        if value not in {"inherit", "unset"}:
            style[name] = value
        elif name in _OWN:
            style[name] = above.get(name, _OWN[name])
    return style


def _lay_over(written: Declarations, later: Declarations) -> None:
    """Let later declarations win, but not over important ones."""
    for name, (value, important) in later.items():
        if important or not written.get(name, ("", False))[1]:
            written[name] = (value, important)
