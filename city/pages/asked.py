"""What an address asks of the past: which months or days, of which city, bike and kind of machine."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request

from city.lines import Filter
from city.periods import PARIS, Period, days, hours, months

KINDS: Final = ("printer", "mill")
SPANS: Final = {"jour": "hours", "31j": "days", "12m": "months"}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked question; words that cannot be a name ask for everything."""

    span: str
    filter: Filter
    periods: tuple[Period, ...]


def asked(request: Request, now: datetime) -> Asked:
    """The question in an address."""
    words = request.query_params
    span = words.get("par", "12m")
    periods = {"jour": lambda: hours(now), "31j": lambda: days(now, 31)}.get(span, lambda: months(now, 12))()
    kind = words.get("machine", "")
    return Asked(
        span if span in SPANS else "12m",
        Filter(
            from_s=periods[0].from_s,
            to_s=periods[-1].to_s,
            city=_name(words.get("ville", "")),
            bike=_name(words.get("velo", "")),
            kind=kind if kind in KINDS else "",
        ),
        tuple(periods),
    )


def month_asked(request: Request, now: datetime) -> Period:
    """The month in an address, else the last whole one."""
    found = _MONTH.fullmatch(request.query_params.get("mois", ""))
    if found:
        return months(datetime(int(found[1]), int(found[2]), 15, tzinfo=PARIS), 1)[0]
    return months(now.replace(day=1) - timedelta(days=1), 1)[0]


def _name(word: str) -> str:
    return word if _NAME.fullmatch(word) else ""
