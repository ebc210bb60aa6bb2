"""Watt-hours between two energy records, summed from the battery's readings."""

from dataclasses import dataclass
from typing import Final

from onboard.messages import Energy

MAX_STEP_S: Final = 30.0
"""A longer silence of the monitor is not counted: nobody knows what happened in it."""


@dataclass(slots=True)
class EnergyMeter:
    """Adds up power over time; positive power charges the pack. `total_used_wh` only grows."""

    total_used_wh: float = 0.0
    _at_s: float | None = None
    _since_s: float | None = None
    _used_wh: float = 0.0
    _charged_wh: float = 0.0
    _soc_pct: int | None = None

    def add(self, power_w: float, soc_pct: float, at_s: float) -> None:
        """Take one reading."""
        if self._at_s is not None and 0 < at_s - self._at_s <= MAX_STEP_S:
            energy_wh = power_w * (at_s - self._at_s) / 3600
            self._used_wh += max(0.0, -energy_wh)
            self.total_used_wh += max(0.0, -energy_wh)
            self._charged_wh += max(0.0, energy_wh)
        self._at_s = at_s
        self._soc_pct = round(min(100.0, max(0.0, soc_pct)))
        if self._since_s is None:
            self._since_s = at_s

    def take(self) -> Energy | None:
        """The energy since the last call as a record, None when there was no time in between."""
        if self._at_s is None or self._since_s is None or self._at_s - self._since_s < 1:
            return None
        record = Energy(
            seconds=min(86_400, round(self._at_s - self._since_s)),
            used_wh=self._used_wh,
            charged_wh=self._charged_wh,
            soc_pct=self._soc_pct,
        )
        self._since_s, self._used_wh, self._charged_wh = self._at_s, 0.0, 0.0
        return record
