"""The charge of the battery until a halt ends, as a band: what is drawn now, and what the plan will draw."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

STEP_MIN: Final = 5
"""A point every so many minutes: a job is seldom shorter."""
P97: Final = 1.88
"""Standard deviations between the middle of an estimate and its high bound."""
SHARED: Final = 0.3
"""Correlation of the errors of two jobs: they come from one machine and one model (assumed)."""
READING_SIGMA_PCT: Final = 0.5
"""Of the charge that a monitor tells (assumed)."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What one job takes: first `heat_wh` up to `heated_min`, then the rest, evenly; minutes from now.

    `low_wh` and `high_wh` are the quantiles of `wh` that three jobs in a hundred pass.
    """

    start_min: float
    heated_min: float
    end_min: float
    heat_wh: float
    wh: float
    low_wh: float
    high_wh: float

    def share(self, minute: float) -> float:
        """The part of the energy that is gone by a minute."""
        if minute >= self.end_min or self.wh <= 0:
            return 1.0 if minute >= self.end_min else 0.0
        heat = min(self.heat_wh / self.wh, 1.0)
        if minute <= self.heated_min:
            return heat * _part(self.start_min, self.heated_min, minute)
        return heat + (1.0 - heat) * _part(self.heated_min, self.end_min, minute)

    @property
    def sigma_wh(self) -> float:
        """One standard deviation, from the width of the quantiles."""
        return max(self.high_wh - self.low_wh, 0.0) / (2 * P97)


@dataclass(frozen=True, slots=True)
class Pack:
    """The battery now, what is kept of it for the way home, and what is always drawn from it."""

    charge_pct: float
    capacity_wh: float
    reserve_wh: float
    base_load_w: float

    def pct(self, wh: float) -> float:
        """An energy as a part of the full pack."""
        return 100.0 * wh / self.capacity_wh


@dataclass(frozen=True, slots=True)
class Point:
    """The charge at one minute from now, in percent: nearly always between low and high."""

    minute: float
    low_pct: float
    middle_pct: float
    high_pct: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The band from now to the end, and the charge below which the way home is in danger."""

    points: tuple[Point, ...]
    reserve_pct: float

    @property
    def end(self) -> Point:
        """The charge at the end of the halt."""
        return self.points[-1]


def forecast(pack: Pack, left_min: float, draws: Sequence[Draw]) -> Forecast:
    """Follow the charge from now to the end of the halt."""
    whole = [float(minute) for minute in range(0, math.ceil(left_min), STEP_MIN)] or [0.0]
    minutes = [*whole, left_min] if left_min > whole[-1] else whole
    return Forecast(tuple(_point(pack, minute, draws) for minute in minutes), pack.pct(pack.reserve_wh))


def _point(pack: Pack, minute: float, draws: Iterable[Draw]) -> Point:
    gone = [(draw.share(minute), draw) for draw in draws]
    used_wh = pack.base_load_w * minute / 60 + sum(share * draw.wh for share, draw in gone)
    middle_pct = pack.charge_pct - pack.pct(used_wh)
    width_pct = P97 * _sigma_pct(pack, [share * draw.sigma_wh for share, draw in gone])
    return Point(minute, _bound(middle_pct - width_pct), _bound(middle_pct), _bound(middle_pct + width_pct))


def _sigma_pct(pack: Pack, sigmas_wh: Sequence[float]) -> float:
    """Errors that partly go together grow faster than independent ones, slower than equal ones."""
    own, together = sum(sigma**2 for sigma in sigmas_wh), sum(sigmas_wh) ** 2
    return math.hypot(pack.pct(math.sqrt((1 - SHARED) * own + SHARED * together)), READING_SIGMA_PCT)


def _part(from_min: float, to_min: float, minute: float) -> float:
    return min(max((minute - from_min) / (to_min - from_min), 0.0), 1.0) if to_min > from_min else 1.0


def _bound(pct: float) -> float:
    return min(max(pct, 0.0), 100.0)
