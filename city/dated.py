"""Sums over any span of time, from the rows of single hours and halts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from city.folding import COUNTS
from city.lines import By, Filter, Sums
from city.periods import Period
from city.store.engine import Session, Value

VISITS: Final = "visit JOIN boot ON boot.key = visit.boot JOIN bike ON bike.key = boot.bike"
_TALLIES: Final = (
    "tally JOIN boot ON boot.key = tally.boot JOIN bike ON bike.key = boot.bike"
    " LEFT JOIN visit ON visit.key = tally.visit"
)
SUMS: Final = ", ".join(f"sum(tally.{name})" for name in COUNTS)
_SPAN: Final = "(CAST(? AS INTEGER), CAST(? AS DOUBLE PRECISION), CAST(? AS DOUBLE PRECISION))"
_LABELS: Final = {
    By.CITY: "bike.city",
    By.BIKE: "bike.bike",
    By.HOST_CITY: "coalesce(visit.host_city, '')",
    By.PLACE: "coalesce(visit.place, '')",
    By.KIND: "tally.kind",
}
_NONE: Final = (0,) * len(COUNTS)


def by_label(session: Session, by: By, chosen: Filter) -> dict[str, Sums]:
    """Sums by city, bike, host city, place or kind; a halt is of no kind."""
    where, values = conditions(chosen, "tally")
    label = _LABELS[by]
    counts = session.rows(f"SELECT {label}, {SUMS} FROM {_TALLIES} WHERE {where} GROUP BY 1", values)
    if by is By.KIND:
        return _joined(counts, ())
    where, values = conditions(chosen, "visit")
    halts = session.rows(
        f"SELECT {label}, count(*), sum(visit.minutes) FROM {VISITS} WHERE {where} GROUP BY 1", values
    )
    return _joined(counts, halts)


def by_period(session: Session, periods: Sequence[Period], chosen: Filter) -> list[Sums]:
    """Sums of each period."""
    spans = ", ".join([_SPAN] * len(periods))
    bounds: list[Value] = [v for i, p in enumerate(periods) for v in (i, p.from_s, p.to_s)]
    found = []
    for table, tables, sums in (
        ("tally", _TALLIES, SUMS),
        ("visit", VISITS, "count(*), sum(visit.minutes)"),
    ):
        where, values = conditions(chosen, table)
        found.append(
            session.rows(
                f"WITH span (number, from_s, to_s) AS (VALUES {spans}) SELECT span.number, {sums}"
                f" FROM {tables} JOIN span ON {table}.at_s >= span.from_s AND {table}.at_s < span.to_s"
                f" WHERE {where} GROUP BY 1",
                [*bounds, *values],
            )
        )
    sums_by_number = _joined(*found)
    return [sums_by_number.get(str(number), ()) for number in range(len(periods))]


def conditions(chosen: Filter, table: str) -> tuple[str, list[Value]]:
    """The filter as a condition with its values; a visit has no kind."""
    words = {"bike.city": chosen.city, "bike.bike": chosen.bike, "visit.host_city": chosen.host_city}
    if table == "tally":
        words["tally.kind"] = chosen.kind
    given = {column: word for column, word in words.items() if word}
    condition = "".join(f" AND {column} = ?" for column in given)
    return f"{table}.at_s >= ? AND {table}.at_s < ?{condition}", [chosen.from_s, chosen.to_s, *given.values()]


def _joined(counts: Iterable[Sums], halts: Iterable[Sums]) -> dict[str, Sums]:
    """Both kinds of sums beside each other."""
    made: Mapping[str, Sums] = {str(row[0]): row[1:] for row in counts}
    stood: Mapping[str, Sums] = {str(row[0]): row[1:] for row in halts}
    return {
        label: (*made.get(label, _NONE), *stood.get(label, (0, 0))) for label in made.keys() | stood.keys()
    }
