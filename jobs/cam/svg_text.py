"""Lays out the texts of an SVG as paths: lines, anchors, nested spans."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from svgelements import Length, Matrix, Path

from jobs.cam.letters import FEW_SIGNS, Glyphs, composed, outlined, refuse_missing, single_line
from jobs.cam.svg_style import Style, tag_of
from jobs.errors import DesignRefusedError, Sentence

_ONE_LINE_FAMILY: Final = re.compile(r"hershey|single.?line|one.?line|relief", re.IGNORECASE)
_BOLD: Final = re.compile(r"bold|[6-9]00")
_SIZES: Final = {"small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_ANCHORS: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}

Styled = Callable[[Element, tuple[Element, ...], Style], Style]
"""Gives the style of an element below its ancestors, inside a style."""


@dataclass(frozen=True, slots=True)
class TextRun:
    """Letters of one style as one path in the coordinates of the text; `pen` when in single lines."""

    path: Path
    style: Style
    pen: bool


@dataclass(slots=True)
class _Layout:
    """Where the pen stands; `chunk` holds what moves together when the line is anchored."""

    x: float = 0.0
    y: float = 0.0
    start: float = 0.0
    chunk: list[TextRun] = field(default_factory=list)
    signs: int = 0
    spaced: bool = True

    def anchored(self) -> Iterator[TextRun]:
        """Give away the letters of the line so far, moved to their anchor."""
        if self.chunk:
            share = _ANCHORS.get(self.chunk[0].style["text-anchor"], 0.0)
            shift = Matrix.translate(-share * (self.x - self.start), 0.0)
            yield from (TextRun(run.path * shift, run.style, run.pen) for run in self.chunk)
        self.chunk = []
        self.start = self.x


def text_runs(
    element: Element, ancestors: tuple[Element, ...], style: Style, styled: Styled, *, one_line: bool
) -> Iterator[TextRun]:
    """Yield the letters of a `text` with its `tspan`s; `one_line` draws all of them in single lines.

    Raises:
        DesignRefusedError: A character cannot be written, or there is too much text.
    """
    layout = _Layout()
    yield from _spans(element, ancestors, style, styled, (layout, one_line))
    yield from layout.anchored()


def _spans(
    element: Element,
    ancestors: tuple[Element, ...],
    style: Style,
    styled: Styled,
    page: tuple[_Layout, bool],
) -> Iterator[TextRun]:
    layout, one_line = page
    if style["display"] == "none":
        return
    yield from _moved(element, layout)
    _write(element.text, style, layout, one_line=one_line)
    for child in element:
        if tag_of(child) in {"tspan", "a"}:
            below = (*ancestors, element)
            yield from _spans(child, below, styled(child, below, style), styled, page)
        _write(child.tail, style, layout, one_line=one_line)


def _moved(element: Element, layout: _Layout) -> Iterator[TextRun]:
    """Move the pen where the element says; an absolute place begins a new line."""
    places = {name: _first(element.get(name)) for name in ("x", "y", "dx", "dy")}
    if places["x"] is not None or places["y"] is not None:
        yield from layout.anchored()
        layout.x = layout.start = layout.x if places["x"] is None else places["x"]
        layout.y = layout.y if places["y"] is None else places["y"]
        layout.spaced = True
    layout.x += places["dx"] or 0.0
    layout.y += places["dy"] or 0.0


def _first(text: str | None) -> float | None:
    words = re.split(r"[\s,]+", (text or "").strip())
    return float(Length(words[0]).value(ppi=96.0, relative_length=0.0, font_size=16.0)) if words[0] else None


def _write(text: str | None, style: Style, layout: _Layout, *, one_line: bool) -> None:
    """Put letters at the pen, blanks folded as in a page."""
    wanted = composed(re.sub(r"\s+", " ", text or ""))
    wanted = wanted.removeprefix(" ") if layout.spaced else wanted
    if not wanted:
        return
    layout.spaced = wanted.endswith(" ")
    layout.signs += len(wanted)
    if layout.signs > FEW_SIGNS:
        raise too_much_text(FEW_SIGNS)
    thin = one_line or bool(_ONE_LINE_FAMILY.search(style["font-family"]))
    glyphs = single_line if thin else outlined(bold=bool(_BOLD.match(style["font-weight"])))
    path = _written(wanted, glyphs, _font_size(style["font-size"]), layout)
    layout.chunk.append(TextRun(path, style, thin))


def _written(text: str, glyphs: Glyphs, size: float, layout: _Layout) -> Path:
    refuse_missing(text, glyphs)
    pieces = []
    for sign in text:
        glyph = glyphs(sign)
        if glyph is None:
            continue  # a line feed: folded into blanks before
        pieces.append(glyph.placed(size, layout.x, layout.y))
        layout.x += glyph.advance * size
    return Path("".join(pieces))


def _font_size(text: str) -> float:
    if text in _SIZES:
        return _SIZES[text]
    return float(Length(text).value(ppi=96.0, relative_length=16.0, font_size=16.0))


def too_much_text(most: int) -> DesignRefusedError:
    """Return the refusal of more text than a sheet can hold."""
    return DesignRefusedError(
        "too-much-text",
        Sentence(
            f"Ce texte a plus de {most} signes. Garde l'essentiel.",
            f"This text has more than {most} characters. Keep what matters.",
        ),
    )
