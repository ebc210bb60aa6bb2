"""Spans of time as people in Paris mean them: months, days, hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
EVER_S: Final = 1e12
"""Later than any date that a bike may tell; its opposite is earlier."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time with a name, such as a month: UTC epoch seconds, the end excluded."""

    label: str
    from_s: float
    to_s: float


def day_s(at_s: float) -> int:
    """When the day of a date began."""
    return _began(int(at_s // 3600))[0]


def month_s(at_s: float) -> int:
    """When the month of a date began."""
    return _began(int(at_s // 3600))[1]


@lru_cache(10_000)
def _began(hour: int) -> tuple[int, int]:
    """The day and the month of a whole hour since 1970."""
    day = datetime.fromtimestamp(hour * 3600, PARIS).replace(hour=0, minute=0, second=0)
    return round(day.timestamp()), round(day.replace(day=1).timestamp())


def days_between(from_s: float, to_s: float) -> Iterator[int]:
    """When each day began, from the first to the last that touches a span."""
    at_s = day_s(from_s)
    while at_s < to_s:
        yield at_s
        at_s = day_s(at_s + 36 * 3600)


def months(until: datetime, count: int) -> list[Period]:
    """The last months up to that of a date, in Paris time, oldest first; labels such as 2026-11."""
    found: list[Period] = []
    last = until.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (last + timedelta(days=32)).replace(day=1)
    for _ in range(count):
        found.append(Period(f"{last:%Y-%m}", last.timestamp(), end.timestamp()))
        last, end = (last - timedelta(days=1)).replace(day=1), last
    return found[::-1]


def days(until: datetime, count: int) -> list[Period]:
    """The last days up to a date, in Paris time, oldest first; labels such as 2026-11-30."""
    noon = until.astimezone(PARIS).replace(hour=12, minute=0, second=0, microsecond=0)
    starts = [(noon - timedelta(days=back)).replace(hour=0) for back in range(count - 1, -2, -1)]
    return [Period(f"{a:%Y-%m-%d}", a.timestamp(), b.timestamp()) for a, b in pairwise(starts)]


def hours(day: datetime) -> list[Period]:
    """The hours of a day in Paris time: 23, 24 or 25; labels such as 14."""
    (today,) = days(day, 1)
    return [
        Period(f"{datetime.fromtimestamp(at_s, PARIS):%H}", at_s, at_s + 3600.0)
        for at_s in range(round(today.from_s), round(today.to_s), 3600)
    ]
