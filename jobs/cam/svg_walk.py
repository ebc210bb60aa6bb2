"""Walks through an SVG and yields every shape that is shown, where it lies and how it is painted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from svgelements import (
    Circle,
    Ellipse,
    Length,
    Matrix,
    Path,
    Polygon,
    Polyline,
    Rect,
    Shape,
    SimpleLine,
    Viewbox,
)

from jobs.cam.svg_style import INHERITED, Rule, Style, read_sheets, style_of, tag_of
from jobs.cam.svg_text import text_runs, too_much_text

_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_PPI: Final = 96.0
MOST_SIGNS: Final = 800
_GROUPS: Final = frozenset({"svg", "g", "a", "switch"})
_PERCENT_ROOT: Final = re.compile(r"^\s*(?:[\d.]+%|auto)?\s*$")
_ANY_UNIT: Final = re.compile(r"^\s*[\d.eE+-]+\s*(?:mm|cm|in|pt|pc|Q)\s*$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One shape in pixels of 1/96 inch, y downwards; `lettering` for a text, `pen` in single lines."""

    path: Path
    style: Style
    lettering: bool = False
    pen: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: the coordinates, the size that percentages mean, the style and elements around."""

    matrix: Matrix
    width: float
    height: float
    style: Style
    ancestors: tuple[Element, ...] = ()

    def length(self, text: str | None, relative: float, default: float = 0.0) -> float:
        """Return a length in user units."""
        if text is None or text.strip() in {"", "auto"}:
            return default
        size = Length(text).value(ppi=_PPI, relative_length=relative, font_size=16.0)
        return float(size)


@dataclass(slots=True)
class Walk:
    """One pass over a drawing; `ignored` names what is in it but cannot be milled."""

    root: Element
    one_line: bool
    ignored: set[str] = field(default_factory=set)
    signs: int = 0
    rules: tuple[Rule, ...] = ()
    named: dict[str, Element] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        """Yield the shapes in the order in which they are painted."""
        self.rules = read_sheets(self.root)
        written = 0
        for element in self.root.iter():
            self.named.setdefault(element.get("id", ""), element)
            written += sum(map(len, element.itertext())) if tag_of(element) == "text" else 0
        if written > MOST_SIGNS:
            raise too_much_text(MOST_SIGNS)
        yield from self._element(self.root, _Place(Matrix(), 300.0, 150.0, dict(INHERITED)))

    def _element(self, element: Element, place: _Place) -> Iterator[Figure]:
        """Yield the shapes of an element with all that is in it."""
        tag = tag_of(element)
        style = style_of(element, place.ancestors, place.style, self.rules)
        if style["display"] == "none" or _is_zero(style["opacity"]):
            return
        self.ignored |= {name for name in ("clip-path", "mask") if style[name] != "none"}
        matrix = _matrix(element.get("transform")) * place.matrix
        here = _Place(matrix, place.width, place.height, style, (*place.ancestors, element))
        if tag in _GROUPS:
            yield from self._group(element, tag, here)
        elif tag == "use":
            yield from self._used(element, here)
        elif tag == "text":
            yield from self._text(element, here)
        elif tag == "image":
            self.ignored.add("image")
        elif tag in _SHAPES and style["visibility"] == "visible":
            path = abs(Path(_SHAPES[tag](element, here)))
            # svgelements turns and skews an arc into the wrong ellipse; its curves land right.
            path.approximate_arcs_with_cubics()
            yield Figure(abs(path * matrix), style)

    def _group(self, element: Element, tag: str, here: _Place) -> Iterator[Figure]:
        if tag == "svg":
            here = _viewport(element, here, inner=len(here.ancestors) > 1)
        for child in list(element)[: 1 if tag == "switch" else None]:
            yield from self._element(child, here)

    def _used(self, element: Element, here: _Place) -> Iterator[Figure]:
        target = self.named.get(element.get("href", element.get(_HREF, "")).removeprefix("#"))
        if target is None:
            return
        shift = (
            here.length(element.get("x"), here.width),
            here.length(element.get("y"), here.height),
        )
        moved = _Place(
            Matrix.translate(*shift) * here.matrix, here.width, here.height, here.style, here.ancestors
        )
        if tag_of(target) not in {"symbol", "svg"}:
            yield from self._element(target, moved)
            return
        sized = Element("svg", dict(target.attrib))
        sized.attrib |= {name: element.attrib[name] for name in ("width", "height") if name in element.attrib}
        sized.extend(target)
        yield from self._element(sized, moved)

    def _text(self, element: Element, here: _Place) -> Iterator[Figure]:
        self.signs += sum(map(len, element.itertext()))
        if self.signs > MOST_SIGNS:
            raise too_much_text(MOST_SIGNS)

        def styled(inner: Element, ancestors: tuple[Element, ...], above: Style) -> Style:
            return style_of(inner, ancestors, above, self.rules)

        for run in text_runs(element, here.ancestors, here.style, styled, one_line=self.one_line):
            if run.style["visibility"] == "visible":
                yield Figure(abs(Path(run.path) * here.matrix), run.style, lettering=True, pen=run.pen)


def has_unit(root: Element) -> bool:
    """Say whether the drawing names its size in millimetres, inches or the like."""
    return any(_ANY_UNIT.match(root.get(name, "")) for name in ("width", "height"))


def _viewport(element: Element, here: _Place, *, inner: bool) -> _Place:
    """Return the place inside an `svg`: its `viewBox` laid over its own size."""
    box = [float(number) for number in re.split(r"[\s,]+", element.get("viewBox", "").strip()) if number]
    given = len(box) == 4 and box[2] > 0 and box[3] > 0
    full = (here.width, here.height) if inner or not given else (box[2], box[3])
    wide, high = (element.get(name, "") for name in ("width", "height"))
    if not inner:
        wide, high = ("" if _PERCENT_ROOT.match(text) else text for text in (wide, high))
    width, height = here.length(wide, full[0], full[0]), here.length(high, full[1], full[1])
    if not inner and given and bool(wide) != bool(high):
        # One side alone keeps the proportions of the viewBox.
        width, height = (width, width * box[3] / box[2]) if wide else (height * box[2] / box[3], height)
    x, y = (
        here.length(element.get(name), size) if inner else 0.0
        for name, size in (("x", full[0]), ("y", full[1]))
    )
    if not given:
        return _Place(Matrix.translate(x, y) * here.matrix, width, height, here.style, here.ancestors)
    fit = Viewbox.viewbox_transform(x, y, width, height, *box, element.get("preserveAspectRatio"))
    return _Place(Matrix(fit) * here.matrix, box[2], box[3], here.style, here.ancestors)


def _matrix(text: str | None) -> Matrix:
    return Matrix(text) if text else Matrix()


def _is_zero(text: str) -> bool:
    number = text.strip().removesuffix("%")
    return bool(number) and number.replace(".", "").strip("0") == ""


def _rect(element: Element, here: _Place) -> Shape:
    wide, high = here.width, here.height
    rx, ry = element.get("rx"), element.get("ry")
    return Rect(
        here.length(element.get("x"), wide),
        here.length(element.get("y"), high),
        here.length(element.get("width"), wide),
        here.length(element.get("height"), high),
        here.length(rx if rx not in {None, "auto"} else ry, wide),
        here.length(ry if ry not in {None, "auto"} else rx, high),
    )


def _circle(element: Element, here: _Place) -> Shape:
    middle = (here.length(element.get("cx"), here.width), here.length(element.get("cy"), here.height))
    diagonal = ((here.width**2 + here.height**2) / 2) ** 0.5
    return Circle(*middle, here.length(element.get("r"), diagonal))


def _ellipse(element: Element, here: _Place) -> Shape:
    middle = (here.length(element.get("cx"), here.width), here.length(element.get("cy"), here.height))
    rx, ry = element.get("rx"), element.get("ry")
    return Ellipse(
        *middle,
        here.length(rx if rx not in {None, "auto"} else ry, here.width),
        here.length(ry if ry not in {None, "auto"} else rx, here.height),
    )


def _line(element: Element, here: _Place) -> Shape:
    ends = (("x1", here.width), ("y1", here.height), ("x2", here.width), ("y2", here.height))
    return SimpleLine(*(here.length(element.get(name), size) for name, size in ends))


def _polyline(element: Element, _here: _Place) -> Shape:
    return Polyline(element.get("points", ""))


def _polygon(element: Element, _here: _Place) -> Shape:
    return Polygon(element.get("points", ""))


def _path(element: Element, _here: _Place) -> Shape:
    return Path(element.get("d", ""))


_SHAPES: Final[dict[str, Callable[[Element, _Place], Shape]]] = {
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
    "path": _path,
}
