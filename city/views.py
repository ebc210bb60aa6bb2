"""What the desk sees: reading the city's database, never writing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from city.folding import taken_apart
from city.periods import PARIS, day_s
from city.store.engine import Engine, Session, marks
from city.store.totals import Grain
from onboard.messages import About, State, Status

SILENT_AFTER_S: Final = 150.0
"""A bike speaks at least every 45 s."""

_DATED: Final = "coalesce(record.mono_s + boot.offset_s, record.received_s)"
_SHOWN: Final = (
    "job.queued",
    "job.started",
    "job.done",
    "job.failed",
    "halt.opened",
    "halt.closed",
    "fault",
    "gap",
    "robot.returned",
)

Model = TypeVar("Model", bound=BaseModel)


class Presence(StrEnum):
    """How a bike stands; a silent bike is neither of the others, whatever it said last."""

    AT_HALT = "at-halt"
    AWAY = "away"
    STOPPED = "stopped"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class BikeView:
    """One bike; while `presence` is SILENT, `state` is only what it said last.

    `silent_s` is None when nobody knows since when, `used_today_wh` before the first measurement of the day.
    """

    number: int
    city: str
    bike: str
    presence: Presence
    silent_s: float | None
    state: State
    made_today: int
    used_today_wh: float | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the bikes' diary."""

    at: datetime
    city: str
    bike: str
    type: str
    content: dict[str, str | float | int]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the desk's page."""

    bikes: tuple[BikeView, ...]
    events: tuple[EventView, ...]
    refused: int
    now: datetime

    def count(self, *presences: Presence) -> int:
        """How many bikes stand so."""
        return sum(bike.presence in presences for bike in self.bikes)

    @property
    def made_today(self) -> int:
        """Objects of all bikes."""
        return sum(bike.made_today for bike in self.bikes)

    @property
    def used_today_wh(self) -> float | None:
        """Energy of all bikes; None before the first measurement of the day."""
        measured = [bike.used_today_wh for bike in self.bikes if bike.used_today_wh is not None]
        return sum(measured) if measured else None


class Reader:
    """Queries of the live page; every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def overview(self, now_s: float, events: int = 11) -> Overview:
        """The whole page at one instant (UTC epoch seconds)."""
        now = datetime.fromtimestamp(now_s, PARIS)
        with self._engine.transaction() as session:
            today = _today(session, day_s(now_s))
            bikes = session.rows(
                "SELECT key, city, bike, heard_s, status, state FROM bike ORDER BY city, bike"
            )
            refused = session.rows("SELECT coalesce(sum(messages), 0) FROM refused")[0][0]
            diary = _diary(session, events)
        views = [_bike(i, row, today.get(row[0], (0, None)), now_s) for i, row in enumerate(bikes, 1)]
        return Overview(tuple(views), tuple(diary), int(refused), now)

    def diary(self, limit: int, bike: str = "") -> Sequence[EventView]:
        """The newest events, of all bikes or of one."""
        with self._engine.transaction() as session:
            return _diary(session, limit, bike)

    def about(self, bike: str) -> About | None:
        """What a bike has said of itself."""
        with self._engine.transaction() as session:
            rows = session.rows("SELECT about FROM bike WHERE bike = ?", (bike,))
        return _read(About, rows[0][0]) if rows else None

    def totals(self) -> dict[str, float]:
        """What the store holds, and how far its sums are behind."""
        with self._engine.transaction() as session:
            kept, waiting, lost = session.rows(
                "SELECT coalesce(sum(upto), 0), coalesce(sum(upto - counted), 0), coalesce(sum(lost), 0)"
                " FROM boot"
            )[0]
        return {"kept": float(kept), "waiting": float(waiting), "lost": float(lost)}

    def refused(self) -> dict[str, int]:
        """Messages that were not kept, by reason."""
        with self._engine.transaction() as session:
            rows = session.rows("SELECT reason, messages FROM refused ORDER BY reason")
        return {str(reason): int(messages) for reason, messages in rows}


def _today(session: Session, midnight_s: int) -> dict[int, tuple[int, float | None]]:
    """Objects and watt-hours of each bike since midnight, by the bikes' own dates."""
    rows = session.rows(
        "SELECT bike, sum(done), CASE WHEN sum(seconds) > 0 THEN sum(used_wh) END"
        " FROM total WHERE grain = ? AND start_s = ? GROUP BY host_city, place, bike",
        (Grain.DAY, midnight_s),
    )
    return {int(key): (int(made), used_wh) for key, made, used_wh in rows}


def _diary(session: Session, limit: int, bike: str = "") -> Sequence[EventView]:
    """The newest records that a person would want to read."""
    only = " AND bike.bike = ?" if bike else ""
    rows = session.rows(
        f"SELECT {_DATED}, bike.city, bike.bike, record.type, record.payload FROM record"
        " JOIN boot ON boot.key = record.boot JOIN bike ON bike.key = boot.bike"
        f" WHERE record.type NOT IN ('energy', 'clock') AND record.type IN ({marks(len(_SHOWN))}){only}"
        " ORDER BY record.received_s DESC, record.seq DESC LIMIT ?",
        (*_SHOWN, *([bike] if bike else []), 4 * limit),
    )
    newest = sorted(rows, key=lambda row: -float(row[0]))[:limit]
    return [
        EventView(datetime.fromtimestamp(r[0], PARIS), r[1], r[2], r[3], taken_apart(r[4])) for r in newest
    ]


def _bike(number: int, row: Sequence[Any], today: tuple[int, float | None], now_s: float) -> BikeView:
    """One row of the table."""
    _key, city, bike, last_s, kept_status, kept_state = row
    state = _read(State, kept_state) or State()
    status = _read(Status, kept_status)
    online = status is not None and status.online
    heard_s: float | None = last_s
    silent_s = None if heard_s is None else max(0.0, now_s - heard_s)
    presence = _presence(state, spoke=online and silent_s is not None and silent_s < SILENT_AFTER_S)
    return BikeView(number, city, bike, presence, silent_s, state, *today)


def _read(model: type[Model], stored: str | None) -> Model | None:
    """A stored message; one that another version of this program wrote is as good as none."""
    try:
        return model.model_validate_json(stored) if stored else None
    except ValidationError:
        return None


def _presence(state: State, *, spoke: bool) -> Presence:
    if not spoke:
        return Presence.SILENT
    if state.stopped:
        return Presence.STOPPED
    return Presence.AT_HALT if state.halt else Presence.AWAY
