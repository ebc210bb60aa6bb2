"""The bits of the mill: what each cuts and how much less than the 3.175 mm bit it bears."""

import math
from dataclasses import dataclass
from typing import Final

from jobs.errors import Sentence


@dataclass(frozen=True, slots=True)
class Tool:
    """One bit, flat or with a point; `share` of the material's depth and speed is what it bears.

    `angle_deg` is the full angle of a V-bit, 0 for a flat one; `tip_mm` the width of its point; `reach_mm`
    how deep it goes. `dated` and `author` say who answers for the figures.
    """

    name: str
    title: Sentence
    diameter_mm: float
    reach_mm: float
    share: float = 1.0
    angle_deg: float = 0.0
    tip_mm: float = 0.0
    dated: str = "2026-11-22"
    author: str = "assumed, to be tried"

    @property
    def pointed(self) -> bool:
        """Say whether this is a V-bit."""
        return self.angle_deg > 0.0

    def depth_mm(self, radius_mm: float) -> float:
        """Return how deep a V-bit stands when its cone is this wide at the top of the stock."""
        return max(0.0, radius_mm - self.tip_mm / 2) / math.tan(math.radians(self.angle_deg / 2))

    def radius_mm(self, depth_mm: float) -> float:
        """Return half the width cut at the top of the stock by a tool that stands this deep."""
        if not self.pointed:
            return self.diameter_mm / 2
        return self.tip_mm / 2 + depth_mm * math.tan(math.radians(self.angle_deg / 2))


FLAT_3: Final = Tool("flat-3.175", Sentence("Fraise droite 3,175 mm", "Flat bit 3.175 mm"), 3.175, 15.0)
FLAT_2: Final = Tool("flat-2", Sentence("Fraise droite 2 mm", "Flat bit 2 mm"), 2.0, 8.0, share=0.7)
FLAT_1: Final = Tool("flat-1", Sentence("Fraise droite 1 mm", "Flat bit 1 mm"), 1.0, 4.0, share=0.4)
VEE_60: Final = Tool(
    "vee-60", Sentence("Fraise en V 60°", "60° V-bit"), 3.175, 2.5, share=0.8, angle_deg=60.0, tip_mm=0.2
)
VEE_30: Final = Tool(
    "vee-30", Sentence("Fraise en V 30°", "30° V-bit"), 3.175, 5.0, share=0.5, angle_deg=30.0, tip_mm=0.1
)

TOOLS: Final = {tool.name: tool for tool in (FLAT_3, FLAT_2, FLAT_1, VEE_60, VEE_30)}
