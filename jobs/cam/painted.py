"""Decides what of a painted shape the mill follows: its lines, or the edge of what its fill covers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import manifold3d
import numpy as np
from svgelements import Color

from jobs.cam.drawing import Role
from jobs.cam.flatten import Run, flatten
from jobs.cam.svg_guard import too_complex
from jobs.cam.svg_style import Style
from jobs.cam.svg_walk import Figure

Rgb = tuple[int, int, int]

_PATTERN: Final = (128, 128, 128)
"""Stands for gradients and patterns: a colour that is neither red, blue nor white."""

_SLIVER_PX: Final = 0.02


@dataclass(frozen=True, slots=True)
class Painted:
    """One shape as lines in pixels; `colour` is its fill when its lines are the edge of what is filled."""

    runs: tuple[Run, ...]
    role: Role
    colour: str
    lettering: bool


def painted(figures: Iterable[Figure], tolerance: float, most_points: int) -> list[Painted]:
    """Return what can be seen of each shape, in the order of painting; white without a stroke is paper.

    Raises:
        DesignRefusedError: The shapes have too many points.
    """
    found: list[Painted] = []
    count = 0
    for figure in figures:
        fill, stroke = (_visible(figure.style, paint) for paint in ("fill", "stroke"))
        if fill is None and stroke is None:
            continue
        runs = tuple(flatten(figure.path, tolerance))
        count += sum(len(run.points) for run in runs)
        if count > most_points:
            raise too_complex()
        if fill is not None and stroke is None and min(fill) >= 245 and not figure.pen:
            found = list(_hidden_under(_region(runs, figure.style), found))
        elif seen := _seen(figure, runs, fill, stroke):
            found.append(seen)
    return found


def _seen(figure: Figure, runs: tuple[Run, ...], fill: Rgb | None, stroke: Rgb | None) -> Painted | None:
    """Return the shape as the mill follows it, None when nothing of it can be seen."""
    role, colour = Role.ENGRAVE, ""
    if stroke is not None and stroke[0] >= 180 and max(stroke[1:]) <= 80:
        role = Role.CUT
    elif fill is not None and not figure.pen:
        blue = fill[2] >= 180 and max(fill[:2]) <= 80
        if blue or stroke is None or all(run.closed for run in runs):
            edge = _region(runs, figure.style)
            if edge:
                runs, colour = edge, "#{:02x}{:02x}{:02x}".format(*fill)
                role = Role.POCKET if blue else Role.ENGRAVE
            elif stroke is None:
                runs = ()
    return Painted(runs, role, colour, figure.lettering) if runs else None


def _region(runs: Sequence[Run], style: Style) -> tuple[Run, ...]:
    """Return the edge of what a fill covers, by the rule of its style."""
    rule = manifold3d.FillRule.EvenOdd if style["fill-rule"] == "evenodd" else manifold3d.FillRule.NonZero
    rings = [run.points for run in runs if len(run.points) >= 3]
    return _edge(manifold3d.CrossSection(rings, rule)) if rings else ()


def _edge(region: manifold3d.CrossSection) -> tuple[Run, ...]:
    rings = [np.asarray(ring, np.float64) for ring in region.simplify(1e-4).to_polygons()]
    return tuple(
        Run(ring, closed=True) for ring in rings if len(ring) >= 3 and np.ptp(ring, axis=0).max() > _SLIVER_PX
    )


def _hidden_under(paper: Sequence[Run], found: Iterable[Painted]) -> Iterator[Painted]:
    """Take away from filled shapes what white paint hides of them."""
    if not paper:
        yield from found
        return
    cover = _section(paper)
    for shape in found:
        if not shape.colour:
            yield shape
            continue
        left = _edge(_section(shape.runs) - cover)
        if left:
            yield replace(shape, runs=left)


def _section(runs: Sequence[Run]) -> manifold3d.CrossSection:
    return manifold3d.CrossSection([run.points for run in runs], manifold3d.FillRule.EvenOdd)


def _visible(style: Style, paint: str) -> Rgb | None:
    """Return the colour of a fill or a stroke, None when it cannot be seen."""
    text = style[paint].strip()
    if text.lower() == "currentcolor":
        text = style["color"].strip()
    if text in {"none", "transparent"} or _share(style[f"{paint}-opacity"]) <= 0.0:
        return None
    if paint == "stroke" and _share(style["stroke-width"]) <= 0.0:
        return None
    if text.startswith("url("):
        return _PATTERN
    colour = Color(text)
    if colour.value is None or colour.alpha == 0:
        return None
    return colour.red, colour.green, colour.blue


def _share(text: str) -> float:
    """Return the number at the head of a value, 1 when there is none."""
    head = text.strip().rstrip("%abcdefghijklmnopqrstuvwxyz")
    try:
        return float(head)
    except ValueError:
        return 1.0
