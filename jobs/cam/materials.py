"""What the mill does to each material: feeds, depths, tabs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Material:
    """Cutting figures of one sheet material with one tool; conservative, to be confirmed on the machine.

    `through_mm` is how far below the sheet a through cut goes, into the board under it. `dated` and `author`
    say who answers for the figures.
    """

    name: str
    thickness_mm: float
    feed_mm_min: float
    plunge_mm_min: float
    pass_mm: float
    rpm: int
    pocket_mm: float
    engrave_mm: float
    tabs: int
    tab_width_mm: float
    tab_height_mm: float
    dated: str
    author: str
    through_mm: float = 0.2


PLY_3: Final = Material(
    name="ply-3",
    thickness_mm=3.0,
    feed_mm_min=600.0,
    plunge_mm_min=200.0,
    pass_mm=0.8,
    rpm=10_000,
    pocket_mm=1.5,
    engrave_mm=0.4,
    tabs=4,
    tab_width_mm=4.0,
    tab_height_mm=1.0,
    dated="2026-11-22",
    author="DIPbike",
)
"""Birch plywood of 3 mm, 3.175 mm bit, 3018-class mill (assumed, to be tried on the bike's own mill)."""
