"""The cuts of a drawing on its stock, turned into numbers for a picture of our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError


class _Line(BaseModel):
    role: Literal["cut", "pocket", "engrave"]
    closed: bool
    points: list[tuple[float, float]]


class _Preview(BaseModel):
    width_mm: float
    height_mm: float
    lines: list[_Line]


@dataclass(frozen=True, slots=True)
class CutLine:
    """One line of the drawing: what the mill does with it, and SVG path data in millimetres, Y downwards."""

    role: str
    path: str


@dataclass(frozen=True, slots=True)
class CutView:
    """The bed, the size of the drawing on it and its lines; lengths in millimetres."""

    bed_mm: tuple[float, float]
    size_mm: tuple[float, float]
    lines: tuple[CutLine, ...]


def cut_view(path: Path, bed_mm: tuple[float, float, float]) -> CutView | None:
    """Read our own preview of a drawing on a bed; None when the file is gone."""
    try:
        preview = _Preview.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None  # the page then shows the picture, or says that the file was erased
    width_mm, depth_mm, _ = bed_mm
    lines = tuple(
        CutLine(line.role, _path(line.points, depth_mm, closed=line.closed))
        for line in _cuts_first(preview.lines)
    )
    return CutView((width_mm, depth_mm), (preview.width_mm, preview.height_mm), lines)


def _cuts_first(lines: Sequence[_Line]) -> list[_Line]:
    """What is cut out is shown filled, so it must not be drawn over what is engraved on it."""
    return sorted(lines, key=lambda line: line.role != "cut")


def _path(points: Sequence[tuple[float, float]], depth_mm: float, *, closed: bool) -> str:
    """Machine coordinates count Y upwards, pictures downwards."""
    corners = "L".join(f"{x:.2f} {depth_mm - y:.2f}" for x, y in points)
    return f"M{corners}{'Z' if closed else ''}"
