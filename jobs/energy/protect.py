"""Decides, while machines work, which of them the battery can no longer carry to the end of its job."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

PATIENCE_S: Final = 10.0
"""A shortfall is acted on when it has lasted so long: one reading is no reason to pause."""
SLACK_WH: Final = 2.0
"""A shortfall this small is the step of a monitor, and the ride home does not feel it."""
UNKNOWN_SOFT_S: Final = 30.0
UNKNOWN_HARD_S: Final = 600.0
"""So long may the battery be unknown before machines pause, and before their heat goes off."""


class Level(IntEnum):
    """How far the protection goes with one machine."""

    FINE = 0
    SOFT = 1
    HARD = 2


class Why(StrEnum):
    """What the protection is about."""

    SHORT = "battery-short"
    EMPTY = "battery-empty"
    UNKNOWN = "battery-unknown"


@dataclass(frozen=True, slots=True)
class Pack:
    """The battery while machines work.

    `stored_wh` is by the last reading that may be believed, counted on from it while the battery is unknown,
    which it has been for `unknown_s`. `floor_wh` is what is never touched: the larger of the ride home's
    reserve and the cut-off. `base_w` is what the bike itself draws.
    """

    stored_wh: float
    floor_wh: float
    base_w: float
    unknown_s: float = 0.0
    is_charging: bool = False

    @property
    def above_wh(self) -> float:
        """What jobs may still take."""
        return self.stored_wh - self.floor_wh


@dataclass(frozen=True, slots=True)
class Task:
    """A job on a machine and what it still takes, base load excluded."""

    machine: str
    rest_wh: float
    rest_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one machine, and the two numbers that are the reason: watt-hours it takes, and left."""

    machine: str
    level: Level
    why: Why = Why.SHORT
    needs_wh: float = 0.0
    left_wh: float = 0.0


def protect(pack: Pack, tasks: Sequence[Task]) -> tuple[Verdict, ...]:
    """Judge each machine that has a job; those that need least are let end first."""
    if pack.above_wh <= 0:
        return _all(tasks, Level.HARD, Why.EMPTY, pack)
    if pack.unknown_s > UNKNOWN_HARD_S:
        return _all(tasks, Level.HARD, Why.UNKNOWN, pack)
    if pack.unknown_s > UNKNOWN_SOFT_S:
        return _all(tasks, Level.SOFT, Why.UNKNOWN, pack)
    return _share(pack, tasks)


def _share(pack: Pack, tasks: Sequence[Task]) -> tuple[Verdict, ...]:
    """Give what is left to the jobs, the smallest first; a pack that gains lets all of them go on."""
    left_wh, until_s, found = pack.above_wh, 0.0, []
    for task in sorted(tasks, key=lambda task: (task.rest_wh, task.machine)):
        longer_s = max(0.0, task.rest_s - until_s)
        needs_wh = task.rest_wh + pack.base_w * longer_s / 3600.0
        if needs_wh <= left_wh + SLACK_WH or pack.is_charging:
            found.append(Verdict(task.machine, Level.FINE, needs_wh=needs_wh, left_wh=left_wh))
            left_wh, until_s = left_wh - needs_wh, max(until_s, task.rest_s)
        else:
            found.append(Verdict(task.machine, Level.SOFT, Why.SHORT, needs_wh, left_wh))
    return tuple(found)


def _all(tasks: Sequence[Task], level: Level, why: Why, pack: Pack) -> tuple[Verdict, ...]:
    return tuple(Verdict(task.machine, level, why, task.rest_wh, pack.above_wh) for task in tasks)


class Patience:
    """Lets a verdict through once it has lasted; what cuts the heat has to wait for nothing."""

    def __init__(self) -> None:
        self._since_s: dict[str, float] = {}

    def ripe(self, verdicts: Sequence[Verdict], now_s: float) -> tuple[Verdict, ...]:
        """Return the verdicts to act on now."""
        soft = {verdict.machine for verdict in verdicts if verdict.level is Level.SOFT}
        self._since_s = {name: self._since_s.get(name, now_s) for name in soft}
        return tuple(verdict for verdict in verdicts if self._is_ripe(verdict, now_s))

    def _is_ripe(self, verdict: Verdict, now_s: float) -> bool:
        if verdict.level is not Level.SOFT or verdict.why is Why.UNKNOWN:
            return verdict.level is not Level.FINE
        return now_s - self._since_s[verdict.machine] >= PATIENCE_S


SHORTEST_HOLD_S: Final = 300.0
LONGEST_HOLD_S: Final = 1800.0


def worth_holding_s(spent_wh: float, hold_w: float) -> float:
    """Return how long a warm bed is worth its energy: what the part has cost so far is lost when it cools."""
    if not hold_w > 0:
        return LONGEST_HOLD_S
    return min(max(spent_wh / hold_w * 3600.0, SHORTEST_HOLD_S), LONGEST_HOLD_S)
