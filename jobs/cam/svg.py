"""Reads an SVG into a drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from jobs.arrays import FloatArray
from jobs.cam.drawing import MARGIN_MM, Drawing, Outline, Role
from jobs.cam.painted import Painted, painted
from jobs.cam.svg_guard import check_svg, not_svg, too_complex
from jobs.cam.svg_walk import Walk, has_unit
from jobs.errors import DesignRefusedError, Sentence

MAX_POINTS: Final = 200_000
MM_PER_PX: Final = 25.4 / 96.0

_TOLERANCE_MM: Final = 0.02
_SMALLEST_MM: Final = 1.0
_LARGEST_MM: Final = 2000.0

_SVG_READER_ERRORS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What svgelements raises on attributes it cannot read; it has no error of its own."""

_NOT_MILLED: Final = {
    "clip-path": ("un découpage (clip-path)", "a clip-path"),
    "mask": ("un masque", "a mask"),
    "image": ("une image", "a picture"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a drawing is read: its width on the sheet or a factor, and whether letters are single lines."""

    width_mm: float | None = None
    scale: float = 1.0
    one_line: bool = False


def read_svg(data: bytes, reading: Reading | None = None) -> Drawing:
    """Read an SVG; without units a drawing has 96 points an inch.

    A red stroke is cut through, a blue fill is a pocket, the rest is engraved. A drawing that uses neither
    colour is cut along its closed lines and engraved along its open ones and its letters. White without a
    stroke is paper: it hides what lies under it.

    Raises:
        DesignRefusedError: The drawing is hostile, malformed, empty, too detailed or of an absurd size.
    """
    reading = reading or Reading()
    check_svg(data)
    try:
        root = ET.fromstring(data)  # noqa: S314 - the guard has refused declarations, so no entity can unfold
        return _read(root, reading)
    except RecursionError as error:
        raise too_complex() from error
    except (*_SVG_READER_ERRORS, ET.ParseError) as error:
        raise not_svg() from error


def _read(root: ET.Element, reading: Reading) -> Drawing:
    tolerance_mm = _TOLERANCE_MM
    walk, shapes = _shapes(root, reading, tolerance_mm)
    factor = (
        reading.scale if reading.width_mm is None else reading.width_mm / max(_extent_mm(shapes)[0], 1e-6)
    )
    if factor > 1.5:
        walk, shapes = _shapes(root, reading, tolerance_mm / factor)
    width_mm, height_mm = (size * factor for size in _extent_mm(shapes))
    if not _SMALLEST_MM <= max(width_mm, height_mm) <= _LARGEST_MM:
        raise _absurd_size(max(width_mm, height_mm))
    notes = tuple(_ignored(name) for name in sorted(walk.ignored))
    outlines = tuple(_outlines(shapes, factor * MM_PER_PX))
    return Drawing(outlines, width_mm, height_mm, not has_unit(root), notes)


def _shapes(root: ET.Element, reading: Reading, tolerance_mm: float) -> tuple[Walk, list[Painted]]:
    walk = Walk(root, reading.one_line)
    shapes = painted(walk.figures(), tolerance_mm / MM_PER_PX, MAX_POINTS)
    if not shapes:
        raise _empty()
    return walk, shapes


def _outlines(shapes: Sequence[Painted], mm_per_px: float) -> Iterator[Outline]:
    """Yield the lines in millimetres; one of neither red nor blue shapes only is cut along closed lines."""
    low, high = _bounds(shapes)
    plain = all(shape.role is Role.ENGRAVE for shape in shapes)
    for number, shape in enumerate(shapes):
        for run in shape.runs:
            role = Role.CUT if plain and run.closed and not shape.lettering else shape.role
            x_mm = (run.points[:, 0] - low[0]) * mm_per_px + MARGIN_MM
            y_mm = (high[1] - run.points[:, 1]) * mm_per_px + MARGIN_MM
            points = tuple(zip(x_mm.round(3).tolist(), y_mm.round(3).tolist(), strict=True))
            yield Outline(points, run.closed, role, number, shape.colour)


def _bounds(shapes: Sequence[Painted]) -> tuple[FloatArray, FloatArray]:
    everything = np.vstack([run.points for shape in shapes for run in shape.runs])
    return everything.min(axis=0), everything.max(axis=0)


def _extent_mm(shapes: Sequence[Painted]) -> tuple[float, float]:
    low, high = _bounds(shapes)
    width_mm, height_mm = ((high - low) * MM_PER_PX).tolist()
    return width_mm, height_mm


def _ignored(name: str) -> Sentence:
    fr, en = _NOT_MILLED[name]
    return Sentence(
        f"Ce dessin contient {fr} : la fraiseuse l'ignore.",
        f"This drawing holds {en}: the mill ignores it.",
        f"ignored-{name}",
    )


def _empty() -> DesignRefusedError:
    return DesignRefusedError(
        "svg_empty",
        Sentence(
            "Ce dessin ne contient aucune ligne visible. Transforme les images en chemins.",
            "This drawing holds no visible line. Turn its images into paths.",
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
