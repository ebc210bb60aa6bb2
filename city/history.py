"""What was: sums of objects, energy, success and hours by halt, city, month or any other span of time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from city import dated, spans
from city.lines import ALL, By, Filter, Halt, Line
from city.periods import PARIS, Period
from city.store.engine import Engine, Session, marks


class History:
    """Queries on the sums that are kept; every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sums(self, by: By, chosen: Filter = ALL) -> list[Line]:
        """One line for each city, bike, host city, place or kind, in the order of its name."""
        grain = spans.grain_for((chosen.from_s, chosen.to_s), chosen, by)
        with self._engine.transaction() as session:
            found = (
                spans.by_label(session, grain, by, chosen) if grain else dated.by_label(session, by, chosen)
            )
        return [Line.of(label, found[label]) for label in sorted(found)]

    def over_time(self, periods: Sequence[Period], chosen: Filter = ALL) -> list[Line]:
        """One line for each period, in their order; those without records are zero."""
        if not periods:
            return []
        cut = [
            replace(p, from_s=max(p.from_s, chosen.from_s), to_s=min(p.to_s, chosen.to_s)) for p in periods
        ]
        within = replace(chosen, from_s=min(p.from_s for p in cut), to_s=max(p.to_s for p in cut))
        grain = spans.grain_for([end_s for p in cut for end_s in (p.from_s, p.to_s)], chosen)
        with self._engine.transaction() as session:
            found = (
                spans.by_period(session, grain, cut, within)
                if grain
                else dated.by_period(session, cut, within)
            )
        return [Line.of(period.label, sums) for period, sums in zip(periods, found, strict=True)]

    def halts(self, chosen: Filter = ALL, limit: int = 100) -> list[Halt]:
        """Visits with their sums, the newest first."""
        where, values = dated.conditions(chosen, "visit")
        with self._engine.transaction() as session:
            rows = session.rows(
                "SELECT visit.key, visit.at_s, bike.city, bike.bike, visit.place, visit.host_city,"
                f" visit.closed, visit.minutes FROM {dated.VISITS} WHERE {where}"
                " ORDER BY visit.at_s DESC LIMIT ?",
                [*values, limit],
            )
            sums = _sums_of_visits(session, [int(row[0]) for row in rows], chosen.kind)
        return [_halt(row, sums.get(int(row[0]), ())) for row in rows]


def _sums_of_visits(session: Session, visits: Sequence[int], kind: str) -> dict[int, Sequence[Any]]:
    """The sums of each visit, which may go on in later boots of its bike."""
    if not visits:
        return {}
    only = " AND tally.kind = ?" if kind else ""
    rows = session.rows(
        f"SELECT visit.key, {dated.SUMS} FROM visit JOIN boot AS first ON first.key = visit.boot"
        " JOIN boot ON boot.bike = first.bike AND boot.key >= first.key"
        " JOIN tally ON tally.boot = boot.key AND tally.visit = visit.key"
        f" WHERE visit.key IN ({marks(len(visits))}){only} GROUP BY 1",
        [*visits, kind] if kind else visits,
    )
    return {int(row[0]): row[1:] for row in rows}


def _halt(row: Sequence[Any], sums: Sequence[Any]) -> Halt:
    key, at_s, city, bike, place, host_city, closed, minutes = row
    at = datetime.fromtimestamp(float(at_s), PARIS)
    line = replace(Line.of(place, sums), halts=1, open_min=int(minutes))
    return Halt(int(key), at, city, bike, place, host_city, bool(closed), line)
