"""Sums over whole months or days, from the table that holds them ready."""

from collections.abc import Sequence
from typing import Final

from city.lines import SUMMED, By, Filter, Sums
from city.periods import EVER_S, Period, day_s, days_between, month_s
from city.store.engine import Session, Value, marks
from city.store.totals import HALT, Grain

_ADDED: Final = ", ".join(f"sum({name}) AS {name}" for name in SUMMED)
_KEYS: Final = {
    By.HOST_CITY: "start_s, host_city",
    By.PLACE: "start_s, host_city, place",
    By.CITY: "start_s, host_city, place, bike",
    By.BIKE: "start_s, host_city, place, bike",
    By.KIND: "kind",
}
"""What is added up first. All but the last go along the table's own order, so that nothing must be sorted."""
_MOST_DAYS: Final = 400


def grain_for(ends_s: Sequence[float], chosen: Filter, by: By | None = None) -> Grain | None:
    """The rows that answer a question about spans with these ends; None when only single hours can."""
    needs_place = bool(chosen.host_city) or by in {By.HOST_CITY, By.PLACE}
    if all(abs(end_s) >= EVER_S or month_s(end_s) == end_s for end_s in ends_s):
        grain = Grain.PLACE if needs_place else Grain.MONTH
    elif not needs_place and all(abs(end_s) >= EVER_S or day_s(end_s) == end_s for end_s in ends_s):
        grain = Grain.DAY
    else:
        return None
    return grain.of_kinds if chosen.kind or by is By.KIND else grain


def by_label(session: Session, grain: Grain, by: By, chosen: Filter) -> dict[str, Sums]:
    """Sums by city, bike, host city, place or kind; a halt is of no kind."""
    where, values = _conditions(grain, chosen)
    if by is By.KIND:
        where += f" AND kind <> '{HALT}'"
    is_of_bikes = by in {By.CITY, By.BIKE}
    label, join = (
        (f"bike.{by.value}", "JOIN bike ON bike.key = part.bike") if is_of_bikes else (f"part.{by.value}", "")
    )
    added = ", ".join(f"sum(part.{name})" for name in SUMMED)
    rows = session.rows(
        f"SELECT {label}, {added} FROM (SELECT {_KEYS[by]}, {_ADDED} FROM total WHERE {where}"
        f" GROUP BY {_KEYS[by]}) AS part {join} GROUP BY 1",
        values,
    )
    return {str(row[0]): row[1:] for row in rows}


def by_period(session: Session, grain: Grain, periods: Sequence[Period], chosen: Filter) -> list[Sums]:
    """Sums of each period."""
    where, values = _conditions(grain, chosen)
    rows = session.rows(
        f"SELECT start_s, {_ADDED} FROM total WHERE {where} GROUP BY start_s ORDER BY start_s", values
    )
    return [
        [sum(column) for column in zip(*within, strict=True)]
        for period in periods
        for within in [[row[1:] for row in rows if period.from_s <= row[0] < period.to_s]]
    ]


def _conditions(grain: Grain, chosen: Filter) -> tuple[str, list[Value]]:
    """The filter as a condition with its values; halts stay in whatever kind is chosen."""
    from_s, to_s = int(chosen.from_s), int(chosen.to_s)
    where = "grain = ? AND start_s >= ? AND start_s < ?"
    values: list[Value] = [grain.value, from_s, to_s]
    if chosen.city:
        where += " AND bike IN (SELECT key FROM bike WHERE city = ?)"
        values.append(chosen.city)
    if chosen.bike:
        where += " AND bike = (SELECT key FROM bike WHERE bike.bike = ?)"
        values.append(chosen.bike)
    is_of_places = grain.of_kinds is Grain.PLACE_KIND
    if chosen.bike and not is_of_places and to_s - from_s < _MOST_DAYS * 86_400:
        starts = list(days_between(from_s, to_s))
        where += f" AND host_city = '' AND place = '' AND start_s IN ({marks(len(starts))})"
        values += starts
    if chosen.host_city:
        where += " AND host_city = ?"
        values.append(chosen.host_city)
    if chosen.kind:
        where += f" AND kind IN (?, '{HALT}')"
        values.append(chosen.kind)
    return where, values
