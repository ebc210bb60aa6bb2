"""What the cells of a simulated pack are made of, and what the years do to them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final


@dataclass(frozen=True, slots=True)
class Chemistry:
    """Cells in series; none of these needs Peukert's law, their capacity hardly depends on the current.

    Attributes:
        open_circuit_v: Percent charged and volts of one resting cell.
        resistance_ohm: Of the whole new pack with its cables.
        fade_cycle_pct: Capacity lost in one full cycle, in percent of a new pack.
        fade_year_pct: Capacity lost in one year of standing.
    """

    cells: int
    open_circuit_v: tuple[tuple[float, float], ...]
    resistance_ohm: float
    fade_cycle_pct: float
    fade_year_pct: float

    def rest_v(self, soc_pct: float) -> float:
        """Return the voltage of the resting pack."""
        for (low, low_v), (high, high_v) in pairwise(self.open_circuit_v):
            if soc_pct <= high:
                return self.cells * (low_v + (high_v - low_v) * (soc_pct - low) / (high - low))
        return self.cells * self.open_circuit_v[-1][1]

    def mean_v(self) -> float:
        """Return the voltage by which ampere-hours become watt-hours over a whole slow discharge."""
        parts = (
            (high - low) * (low_v + high_v) / 2
            for (low, low_v), (high, high_v) in pairwise(self.open_circuit_v)
        )
        return self.cells * sum(parts) / 100


LIFEPO4: Final = Chemistry(
    cells=8,
    open_circuit_v=(
        (0.0, 2.50), (2.0, 2.90), (5.0, 3.05), (10.0, 3.18), (20.0, 3.23), (30.0, 3.26), (50.0, 3.29),
        (70.0, 3.32), (90.0, 3.34), (97.0, 3.36), (100.0, 3.42),
    ),
    resistance_ohm=0.02,
    fade_cycle_pct=20 / 3000,
    fade_year_pct=1.5,
)  # fmt: skip
"""The flat curve that makes voltage a poor fuel gauge. Assumed from data sheets: 80 % after 3,000 cycles."""

LI_ION: Final = Chemistry(
    cells=7,
    open_circuit_v=(
        (0.0, 3.00), (5.0, 3.35), (10.0, 3.45), (20.0, 3.55), (30.0, 3.61), (40.0, 3.65), (50.0, 3.71),
        (60.0, 3.79), (70.0, 3.88), (80.0, 3.98), (90.0, 4.08), (100.0, 4.20),
    ),
    resistance_ohm=0.04,
    fade_cycle_pct=20 / 800,
    fade_year_pct=3.0,
)  # fmt: skip
"""Nickel-manganese-cobalt cells. Assumed from typical data sheets: 80 % after 800 cycles."""

CHEMISTRIES: Final = {"lifepo4": LIFEPO4, "li-ion": LI_ION}


@dataclass(frozen=True, slots=True)
class Ageing:
    """What a pack has been through."""

    cycles: float = 0.0
    years: float = 0.0

    def capacity(self, chemistry: Chemistry) -> float:
        """Return the share of the new pack's capacity that is left, never less than a tenth."""
        lost_pct = chemistry.fade_cycle_pct * self.cycles + chemistry.fade_year_pct * self.years
        return max(0.1, 1 - lost_pct / 100)

    def resistance(self, chemistry: Chemistry) -> float:
        """Return how many times the resistance has grown: by half at 80 % of the capacity (assumed)."""
        return 1 + 2.5 * (1 - self.capacity(chemistry))


NEW: Final = Ageing()
