"""Reads an SVG into outlines in millimetres, as the mill sees them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from svgelements import SVG, Color, Path, Shape

from jobs.arrays import FloatArray
from jobs.cam.flatten import Run, flatten
from jobs.cam.svg_guard import check_svg, not_svg, too_complex
from jobs.errors import DesignRefusedError, Sentence

MAX_POINTS: Final = 200_000
MARGIN_MM: Final = 5.0
"""Room around the drawing, enough for the tool to pass outside of it."""

_MM_PER_PX: Final = 25.4 / 96.0
_TOLERANCE_MM: Final = 0.02
_SMALLEST_MM: Final = 1.0
_LARGEST_MM: Final = 2000.0


_SVG_READER_ERRORS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What svgelements raises on attributes it cannot read; it has no error of its own."""


class Role(StrEnum):
    """What the mill does with a line."""

    CUT = "cut"
    POCKET = "pocket"
    ENGRAVE = "engrave"


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of the drawing; a closed one does not repeat its first point."""

    points_mm: tuple[tuple[float, float], ...]
    closed: bool
    role: Role


@dataclass(frozen=True, slots=True)
class Drawing:
    """Outlines in machine coordinates (y up), whose lower left corner stands at the margin."""

    outlines: tuple[Outline, ...]
    width_mm: float
    height_mm: float


def read_svg(data: bytes) -> Drawing:
    """Read an SVG; without units a drawing has 96 points an inch.

    A red stroke is cut through, a blue fill is a pocket, the rest is engraved. A drawing that uses neither
    colour is cut along its closed lines and engraved along its open ones.

    Raises:
        DesignRefusedError: The drawing is hostile, malformed, empty, too detailed or of an absurd size.
    """
    check_svg(data)
    try:
        found = list(_outlines(data))
    except _SVG_READER_ERRORS as error:
        raise not_svg() from error
    if not found:
        raise _empty()
    everything = np.vstack([run.points for run, _ in found])
    low, high = everything.min(axis=0), everything.max(axis=0)
    width_mm, height_mm = ((high - low) * _MM_PER_PX).tolist()
    if not _SMALLEST_MM <= max(width_mm, height_mm) <= _LARGEST_MM:
        raise _absurd_size(max(width_mm, height_mm))
    plain = all(role is Role.ENGRAVE for _, role in found)
    outlines = tuple(
        Outline(_placed(run.points, low[0], high[1]), run.closed, _plain_role(run) if plain else role)
        for run, role in found
    )
    return Drawing(outlines, width_mm, height_mm)


def _outlines(data: bytes) -> Iterator[tuple[Run, Role]]:
    """Yield each line of the drawing in points, with the role its colours give."""
    count = 0
    for element in SVG.parse(io.BytesIO(data), ppi=96.0).elements():
        if not isinstance(element, Shape):
            continue
        role = _role(element)
        for run in flatten(abs(Path(element)), _TOLERANCE_MM / _MM_PER_PX):
            count += len(run.points)
            if count > MAX_POINTS:
                raise too_complex()
            yield run, role if run.closed or role is not Role.POCKET else Role.ENGRAVE


def _role(shape: Shape) -> Role:
    stroke, fill = _rgb(shape.stroke), _rgb(shape.fill)
    if stroke is not None and stroke[0] >= 180 and max(stroke[1:]) <= 80:
        return Role.CUT
    if fill is not None and fill[2] >= 180 and max(fill[:2]) <= 80:
        return Role.POCKET
    return Role.ENGRAVE


def _rgb(colour: Color) -> tuple[int, int, int] | None:
    if colour is None or colour.value is None:
        return None
    return colour.red, colour.green, colour.blue


def _plain_role(run: Run) -> Role:
    return Role.CUT if run.closed else Role.ENGRAVE


def _placed(points: FloatArray, left: float, bottom: float) -> tuple[tuple[float, float], ...]:
    x_mm = (points[:, 0] - left) * _MM_PER_PX + MARGIN_MM
    y_mm = (bottom - points[:, 1]) * _MM_PER_PX + MARGIN_MM
    return tuple(zip(x_mm.round(3).tolist(), y_mm.round(3).tolist(), strict=True))


def _empty() -> DesignRefusedError:
    return DesignRefusedError(
        "svg_empty",
        Sentence(
            "Ce dessin ne contient aucune ligne. Transforme les textes et les images en chemins.",
            "This drawing holds no line. Turn its texts and images into paths.",
        ),
    )


def _absurd_size(size_mm: float) -> DesignRefusedError:
    return DesignRefusedError(
        "svg_size",
        Sentence(
            f"Ce dessin mesure {size_mm:.1f} mm. Vérifie l'unité et l'échelle.",
            f"This drawing measures {size_mm:.1f} mm. Check its unit and scale.",
        ),
    )
