"""What the mill does to each sheet material: feeds, depths, tabs."""

from dataclasses import dataclass
from typing import Final

from jobs.errors import Sentence


@dataclass(frozen=True, slots=True)
class Material:
    """Cutting figures of one sheet with the 3.175 mm bit; conservative, to be confirmed on the machine.

    `through_mm` is how far below the sheet a through cut goes, into the board under it. `dated` and `author`
    say who answers for the figures.
    """

    name: str
    title: Sentence
    thickness_mm: float
    feed_mm_min: float
    plunge_mm_min: float
    pass_mm: float
    pocket_mm: float
    engrave_mm: float
    rpm: int = 10_000
    tabs: int = 4
    tab_width_mm: float = 4.0
    tab_height_mm: float = 1.0
    dated: str = "2026-11-22"
    author: str = "assumed, to be tried"
    through_mm: float = 0.2


PLY_3: Final = Material(
    "ply-3", Sentence("Contreplaqué 3 mm", "Plywood 3 mm"), 3.0, 600.0, 200.0, 0.8, 1.5, 0.4
)
PLY_5: Final = Material(
    "ply-5",
    Sentence("Contreplaqué 5 mm", "Plywood 5 mm"),
    5.0,
    600.0,
    200.0,
    0.8,
    2.5,
    0.4,
    tab_height_mm=1.5,
)
MDF_3: Final = Material("mdf-3", Sentence("Médium (MDF) 3 mm", "MDF 3 mm"), 3.0, 700.0, 200.0, 0.8, 1.5, 0.4)
ACRYLIC_3: Final = Material(
    "acrylic-3", Sentence("Acrylique 3 mm", "Acrylic 3 mm"), 3.0, 400.0, 100.0, 0.4, 1.5, 0.3
)
FOAM_5: Final = Material(
    "foam-5",
    Sentence("Mousse EVA 5 mm", "EVA foam 5 mm"),
    thickness_mm=5.0,
    feed_mm_min=1000.0,
    plunge_mm_min=300.0,
    pass_mm=2.5,
    pocket_mm=2.5,
    engrave_mm=1.0,
    tabs=3,
    tab_width_mm=6.0,
    tab_height_mm=2.0,
)
CARDBOARD_3: Final = Material(
    "cardboard-3", Sentence("Carton 3 mm", "Cardboard 3 mm"), 3.0, 1000.0, 300.0, 1.6, 1.5, 0.5
)
LINO_3: Final = Material(
    "lino-3", Sentence("Linoléum de gravure 3 mm", "Printing lino 3 mm"), 3.0, 500.0, 200.0, 1.0, 1.5, 0.6
)

MATERIALS: Final = {each.name: each for each in (PLY_3, PLY_5, MDF_3, ACRYLIC_3, FOAM_5, CARDBOARD_3, LINO_3)}
