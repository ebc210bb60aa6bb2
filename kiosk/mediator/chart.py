"""The work and the charge until the halt ends, as places on a drawing that a phone shows whole."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onboard.control.messages import ChargeView, OccupationView, OutlookView

WIDTH: Final = 360
LEFT, RIGHT, TOP = 38, 8, 22
LANE, BAR = 50, 28
CURVE: Final = 150
AXIS: Final = 26
LEAST_TICKS_MIN: Final = (10, 15, 30, 60, 120, 240)
MOST_TICKS: Final = 6
WORD: Final = 12
"""Half of a time of day, which must not stand out to the right."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One job on the drawing; `number` leads to its row in the table, `heat` is how wide its heat-up is."""

    number: int
    occupation: OccupationView
    left: float
    width: float
    heat: float

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.left + self.width / 2


@dataclass(frozen=True, slots=True)
class Lane:
    """One machine: where its name and its bars stand."""

    machine: str
    top: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its word."""

    place: float
    word: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the drawing and its table show; `band` and `middle` are points of SVG."""

    height: float
    lanes: tuple[Lane, ...]
    curve_top: float
    curve_bottom: float
    band: str
    middle: str
    reserve: float
    times: tuple[Tick, ...]
    charges: tuple[Tick, ...]

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Every job in the order of its number."""
        found = (bar for lane in self.lanes for bar in lane.bars)
        return tuple(sorted(found, key=lambda bar: bar.number))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Minutes and percent as places."""

    end_min: float
    top_pct: float
    curve_top: float

    def x(self, minute: float) -> float:
        share = min(max(minute / self.end_min, 0.0), 1.0)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)

    def y(self, pct: float) -> float:
        return round(self.curve_top + CURVE * (1 - min(pct / self.top_pct, 1.0)), 1)


def chart(outlook: OutlookView, machines: Sequence[str], now: dt.datetime) -> Chart:
    """Lay out lanes above, charge below, the same minutes for both."""
    curve_top = TOP + LANE * len(machines) + 14
    scale = _Scale(max(outlook.charge[-1].minute, 1.0), _top_pct(outlook), curve_top)
    order = sorted(outlook.occupations, key=lambda each: (each.start_min, each.machine))
    numbers = {each.job: number for number, each in enumerate(order, 1)}
    return Chart(
        height=curve_top + CURVE + AXIS,
        lanes=tuple(_lane(name, row, order, numbers, scale) for row, name in enumerate(machines)),
        curve_top=curve_top,
        curve_bottom=curve_top + CURVE,
        band=_band(outlook.charge, scale),
        middle=" ".join(f"{scale.x(p.minute)},{scale.y(p.middle_pct)}" for p in outlook.charge),
        reserve=scale.y(outlook.reserve_pct),
        times=_times(now, scale),
        charges=tuple(
            Tick(scale.y(pct), f"{pct} %") for pct in range(0, round(scale.top_pct) + 1, _step(scale))
        ),
    )


def _lane(
    name: str, row: int, order: Sequence[OccupationView], numbers: Mapping[str, int], scale: _Scale
) -> Lane:
    bars = (
        _bar(numbers[each.job], each, scale)
        for each in order
        if each.machine == name and each.start_min < scale.end_min
    )
    return Lane(name, TOP + LANE * row, tuple(bars))


def _bar(number: int, each: OccupationView, scale: _Scale) -> Bar:
    left, heated, right = (scale.x(minute) for minute in (each.start_min, each.heated_min, each.end_min))
    return Bar(number, each, left, round(max(right - left - 1, 3.0), 1), round(heated - left, 1))


def _band(charge: Sequence[ChargeView], scale: _Scale) -> str:
    above = [f"{scale.x(p.minute)},{scale.y(p.high_pct)}" for p in charge]
    below = [f"{scale.x(p.minute)},{scale.y(p.low_pct)}" for p in reversed(charge)]
    return " ".join(above + below)


def _top_pct(outlook: OutlookView) -> float:
    highest = max([point.high_pct for point in outlook.charge] + [outlook.reserve_pct])
    return min(100.0, 20.0 * math.ceil(highest / 20 + 0.01))


def _step(scale: _Scale) -> int:
    return 20 if scale.top_pct > 40 else 10


def _times(now: dt.datetime, scale: _Scale) -> tuple[Tick, ...]:
    """Round times of the clock, as few as fit side by side."""
    step_min = next((m for m in LEAST_TICKS_MIN if scale.end_min / m <= MOST_TICKS), LEAST_TICKS_MIN[-1])
    into_day_min = now.hour * 60 + now.minute
    first_min = -into_day_min % step_min
    last_min = scale.end_min * (1 - WORD / (WIDTH - LEFT - RIGHT))
    minutes = range(first_min, math.floor(last_min) + 1, step_min)
    return tuple(Tick(scale.x(minute), clock(now + dt.timedelta(minutes=minute))) for minute in minutes)


def clock(moment: dt.datetime) -> str:
    """Hours and minutes, read alike in both languages."""
    return f"{moment:%H:%M}"
