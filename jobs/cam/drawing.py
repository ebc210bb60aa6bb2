"""A drawing as the mill sees it: outlines in millimetres, each with its role."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from jobs.errors import DesignRefusedError, Sentence

MARGIN_MM: Final = 5.0
"""Room around the drawing, enough for the tool to pass outside of it."""


class Role(StrEnum):
    """What the mill does with a line."""

    CUT = "cut"
    POCKET = "pocket"
    ENGRAVE = "engrave"


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of the drawing; a closed one does not repeat its first point.

    Outlines of one `shape` belong together. `colour` is what fills the shape, "" when nothing does: what lies
    inside an even number of a filled shape's outlines is not part of it.
    """

    points_mm: tuple[tuple[float, float], ...]
    closed: bool
    role: Role
    shape: int = 0
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Outlines in machine coordinates (y up), whose lower left corner stands at the margin.

    `unitless` when the file names no size in millimetres or inches; `notes` say what in it cannot be milled.
    """

    outlines: tuple[Outline, ...]
    width_mm: float
    height_mm: float
    unitless: bool = False
    notes: tuple[Sentence, ...] = ()


def with_roles(drawing: Drawing, everywhere: Role | None, single: Mapping[int, Role]) -> Drawing:
    """Give outlines another role: all of them, then single ones by their index.

    Raises:
        DesignRefusedError: There is no such outline, or an open line is to be a pocket.
    """
    if any(not 0 <= index < len(drawing.outlines) for index in single):
        raise DesignRefusedError(
            "no_such_outline",
            Sentence("Ce dessin n'a pas cette ligne.", "This drawing does not have that line."),
        )
    outlines = tuple(
        _with_role(outline, single.get(index, everywhere), named=index in single)
        for index, outline in enumerate(drawing.outlines)
    )
    return replace(drawing, outlines=outlines)


def _with_role(outline: Outline, role: Role | None, *, named: bool) -> Outline:
    if role is None or role is outline.role:
        return outline
    if role is Role.POCKET and not outline.closed:
        if not named:
            return outline
        raise DesignRefusedError(
            "open_pocket",
            Sentence(
                "Une ligne ouverte ne peut pas être creusée en poche. Ferme-la ou grave-la.",
                "An open line cannot become a pocket. Close it or engrave it.",
            ),
        )
    return replace(outline, role=role)
