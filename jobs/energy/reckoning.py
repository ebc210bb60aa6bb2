"""Counts on from the last believable charge while the battery is unknown."""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class Reckoning:
    """What is in the pack: told while it is known, reckoned from the machines' watts while it is not."""

    capacity_wh: float
    stored_wh: float = math.inf
    unknown_s: float = 0.0
    _at_s: float | None = None

    def believe(self, soc_pct: float, now_s: float) -> None:
        """Take a reading that may be believed."""
        self.stored_wh = self.capacity_wh * min(max(soc_pct, 0.0), 100.0) / 100.0
        self.unknown_s, self._at_s = 0.0, now_s

    def reckon(self, drawn_w: float, now_s: float) -> None:
        """Count what left since the last look; before a first reading there is nothing to count from."""
        passed_s = 0.0 if self._at_s is None else max(0.0, now_s - self._at_s)
        self.stored_wh -= drawn_w * passed_s / 3600.0
        self.unknown_s += passed_s
        self._at_s = now_s
