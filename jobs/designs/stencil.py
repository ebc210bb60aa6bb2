"""Letters to be cut out of a plate, with bars that hold the inside of an O or an A."""

from typing import Final

from manifold3d import CrossSection as Area
from manifold3d import OpType

from jobs.designs.area import bar, filled, grown

_TRIES: Final = 4
_WEAKEST: Final = 2 / 3
"""Parts of the plate that are narrower than this share of a bar would break, so they are cut away too."""
_CRUMB_MM2: Final = 1.0


def stencil(plate: Area, letters: Area, bar_mm: float) -> Area:
    """Cut letters out of a plate so that it stays in one piece.

    An island is first held by an upright bar through its own letter, then by one through the whole height.
    """
    held = letters
    for letter in letters.decompose():
        holes = filled(letter) - letter
        held -= _bars(holes.decompose(), letter, bar_mm)
    parts = _sturdy(plate - held, bar_mm)
    for _ in range(_TRIES):
        islands = [part for part in parts[1:] if part.area() > _CRUMB_MM2]
        if not islands:
            break
        held -= _bars(islands, plate, bar_mm)
        parts = _sturdy(plate - held, bar_mm)
    return parts[0]


def _sturdy(cut: Area, bar_mm: float) -> list[Area]:
    """What is left of a plate without its weak spots: its parts, the largest first."""
    weak_mm = bar_mm * _WEAKEST / 2
    return sorted(grown(grown(cut, -weak_mm), weak_mm).decompose(), key=lambda part: -part.area())


def _bars(islands: list[Area], through: Area, bar_mm: float) -> Area:
    """Upright bars through the middles of islands, as high as what they go through."""
    _, bottom, _, top = through.bounds()
    found = []
    for island in islands:
        left, _, right, _ = island.bounds()
        middle = (left + right) / 2
        found.append(bar((middle - bar_mm / 2, bottom), (middle + bar_mm / 2, top)))
    return Area.batch_boolean(found, OpType.Add) if found else Area()
