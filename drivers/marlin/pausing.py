"""Both kinds of pause: ours, which leaves the part alone, and the board's own, which waits for a person."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from drivers.marlin.clearing import Clearing
from drivers.marlin.events import Paused, Resumed
from drivers.marlin.feed import Feed
from drivers.marlin.habits import Habits
from drivers.marlin.parking import Parking
from drivers.marlin.phases import Phase, Stage
from drivers.types import Temperature

REASON: Final = "The printer waits for a person: look at its own screen, for example for new filament."
SAID: Final = 2
"""A line without checksum may arrive damaged, and a board that has gone on does not mind the second one."""


class Pausing:
    """Puts what a pause needs into the feed."""

    def __init__(self, stage: Stage, feed: Feed, clearing: Clearing, habits: Habits) -> None:
        self._stage = stage
        self._feed = feed
        self._clearing = clearing
        self._habits = habits
        self._next_habits = habits
        self._parking = Parking(habits)
        self._heaters: dict[str, Temperature] = {}
        self._is_by_board = False
        self._goes_on_alone = False

    def reset(self) -> None:
        """No pause."""
        self._is_by_board = self._goes_on_alone = False
        self._parking = Parking(self._next_habits)
        self._next_habits = self._habits
        self._feed.end_at_layer(wished=False)

    def feel(self, temperatures: dict[str, Temperature]) -> None:
        """Keep what must be warm again after a pause."""
        self._heaters = {**self._heaters, **temperatures}

    def pause(self, now_s: float) -> Sequence[Paused]:
        """A person here asks for it."""
        if not self._stage.change(Phase.RUNNING, Phase.PAUSED):
            return []
        self.reset()
        self._feed.add(self._parking.begin(self._heaters, now_s))
        return [Paused()]

    def pause_after_layer(self, keep_hot_s: float, keep_bed_s: float) -> None:
        """Pause between two layers, or sooner when `pause` is called too, and stay warm for so long."""
        if self._stage.phase is Phase.RUNNING:
            self._next_habits = replace(self._habits, keep_hot_s=keep_hot_s, keep_bed_s=keep_bed_s)
            self._feed.end_at_layer(wished=True)

    def wait_for_person(self, *, goes_on_alone: bool) -> Sequence[Paused]:
        """The board waits, parked by itself; some boards acknowledge nothing before they go on alone."""
        if not self._stage.change(Phase.RUNNING, Phase.PAUSED):
            return []
        self.reset()
        self._is_by_board, self._goes_on_alone = True, goes_on_alone
        return [Paused(REASON)]

    def go_on(self) -> None:
        """Everything before the pause is executed: park, once it is known where the tool stands."""
        if not self._parking.is_asking:
            return
        if self._feed.where is not None:
            hotend = self._heaters.get("hotend")
            self._feed.add(self._parking.park(self._feed.where, self._feed.modes, hotend))
        elif not self._feed.ask_where():
            self._parking = Parking(self._habits)

    def sooner(self, deadline_s: float | None) -> float | None:
        """Return when a heater has waited warm for long enough, if that comes before."""
        cools_s = self._parking.cools_s
        if cools_s == math.inf:
            return deadline_s
        return cools_s if deadline_s is None else min(cools_s, deadline_s)

    def tick(self, now_s: float) -> None:
        """Let what has waited for long enough wait cooler."""
        if now_s >= self._parking.cools_s:
            self._feed.add(self._parking.cool(now_s))

    def resume(self) -> Sequence[Resumed]:
        """Put everything back, or tell the board that a person is there."""
        if not self._stage.change(Phase.PAUSED, Phase.RUNNING):
            return []
        if self._is_by_board:
            self._clearing.break_wait(SAID)
        self._feed.add(self._parking.leave())
        self.reset()
        return [Resumed()]

    def board_goes_on(self) -> Sequence[Resumed]:
        """A board that waited for a person acknowledges again when that person has told it so."""
        if not self._goes_on_alone or not self._stage.change(Phase.PAUSED, Phase.RUNNING):
            return []
        self.reset()
        return [Resumed()]
