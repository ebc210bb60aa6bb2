"""What was: sums of objects, energy, success and hours by halt, city, month or any other span of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from city.folding import COUNTS
from city.store.engine import Engine, Session, Value, marks
from city.views import PARIS

_AT: Final = "coalesce(tally.mono_s + boot.offset_s, tally.received_s)"
_OPENED: Final = "coalesce(visit.mono_s + boot.offset_s, visit.received_s)"
_SPAN: Final = "(CAST(? AS INTEGER), CAST(? AS DOUBLE PRECISION), CAST(? AS DOUBLE PRECISION))"
_VISITS: Final = "visit JOIN boot ON boot.key = visit.boot JOIN bike ON bike.key = boot.bike"
_TALLIES: Final = (
    "tally JOIN boot ON boot.key = tally.boot JOIN bike ON bike.key = boot.bike"
    " LEFT JOIN visit ON visit.key = tally.visit"
)
_SUMS: Final = ", ".join(f"coalesce(sum(tally.{name}), 0)" for name in COUNTS)


class By(StrEnum):
    """What a line of sums stands for; the value is its expression in the database."""

    CITY = "bike.city"
    """The home city of the bikes."""
    BIKE = "bike.bike"
    HOST_CITY = "coalesce(visit.host_city, '')"
    """Where the bike was; '' while it was at no halt."""
    PLACE = "coalesce(visit.place, '')"
    KIND = "tally.kind"
    """What a machine does; '' where no machine is meant, such as the energy of the whole bike."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are meant: UTC epoch seconds, the end excluded; empty words leave everything in."""

    from_s: float = 0.0
    to_s: float = 1e11
    city: str = ""
    bike: str = ""
    host_city: str = ""
    kind: str = ""


ALL: Final = Filter()
"""Everything."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time with a name, such as a month."""

    label: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of one group."""

    label: str
    queued: int = 0
    started: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    held: int = 0
    faults: int = 0
    dropped: int = 0
    waited_min: int = 0
    minutes: int = 0
    object_wh: float = 0.0
    seconds: int = 0
    used_wh: float = 0.0
    charged_wh: float = 0.0
    halts: int = 0
    open_min: int = 0

    @property
    def success(self) -> float | None:
        """The share of objects among all jobs that ended by themselves; None before the first."""
        ended = self.done + self.failed
        return self.done / ended if ended else None

    @property
    def wh_an_object(self) -> float | None:
        """Measured energy of the machines for each object; None before the first."""
        return self.object_wh / self.done if self.done else None

    @property
    def wait_min(self) -> float | None:
        """The mean wait of a job that was started, in minutes."""
        return self.waited_min / self.started if self.started else None


@dataclass(frozen=True, slots=True)
class Halt:
    """One visit of one bike, with its sums; `open_min` are the planned minutes until it is closed."""

    key: int
    at: datetime
    city: str
    bike: str
    place: str
    host_city: str
    closed: bool
    sums: Line


class History:
    """Queries on the sums that are kept; every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sums(self, by: By, chosen: Filter = ALL) -> list[Line]:
        """One line for each city, bike, host city, place or kind, in the order of its name."""
        where, values = _conditions(chosen, _AT)
        with self._engine.transaction() as session:
            rows = session.rows(
                f"SELECT {by.value}, {_SUMS} FROM {_TALLIES} WHERE {where} GROUP BY 1 ORDER BY 1", values
            )
            halts = {} if by is By.KIND else _halts_by(session, by.value, chosen)
        found = {str(row[0]): row[1:] for row in rows}
        return [
            _line(label, found.get(label, ()), halts.get(label, (0, 0)))
            for label in sorted(found.keys() | halts.keys())
        ]

    def over_time(self, periods: Sequence[Period], chosen: Filter = ALL) -> list[Line]:
        """One line for each period, in their order; those without records are zero."""
        if not periods:
            return []
        where, values = _conditions(chosen, _AT)
        spans = ", ".join([_SPAN] * len(periods))
        bounds: list[Value] = [v for i, p in enumerate(periods) for v in (i, p.from_s, p.to_s)]
        with self._engine.transaction() as session:
            rows = session.rows(
                f"WITH span (number, from_s, to_s) AS (VALUES {spans}) SELECT span.number, {_SUMS}"
                f" FROM {_TALLIES} JOIN span ON {_AT} >= span.from_s AND {_AT} < span.to_s"
                f" WHERE {where} GROUP BY 1",
                [*bounds, *values],
            )
            halts = _halts_over(session, spans, bounds, chosen)
        found = {int(row[0]): row[1:] for row in rows}
        return [_line(p.label, found.get(i, ()), halts.get(i, (0, 0))) for i, p in enumerate(periods)]

    def halts(self, chosen: Filter = ALL, limit: int = 100) -> list[Halt]:
        """Visits with their sums, the newest first."""
        where, values = _conditions(chosen, _OPENED)
        with self._engine.transaction() as session:
            rows = session.rows(
                f"SELECT visit.key, {_OPENED}, bike.city, bike.bike, visit.place, visit.host_city,"
                f" visit.closed, visit.minutes FROM {_VISITS} WHERE {where} ORDER BY 2 DESC LIMIT ?",
                [*values, limit],
            )
            sums = _sums_of_visits(session, [int(row[0]) for row in rows], chosen.kind)
        return [_halt(row, sums.get(int(row[0]), ())) for row in rows]


