"""Bars drawn on the server: where each stands; words, colours and numbers are the template's."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 150
_LEFT: Final = 46
_TOP: Final = 12
_MOST_TICKS: Final = 4
_MOST_NAMES: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One value at its place; without a value there is no bar."""

    label: str
    value: float | None
    x: float
    y: float
    width: float
    height: float
    is_named: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, and its value."""

    value: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over their ticks."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    left: int = _LEFT
    width: int = WIDTH
    height: int = HEIGHT + _TOP + 24
    base: int = HEIGHT + _TOP


def bars(labels: Sequence[str], values: Sequence[float | None], top: float = 0.0) -> Chart:
    """A chart whose axis reaches the highest value, and at least `top`."""
    step = _step(max([top, *(value for value in values if value is not None)], default=0.0))
    highest = max(step, step * -(-max([top, *(v for v in values if v is not None)], default=0.0) // step))
    slot = (WIDTH - _LEFT) / max(1, len(labels))
    every = -(-len(labels) // _MOST_NAMES)
    found = []
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = round(HEIGHT * (value or 0.0) / highest, 1)
        x = round(_LEFT + slot * (i + 0.15), 1)
        is_named = (len(labels) - 1 - i) % every == 0
        found.append(
            Bar(label, value, x, round(HEIGHT + _TOP - height, 1), round(slot * 0.7, 1), height, is_named)
        )
    count = round(highest / step)
    ticks = [Tick(step * i, round(HEIGHT + _TOP - HEIGHT * i / count, 1)) for i in range(count + 1)]
    return Chart(found, ticks)


def _step(highest: float) -> float:
    """A round distance between ticks: 1, 2, 5, 10, 20, 50 and so on."""
    if highest <= _MOST_TICKS:
        return 1.0
    rough = highest / _MOST_TICKS
    power = 10.0 ** floor(log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
