"""Lays what left the battery beside what was forecast, minute by minute."""

from dataclasses import dataclass
from typing import Final

MINUTE_S: Final = 60.0
PRIOR_WH: Final = 10.0
"""The forecast is given so much weight: the first minutes of a heat-up prove nothing."""
MOST: Final = 2.0
FADE: Final = 0.9
"""What was seen an hour ago weighs next to nothing."""


@dataclass(slots=True)
class Course:
    """How many times the forecast is really used; `factor` never makes a forecast smaller.

    `used_wh` and `forecast_wh` are of all machines and the base load since the beginning, only growing.
    """

    factor: float = 1.0
    used_last_wh: float = 0.0
    forecast_last_wh: float = 0.0
    _since_s: float | None = None
    _used_at_wh: float = 0.0
    _forecast_at_wh: float = 0.0
    _used_wh: float = 0.0
    _forecast_wh: float = 0.0

    def look(self, now_s: float, used_wh: float, forecast_wh: float) -> bool:
        """Compare once a minute; True when a minute was compared."""
        if self._since_s is None:
            self._begin(now_s, used_wh, forecast_wh)
            return False
        if now_s - self._since_s < MINUTE_S:
            return False
        self.used_last_wh = max(0.0, used_wh - self._used_at_wh)
        self.forecast_last_wh = max(0.0, forecast_wh - self._forecast_at_wh)
        self._used_wh = FADE * self._used_wh + self.used_last_wh
        self._forecast_wh = FADE * self._forecast_wh + self.forecast_last_wh
        found = (self._used_wh + PRIOR_WH) / (self._forecast_wh + PRIOR_WH)
        self.factor = min(max(found, 1.0), MOST)
        self._begin(now_s, used_wh, forecast_wh)
        return True

    def _begin(self, now_s: float, used_wh: float, forecast_wh: float) -> None:
        self._since_s, self._used_at_wh, self._forecast_at_wh = now_s, used_wh, forecast_wh