def _sums_of_visits(session: Session, visits: Sequence[int], kind: str) -> dict[int, Sequence[Any]]:
    """The sums of each visit."""
    if not visits:
        return {}
    only = " AND tally.kind = ?" if kind else ""
    rows = session.rows(
        f"SELECT tally.visit, {_SUMS} FROM tally"
        f" WHERE tally.visit IN ({marks(len(visits))}){only} GROUP BY 1",
        [*visits, kind] if kind else visits,
    )
    return {int(row[0]): row[1:] for row in rows}


def _halts_by(session: Session, label: str, chosen: Filter) -> dict[str, tuple[int, int]]:
    """Visits and their minutes for each group."""
    where, values = _conditions(chosen, _OPENED)
    found = session.rows(
        f"SELECT {label}, count(*), sum(visit.minutes) FROM {_VISITS} WHERE {where} GROUP BY 1", values
    )
    return {str(name): (int(count), int(minutes)) for name, count, minutes in found}


def _halts_over(
    session: Session, spans: str, bounds: Sequence[Value], chosen: Filter
) -> dict[int, tuple[int, int]]:
    """Visits and their minutes for each period."""
    where, values = _conditions(chosen, _OPENED)
    found = session.rows(
        f"WITH span (number, from_s, to_s) AS (VALUES {spans})"
        f" SELECT span.number, count(*), sum(visit.minutes) FROM {_VISITS}"
        f" JOIN span ON {_OPENED} >= span.from_s AND {_OPENED} < span.to_s WHERE {where} GROUP BY 1",
        [*bounds, *values],
    )
    return {int(number): (int(count), int(minutes)) for number, count, minutes in found}


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


def _conditions(chosen: Filter, at: str) -> tuple[str, list[Value]]:
    """The filter as a condition with its values; a visit has no kind."""
    words = {"bike.city": chosen.city, "bike.bike": chosen.bike, "visit.host_city": chosen.host_city}
    if at == _AT:
        words["tally.kind"] = chosen.kind
    given = {column: word for column, word in words.items() if word}
    condition = "".join(f" AND {column} = ?" for column in given)
    return f"{at} >= ? AND {at} < ?{condition}", [chosen.from_s, chosen.to_s, *given.values()]


def _line(label: str, sums: Sequence[Any], halts: tuple[int, int]) -> Line:
    """A row of the database as a line; integers come back as such from both engines."""
    whole = {"object_wh", "used_wh", "charged_wh"}
    values = {
        name: float(value) if name in whole else int(value) for name, value in zip(COUNTS, sums, strict=False)
    }
    return Line(label, **values, halts=halts[0], open_min=halts[1])  # type: ignore[arg-type] # by their names


def _halt(row: Sequence[Any], sums: Sequence[Any]) -> Halt:
    key, at_s, city, bike, place, host_city, closed, minutes = row
    at = datetime.fromtimestamp(float(at_s), PARIS)
    return Halt(
        int(key), at, city, bike, place, host_city, bool(closed), _line(place, sums, (1, int(minutes)))
    )
