"""The floor a simulated robot drives on: walls around, boxes in the way, dark lines to follow."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]

FAINT: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Box:
    """Something that stands in the way, with its corner nearest to the field's own."""

    x_mm: float
    y_mm: float
    width_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class Field:
    """A table with walls: its corner is at 0, 0, x goes right and y away from who looks at it.

    `lines` are dark lines on a white floor, each through its points; `light_pct` is how bright the room is.
    """

    width_mm: float = 1000.0
    depth_mm: float = 1000.0
    boxes: tuple[Box, ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    line_mm: float = 20.0
    light_pct: float = 60.0

    def distance_mm(self, at: Point, heading_deg: float) -> float:
        """Return how far it is from a point to the first wall or box in that direction; 0 inside of one."""
        angle = math.radians(heading_deg)
        way = (math.cos(angle), math.sin(angle))
        room = _crossing(at, way, Box(0.0, 0.0, self.width_mm, self.depth_mm))
        if room is None or room[0] > 0:
            return 0.0
        hits = (_crossing(at, way, box) for box in self.boxes)
        return min([room[1], *(max(0.0, hit[0]) for hit in hits if hit is not None and hit[1] >= 0)])

    def brightness_pct(self, at: Point) -> float:
        """Return how bright the floor is at a point: 0 on a line, 100 beside it."""
        return 0.0 if any(_apart(at, *leg) <= self.line_mm / 2 for leg in self._legs()) else 100.0

    def held(self, at: Point, radius_mm: float) -> Point:
        """Return the nearest place to a point at which a round robot does not stand in a wall."""
        x_mm = min(max(at[0], radius_mm), max(radius_mm, self.width_mm - radius_mm))
        return x_mm, min(max(at[1], radius_mm), max(radius_mm, self.depth_mm - radius_mm))

    def is_taken(self, at: Point, radius_mm: float) -> bool:
        """Tell whether a round robot at a point would stand in a box."""
        return any(_gap(at, box) < radius_mm for box in self.boxes)

    def _legs(self) -> Iterator[tuple[Point, Point]]:
        for line in self.lines:
            yield from itertools.pairwise(line)


def _crossing(at: Point, way: Point, box: Box) -> tuple[float, float] | None:
    """Return where a ray enters and leaves a box, in millimetres along it; None when it misses."""
    enters, leaves = -math.inf, math.inf
    spans = ((box.x_mm, box.width_mm), (box.y_mm, box.depth_mm))
    for start, step, (low, size) in zip(at, way, spans, strict=True):
        if abs(step) < FAINT:
            if not low <= start <= low + size:
                return None
            continue
        near, far = sorted(((low - start) / step, (low + size - start) / step))
        enters, leaves = max(enters, near), min(leaves, far)
    return (enters, leaves) if enters <= leaves and leaves >= 0 else None


def _gap(at: Point, box: Box) -> float:
    """Return how far a point is from a box; 0 within."""
    aside = max(box.x_mm - at[0], 0.0, at[0] - box.x_mm - box.width_mm)
    along = max(box.y_mm - at[1], 0.0, at[1] - box.y_mm - box.depth_mm)
    return math.hypot(aside, along)


def _apart(at: Point, begin: Point, end: Point) -> float:
    """Return how far a point is from a straight leg."""
    along = (end[0] - begin[0], end[1] - begin[1])
    square = along[0] ** 2 + along[1] ** 2
    dot = (at[0] - begin[0]) * along[0] + (at[1] - begin[1]) * along[1]
    share = min(1.0, max(0.0, dot / square)) if square > FAINT else 0.0
    return math.hypot(at[0] - begin[0] - share * along[0], at[1] - begin[1] - share * along[1])
