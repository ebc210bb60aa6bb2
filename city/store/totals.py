"""Sums by day and by month beside the sums by hour, changed in the same transaction as those.

A grain is what one row of `total` sums up. Days and months are those of Paris. Where kinds of machines are
told apart, halts stand in rows of their own, with `HALT` for a kind: no machine is meant by them.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from city.folding import COUNTS
from city.periods import EVER_S, day_s, days_between, month_s
from city.store.engine import Session, marks

HALT: Final = "halt"
COLUMNS: Final = ("parts", *COUNTS, "halts", "open_min")
"""What is summed, in the order of the table: `parts` is how many rows of `tally` or `visit` are in it."""

_KEY: Final = ("grain", "start_s", "host_city", "place", "bike", "kind")
_NOTHING: Final = (0,) * len(COUNTS)
_INTO: Final = f"INSERT INTO total ({', '.join([*_KEY, *COLUMNS])})"
_ADD: Final = (
    f"{_INTO} VALUES ({marks(len(_KEY) + len(COLUMNS))}) ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = total.{name} + excluded.{name}" for name in COLUMNS)
)
_CLEAR: Final = f"DELETE FROM total WHERE parts = 0 AND {' AND '.join(f'{name} = ?' for name in _KEY)}"


class Grain(StrEnum):
    """What one row sums up, for each bike; where places do not matter they are empty, and so are kinds."""

    DAY = "day"
    MONTH = "month"
    PLACE = "place"
    """A month at one place of one host city."""
    DAY_KIND = "day-kind"
    MONTH_KIND = "month-kind"
    PLACE_KIND = "place-kind"

    @property
    def of_kinds(self) -> "Grain":
        """The same for each kind of machine."""
        return Grain(f"{self.value.removesuffix('-kind')}-kind")


class Spot(NamedTuple):
    """Where a bike was; empty while it was at no halt."""

    host_city: str
    place: str


NOWHERE: Final = Spot("", "")
_Key = tuple[str, int, str, str, int, str]


class Totals:
    """What one transaction changes about one bike; written at its end."""

    def __init__(self, bike: int) -> None:
        self._bike = bike
        self._changes: dict[_Key, list[float]] = {}

    def count(self, at_s: float, spot: Spot, kind: str, counts: Sequence[float], parts: int = 0) -> None:
        """Add to the sums of a date; `parts` is 1 when the row of `tally` is new."""
        self._add(at_s, spot, kind, (parts, *counts, 0, 0))

    def halt(self, at_s: float, spot: Spot, open_min: int, halts: int = 0) -> None:
        """Add a halt that began at a date, or minutes to one."""
        self._add(at_s, spot, HALT, (halts, *_NOTHING, halts, open_min))

    def move_counts(self, at_s: tuple[float, float], spot: Spot, kind: str, counts: Sequence[float]) -> None:
        """Take the sums of a row from one date to another."""
        self._move(at_s, spot, kind, (1, *counts, 0, 0))

    def move_halt(self, at_s: tuple[float, float], spot: Spot, open_min: int) -> None:
        """Take a halt from one date to another."""
        self._move(at_s, spot, HALT, (1, *_NOTHING, 1, open_min))

    def write(self, session: Session) -> None:
        """Bring the changes into the table, in order: two that do so at once never wait for each other."""
        changes = sorted((key, change) for key, change in self._changes.items() if any(change))
        session.run_each(_ADD, [(*key, *change) for key, change in changes])
        session.run_each(_CLEAR, [key for key, change in changes if change[0] < 0])

    def _move(self, at_s: tuple[float, float], spot: Spot, kind: str, amounts: Sequence[float]) -> None:
        if day_s(at_s[0]) != day_s(at_s[1]):
            self._add(at_s[0], spot, kind, [-amount for amount in amounts])
            self._add(at_s[1], spot, kind, amounts)

    def _add(self, at_s: float, spot: Spot, kind: str, amounts: Sequence[float]) -> None:
        month = month_s(at_s)
        for grain, start_s, (host_city, place) in (
            (Grain.DAY, day_s(at_s), NOWHERE),
            (Grain.MONTH, month, NOWHERE),
            (Grain.PLACE, month, spot),
        ):
            for row, of_kind in ((grain, ""), (grain.of_kinds, kind)):
                key = (row.value, start_s, host_city, place, self._bike, of_kind)
                change = self._changes.setdefault(key, [0] * len(COLUMNS))
                for i, amount in enumerate(amounts):
                    change[i] += amount


def make_totals(session: Session) -> int:
    """Fill an empty table from `tally` and `visit`, and return how many months there are."""
    count = 0
    for from_s, to_s in _months_of(session):
        _sum_up(session, Grain.PLACE_KIND, from_s, to_s)
        _merge(session, Grain.PLACE_KIND, Grain.PLACE, "host_city, place, bike, ''", from_s)
        _merge(session, Grain.PLACE_KIND, Grain.MONTH_KIND, "'', '', bike, kind", from_s)
        _merge(session, Grain.MONTH_KIND, Grain.MONTH, "'', '', bike, ''", from_s)
        for start_s in days_between(from_s, to_s):
            _sum_up(session, Grain.DAY_KIND, start_s, day_s(start_s + 36 * 3600))
            _merge(session, Grain.DAY_KIND, Grain.DAY, "'', '', bike, ''", start_s)
        count += 1
    return count


def _merge(session: Session, grain: Grain, into: Grain, key: str, start_s: int) -> None:
    """Rows of a coarser grain from those of a finer one."""
    sums = ", ".join(f"sum({name})" for name in COLUMNS)
    session.run(
        f"{_INTO} SELECT CAST(? AS TEXT), start_s, {key}, {sums} FROM total"
        " WHERE grain = ? AND start_s = ? GROUP BY 1, 2, 3, 4, 5, 6",
        (into.value, grain.value, start_s),
    )


def _months_of(session: Session) -> Iterator[tuple[int, int]]:
    """The beginning and the end of each month in which something happened."""
    from_s = -EVER_S
    while True:
        found = session.rows(
            "SELECT min(at_s) FROM (SELECT min(at_s) AS at_s FROM tally WHERE at_s >= ?"
            " UNION ALL SELECT min(at_s) FROM visit WHERE at_s >= ?) AS earliest",
            (from_s, from_s),
        )
        if found[0][0] is None:
            return
        begin_s = month_s(found[0][0])
        from_s = month_s(begin_s + 32 * 86_400)
        yield begin_s, int(from_s)


def _sum_up(session: Session, grain: Grain, from_s: float, to_s: float) -> None:
    """The rows of one grain and span."""
    spot = (
        "coalesce(visit.host_city, ''), coalesce(visit.place, '')" if grain is Grain.PLACE_KIND else "'', ''"
    )
    begin = f"{_INTO} SELECT CAST(? AS TEXT), CAST(? AS BIGINT), {spot}, boot.bike"
    counts = ", ".join(f"sum(tally.{name})" for name in COUNTS)
    values = (grain, from_s, from_s, to_s)
    session.run(
        f"{begin}, tally.kind, count(*), {counts}, 0, 0 FROM tally JOIN boot ON boot.key = tally.boot"
        " LEFT JOIN visit ON visit.key = tally.visit"
        " WHERE tally.at_s >= ? AND tally.at_s < ? GROUP BY 3, 4, 5, 6",
        values,
    )
    nothing = ", ".join(map(str, _NOTHING))
    session.run(
        f"{begin}, '{HALT}', count(*), {nothing}, count(*), sum(visit.minutes) FROM visit"
        " JOIN boot ON boot.key = visit.boot WHERE visit.at_s >= ? AND visit.at_s < ? GROUP BY 3, 4, 5",
        values,
    )
