"""Refuses hostile or oversized SVG before anything else reads it."""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from jobs.errors import DesignRefusedError, Sentence

MAX_BYTES: Final = 5_000_000
MAX_ELEMENTS: Final = 20_000
MAX_DEPTH: Final = 60
MAX_USE_DEPTH: Final = 5
MAX_NUMBERS: Final = 150_000
_NUMBERS_AN_ELEMENT: Final = 20
"""A shape used many times costs its numbers each time."""

_SVG: Final = "http://www.w3.org/2000/svg"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_ACTIVE: Final = frozenset({"script", "handler", "listener"})
_OUTSIDE: Final = re.compile(r"""@import|url\(\s*["']?\s*(?![\s"'#]|data:)""", re.IGNORECASE)
_EVENT: Final = re.compile(r"on[a-z]+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d*\.?\d+")


@dataclass(slots=True)
class _Group:
    """An element with a name of its own: how much it holds and whom it uses."""

    elements: int = 0
    used: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Guard:
    """Counts while the parser reads; `open_groups` are the named elements around the present one."""

    groups: dict[str, _Group] = field(default_factory=lambda: {"": _Group()})
    open_groups: list[str] = field(default_factory=lambda: [""])
    opened: list[str | None] = field(default_factory=list)
    elements: int = 0
    numbers: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    sheet: list[str] = field(default_factory=list)
    in_sheet: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        namespace, _, tag = name.rpartition(" ")
        if namespace == _XHTML or tag == "foreignObject":
            raise _foreign()
        if tag in _ACTIVE or any(_is_active(*each) for each in attributes.items()):
            raise _active()
        if any(_is_outside(*each) for each in attributes.items()) and tag != "a":
            raise _foreign()
        if not self.opened and (tag != "svg" or namespace not in {_SVG, ""}):
            raise not_svg()
        self.in_sheet = tag == "style"
        self._open(attributes.get("id"))
        self.elements += 1
        numbers = sum(len(_NUMBER.findall(attributes.get(key, ""))) for key in ("d", "points"))
        self.numbers += numbers
        if self.elements > MAX_ELEMENTS or self.numbers > MAX_NUMBERS or len(self.opened) > MAX_DEPTH:
            raise too_complex()
        for group in self.open_groups:
            self.groups[group].elements += 1 + numbers // _NUMBERS_AN_ELEMENT
        if tag == "use":
            self._use(attributes)

    def text(self, data: str) -> None:
        """Keep what a style sheet says, for a look at its links."""
        if self.in_sheet:
            self.sheet.append(data)

    def end(self, _name: str) -> None:
        """Take a closing tag."""
        self.in_sheet = False
        if self.opened.pop() is not None:
            self.open_groups.pop()

    def expanded(self, name: str, depth: int = 0) -> int:
        """Return how many elements a group becomes once every `use` in it is followed."""
        if depth > MAX_USE_DEPTH:
            raise too_complex()
        group = self.groups.get(name)
        if group is None:
            return 0
        if name not in self.sizes:
            total = group.elements
            for used in group.used:
                total += self.expanded(used, depth + 1)
                if total > MAX_ELEMENTS:
                    raise too_complex()
            self.sizes[name] = total
        return self.sizes[name]

    def _open(self, identity: str | None) -> None:
        named = identity if identity and identity not in self.groups else None
        self.opened.append(named)
        if named is not None:
            self.groups[named] = _Group()
            self.open_groups.append(named)

    def _use(self, attributes: dict[str, str]) -> None:
        target = attributes.get("http://www.w3.org/1999/xlink href", attributes.get("href", ""))
        if not target.startswith("#"):
            raise _foreign()
        for group in self.open_groups:
            self.groups[group].used.append(target[1:])


def check_svg(data: bytes) -> None:
    """Read an SVG once without building anything.

    Raises:
        DesignRefusedError: Not an SVG, too large, a DOCTYPE, foreign content, or a `use` bomb.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    guard = _Guard()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.CharacterDataHandler = guard.text
    parser.ProcessingInstructionHandler = _refuse_sheet_link
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes its end mark by position only
    except expat.ExpatError as error:
        raise not_svg() from error
    if _OUTSIDE.search("".join(guard.sheet)):
        raise _foreign()
    guard.expanded("")


def _is_active(name: str, value: str) -> bool:
    """Say whether an attribute would run a program in a browser."""
    link = name.rpartition(" ")[2] == "href" and "".join(value.split()).lower().startswith("javascript:")
    return link or _EVENT.fullmatch(name) is not None


def _is_outside(name: str, value: str) -> bool:
    """Say whether an attribute names something that is not in the drawing itself."""
    link = name.rpartition(" ")[2] in {"href", "src"} and not value.strip().startswith(("#", "data:"))
    return bool(link and value.strip()) or _OUTSIDE.search(value) is not None


def _refuse_sheet_link(target: str, _data: str) -> None:
    if target == "xml-stylesheet":
        raise _foreign()


def _refuse_doctype(*_declaration: object) -> None:
    raise DesignRefusedError(
        "svg_doctype",
        Sentence(
            "Ce dessin contient une déclaration DOCTYPE, refusée ici. Enregistre-le en « SVG simple ».",
            "This drawing holds a DOCTYPE declaration, which is refused here. Save it as “plain SVG”.",
        ),
    )


def too_complex() -> DesignRefusedError:
    """Return the refusal of a drawing with more detail than the machine could use."""
    return DesignRefusedError(
        "svg_too_complex",
        Sentence(
            "Ce dessin contient trop de détails. Simplifie ses chemins et réessaie.",
            "This drawing holds too much detail. Simplify its paths and try again.",
        ),
    )


def _too_large() -> DesignRefusedError:
    return DesignRefusedError(
        "svg_too_large",
        Sentence(
            "Ce fichier dépasse 5 Mo. Simplifie le dessin et réessaie.",
            "This file is larger than 5 MB. Simplify the drawing and try again.",
        ),
    )


def _foreign() -> DesignRefusedError:
    return DesignRefusedError(
        "svg_foreign",
        Sentence(
            "Ce dessin contient une page web ou un lien vers un fichier. Enregistre-le en « SVG simple ».",
            "This drawing holds a web page or a link to another file. Save it as “plain SVG”.",
        ),
    )


def _active() -> DesignRefusedError:
    return DesignRefusedError(
        "svg_script",
        Sentence(
            "Ce dessin contient un programme. Enregistre-le en « SVG simple ».",
            "This drawing holds a program. Save it as “plain SVG”.",
        ),
    )


def not_svg() -> DesignRefusedError:
    """Return the refusal of a file that is no drawing or cannot be read as one."""
    return DesignRefusedError(
        "svg_malformed",
        Sentence(
            "Ce fichier n'est pas un dessin SVG lisible. Exporte-le à nouveau depuis ton logiciel de dessin.",
            "This file is not a readable SVG drawing. Export it again from your drawing program.",
        ),
    )
