"""The numbers of bikes and boots: new at their first message, and remembered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from city.store.engine import Engine, Session, marks

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
        with self._engine.transaction() as session:
            if new_boots and month not in self._rooms:
                session.make_room(month)
            found_bikes = {name: _add_bike(session, name) for name in new_bikes}
            keys = {**self._bikes, **found_bikes}
            found_boots = {
                name: _add_boot(session, key, name[2], month)
                for name in new_boots
                if (key := keys[name[:2]]) is not None
            }
        self._rooms |= {month} if new_boots else set()
        self._bikes.update(found_bikes)
        self._boots.update(found_boots)


def month_of(utc_s: float) -> int:
    """The month of a date as a number: 202611."""
    date = datetime.fromtimestamp(utc_s, UTC)
    return date.year * 100 + date.month


def _add_bike(session: Session, name: BikeName) -> int | None:
    """The number of a bike, new if there is room; None when the id belongs to another city."""
    city, bike = name
    if session.rows("SELECT count(*) FROM bike")[0][0] < MAX_BIKES:
        session.run("INSERT INTO bike (city, bike) VALUES (?, ?) ON CONFLICT DO NOTHING", name)
    found = session.rows("SELECT key FROM bike WHERE city = ? AND bike = ?", (city, bike))
    return int(found[0][0]) if found else None


def _add_boot(session: Session, bike: int, boot: str, month: int) -> BootRow:
    """A boot's row, new at its first record."""
    found = session.rows("SELECT key, month, upto FROM boot WHERE bike = ? AND boot = ?", (bike, boot))
    if not found:
        session.run(
            "INSERT INTO boot (bike, boot, month) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (bike, boot, month),
        )
        found = session.rows("SELECT key, month, upto FROM boot WHERE bike = ? AND boot = ?", (bike, boot))
    return BootRow(*found[0])


def chosen(session: Session, keys: Iterable[int]) -> dict[int, tuple[object, ...]]:
    """The rows of some boots, held until the commit so that no other worker moves their watermarks."""
    wanted = sorted(keys)
    rows = session.rows(
        "SELECT key, upto, ahead, lost, clock_s, error_ms, source, ceiling_s FROM boot"
        f" WHERE key IN ({marks(len(wanted))}) ORDER BY key{session.lock}",
        wanted,
    )
    return {int(row[0]): row for row in rows}
