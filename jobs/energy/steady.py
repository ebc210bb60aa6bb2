"""The charge of the battery between the steps and the noise of its monitor."""

import math
from dataclasses import dataclass
from typing import Final

AVERAGED_S: Final = 60.0
"""Time over which the watts lead and the charge that is told only draws."""
LONGEST_STEP_S: Final = 30.0
"""After a longer silence the charge is what is told: nobody knows what happened in it."""
BELIEVED_PCT: Final = 1.5
"""A charge further off is no noise and no step: it is believed at once."""


@dataclass(slots=True)
class SteadyCharge:
    """Counts the charge by the watts of the monitor, and lets what it tells draw it over a minute.

    Monitors that tell whole percents move by ten watt-hours at once; a start asks for less than that.
    """

    capacity_wh: float
    at_s: float | None = None
    _pct: float = 0.0

    def take(self, soc_pct: float, power_w: float, at_s: float) -> None:
        """Take a reading that may be believed; power is positive while charging."""
        if self.at_s == at_s:
            return
        passed_s = math.inf if self.at_s is None else at_s - self.at_s
        self.at_s = at_s
        if not 0 < passed_s <= LONGEST_STEP_S:
            self._pct = soc_pct
            return
        counted_pct = self._pct + power_w * passed_s / 36.0 / self.capacity_wh
        off_pct = soc_pct - counted_pct
        drawn = 1.0 if abs(off_pct) > BELIEVED_PCT else 1.0 - math.exp(-passed_s / AVERAGED_S)
        self._pct = min(max(counted_pct + drawn * off_pct, 0.0), 100.0)

    def pct(self, soc_pct: float, at_s: float) -> float:
        """The charge at a reading; as it is told where nothing was counted up to it."""
        is_counted = self.at_s is not None and abs(at_s - self.at_s) <= LONGEST_STEP_S
        return self._pct if is_counted and abs(soc_pct - self._pct) <= BELIEVED_PCT else soc_pct
