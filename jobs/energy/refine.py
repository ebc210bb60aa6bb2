"""Learns from the battery what each load of each machine really costs, by recursive least squares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.energy.loads import COUNT

OWN_SIGMA: Final = 0.20
SHARED_SIGMA: Final = 0.12
"""How far a price may be off at first: each by itself, and all of a machine together (its power supply)."""

BASE_SIGMA: Final = 0.10
READING_W: Final = 4.0
"""Noise of one window: the monitor's steps, and heaters that go on and off."""

MODEL_SIGMA: Final = 0.02
"""What stays unknown of a prediction however much is learnt: the program's own loads."""

DRIFT_PER_HOUR: Final = 0.02
FARTHEST: Final = 5.0
"""A window this many sigmas off is pulled back to it: somebody plugged in a kettle."""

_LEAST_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """A few seconds of the bike's life: mean watts out of the battery and the loads of each machine."""

    seconds: float
    battery_w: float
    loads: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Watt-hours at the battery with their standard deviation."""

    wh: float
    sigma_wh: float


class Refinement:
    """Prices of all machines behind one battery monitor, each as a share of what the model says.

    All are learnt together: what one machine draws is never put down to another that was idle, because
    temperatures and states tell which of them worked.
    """

    def __init__(self, prices: Mapping[str, FloatArray], base_w: float) -> None:
        """Begin with the model's prices, joules at the battery for one of each load, and a base load."""
        self._names = tuple(sorted(prices))
        self._prices = np.concatenate([*(prices[name] for name in self._names), [base_w]])
        size = self._prices.size
        self._shares = np.ones(size)
        self._spread = np.diag(np.full(size, OWN_SIGMA**2))
        for place in range(len(self._names)):
            own = slice(place * COUNT, (place + 1) * COUNT)
            self._spread[own, own] += SHARED_SIGMA**2
        self._spread[-1, -1] = BASE_SIGMA**2
        self.learnt_s = 0.0

    def learn(self, window: Window) -> None:
        """Take one window; one without time or of nonsense is left out."""
        if not (window.seconds > 0 and np.isfinite(window.battery_w)):
            return
        with np.errstate(invalid="ignore"):
            row = self._row(window.loads) / window.seconds
        row[-1] = self._prices[-1]
        if not np.isfinite(row).all():
            return
        self._spread[np.diag_indices_from(self._spread)] += DRIFT_PER_HOUR**2 * window.seconds / 3600.0
        reach = self._spread @ row
        variance = float(row @ reach) + READING_W**2
        surprise_w = window.battery_w - float(row @ self._shares)
        farthest_w = FARTHEST * float(np.sqrt(variance))
        self._shares += reach * (min(max(surprise_w, -farthest_w), farthest_w) / variance)
        self._shares = np.maximum(self._shares, _LEAST_SHARE)
        self._spread -= np.outer(reach, reach) / variance
        self._spread = (self._spread + self._spread.T) / 2.0
        self.learnt_s += window.seconds

    def predict(self, name: str, loads: FloatArray) -> Prediction:
        """Return what the loads of one machine take from the battery."""
        row = self._row({name: loads})
        joules = float(row @ self._shares)
        sigma_j = float(np.sqrt(max(float(row @ self._spread @ row), 0.0))) + MODEL_SIGMA * joules
        return Prediction(joules / 3600.0, sigma_j / 3600.0)

    def state(self) -> dict[str, object]:
        """Return all that was learnt, ready for JSON."""
        return {
            "names": list(self._names),
            "shares": self._shares.tolist(),
            "spread": self._spread.tolist(),
            "learnt_s": self.learnt_s,
        }

    def restore(self, state: Mapping[str, object]) -> bool:
        """Take up what was learnt before; False, and no change, when it is of other machines or broken."""
        shares, spread = _numbers(state.get("shares")), _numbers(state.get("spread"))
        learnt_s = _numbers(state.get("learnt_s"))
        size = self._prices.size
        fits = (
            state.get("names") == list(self._names)
            and shares.shape == (size,)
            and spread.shape == (size, size)
        )
        if not fits or learnt_s.shape != () or (shares < _LEAST_SHARE).any() or (np.diag(spread) < 0).any():
            return False
        self._shares, self._spread, self.learnt_s = shares, (spread + spread.T) / 2.0, float(learnt_s)
        return True

    def _row(self, loads: Mapping[str, FloatArray]) -> FloatArray:
        row = np.zeros(self._prices.size)
        for place, name in enumerate(self._names):
            if name in loads:
                own = slice(place * COUNT, (place + 1) * COUNT)
                row[own] = loads[name] * self._prices[own]
        return row


def _numbers(value: object) -> FloatArray:
    """Read finite numbers of any shape; an empty array of an odd shape stands for garbage."""
    try:
        found = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return np.empty((0, 0, 0))
    return found if np.isfinite(found).all() else np.empty((0, 0, 0))
