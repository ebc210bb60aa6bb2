"""The numbers of bikes and boots: new at their first message, and remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from city.store.engine import Engine, Session, marks, places

MAX_BIKES: Final = 5000
"""More than any metropolis has: whoever goes beyond invents topics."""

_MOST_REMEMBERED: Final = 20_000

BikeName = tuple[str, str]
"""City and bike, as in the topic."""

BootName = tuple[str, str, str]
"""City, bike and boot."""


@dataclass(frozen=True, slots=True)
class BootRow:
    """A boot in the database; `upto` was its watermark when it was looked up."""

    key: int
    month: int
    upto: int


class Register:
    """Looks names up, and adds them in a transaction of their own so that none is remembered in vain."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bikes: dict[BikeName, int | None] = {}
        self._boots: dict[BootName, BootRow] = {}
        self._rooms: set[int] = set()

    def bike(self, name: BikeName) -> int | None:
        """The number of a bike; None when it may not exist."""
        return self._bikes[name]

    def boot(self, name: BootName) -> BootRow | None:
        """A boot; None when its bike may not exist."""
        return self._boots.get(name)

    def moved(self, name: BootName, upto: int) -> None:
        """Remember a watermark after its commit."""
        known = self._boots[name]
        self._boots[name] = BootRow(known.key, known.month, upto)

    def learn(self, bikes: Iterable[BikeName], boots: Iterable[BootName], at_s: float) -> None:
        """Make sure that these names can be asked for.

        The id of a bike belongs to the city that first spoke of it: the broker proves the id of whoever
        publishes, not the city in the topic.
        """
        new_boots = sorted(set(boots) - self._boots.keys())
        new_bikes = sorted((set(bikes) | {name[:2] for name in new_boots}) - self._bikes.keys())
        if not new_boots and not new_bikes:
            return
        if len(self._boots) + len(self._bikes) > _MOST_REMEMBERED:
            self._boots.clear()
            self._bikes.clear()
            self.learn(bikes, boots, at_s)
            return
        month = month_of(at_s)
        if new_boots and month not in self._rooms:
            with self._engine.transaction() as session:  # of its own: other workers wait for this one
                session.make_room(month)
            self._rooms.add(month)
        with self._engine.transaction() as session:
            found_bikes = _add_bikes(session, new_bikes)
            keys = {**self._bikes, **found_bikes}
            found_boots = _add_boots(
                session,
                {(key, name[2]): name for name in new_boots if (key := keys[name[:2]]) is not None},
                month,
            )
        self._bikes.update(found_bikes)
        self._boots.update(found_boots)


def month_of(utc_s: float) -> int:
    """The month of a date as a number: 202611."""
    date = datetime.fromtimestamp(utc_s, UTC)
    return date.year * 100 + date.month


def _add_bikes(session: Session, names: Sequence[BikeName]) -> dict[BikeName, int | None]:
    """The numbers of bikes, new while there is room; None when the id belongs to another city."""
    if not names:
        return {}
    ask = f"SELECT city, bike, key FROM bike WHERE bike IN ({marks(len(names))})"
    ids = [bike for _city, bike in names]
    known = {bike for _city, bike, _key in session.rows(ask, ids)}
    room = MAX_BIKES - int(session.rows("SELECT count(*) FROM bike")[0][0])
    new = [name for name in names if name[1] not in known][: max(0, room)]
    if new:
        session.run(
            f"INSERT INTO bike (city, bike) VALUES {places(len(new), 2)} ON CONFLICT DO NOTHING",
            [value for name in new for value in name],
        )
    found = {(city, bike): int(key) for city, bike, key in session.rows(ask, ids)}
    return {name: found.get(name) for name in names}


def _add_boots(
    session: Session, names: Mapping[tuple[int, str], BootName], month: int
) -> dict[BootName, BootRow]:
    """The rows of boots by their bikes' numbers, new at their first record."""
    found = _find_boots(session, names)
    new = [name for name in names if names[name] not in found]
    if new:
        session.run(
            f"INSERT INTO boot (bike, boot, month) VALUES {places(len(new), 3)} ON CONFLICT DO NOTHING",
            [value for bike, boot in new for value in (bike, boot, month)],
        )
        found = _find_boots(session, names)
    return found


def _find_boots(session: Session, names: Mapping[tuple[int, str], BootName]) -> dict[BootName, BootRow]:
    if not names:
        return {}
    rows = session.rows(
        "SELECT bike, boot, key, month, upto FROM boot"
        f" WHERE (bike, boot) IN (VALUES {places(len(names), 2)})",
        [value for name in names for value in name],
    )
    return {names[bike, boot]: BootRow(*row) for bike, boot, *row in rows}


def chosen(session: Session, keys: Iterable[int]) -> dict[int, tuple[object, ...]]:
    """The rows of some boots, held until the commit so that no other worker moves their watermarks."""
    wanted = sorted(keys)
    rows = session.rows(
        "SELECT key, upto, ahead, lost, clock_s, error_ms, source, ceiling_s FROM boot"
        f" WHERE key IN ({marks(len(wanted))}) ORDER BY key{session.lock}",
        wanted,
    )
    return {int(row[0]): row for row in rows}
