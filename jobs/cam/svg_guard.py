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

_SVG: Final = "http://www.w3.org/2000/svg"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
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

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        namespace, _, tag = name.rpartition(" ")
        if namespace == _XHTML or tag == "foreignObject":
            raise _foreign()
        if not self.opened and (tag != "svg" or namespace not in {_SVG, ""}):
            raise not_svg()
        self._open(attributes.get("id"))
        self.elements += 1
        self.numbers += sum(len(_NUMBER.findall(attributes.get(key, ""))) for key in ("d", "points"))
        if self.elements > MAX_ELEMENTS or self.numbers > MAX_NUMBERS or len(self.opened) > MAX_DEPTH:
            raise too_complex()
        for group in self.open_groups:
            self.groups[group].elements += 1
        if tag == "use":
            self._use(attributes)

    def end(self, _name: str) -> None:
        """Take a closing tag."""
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
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes its end mark by position only
    except expat.ExpatError as error:
        raise not_svg() from error
    guard.expanded("")


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


def not_svg() -> DesignRefusedError:
    """Return the refusal of a file that is no drawing or cannot be read as one."""
    return DesignRefusedError(
        "svg_malformed",
        Sentence(
            "Ce fichier n'est pas un dessin SVG lisible. Exporte-le à nouveau depuis ton logiciel de dessin.",
            "This file is not a readable SVG drawing. Export it again from your drawing program.",
        ),
    )
