"""What people have done by hand with one machine, and what it still owes them: heat off, motors off."""

import asyncio
import math
from dataclasses import dataclass, field
from typing import Final

from jobs.errors import Sentence

HOT_S: Final = 900.0
"""Heat by hand goes off by itself after this time without a new order of a person."""
STILL_S: Final = 300.0
"""Motors held by hand are let go after this time."""


@dataclass(slots=True)
class Handiwork:
    """Kept for one machine while it is connected.

    `rests_at_s` is when its heat and motors go off by themselves; `is_hot` tells whether there is heat to go.
    `result` is how the last errand ended; `waits` what a person has to do before `word` lets one go on.
    `press` names the press of a finger that moves a mill. `zeroed` are the axes of a mill that a person has
    given a zero, `traced` and `checked` the jobs whose outline was drawn in the air and whose program was
    read in a dry run.
    """

    rests_at_s: float = math.inf
    is_hot: bool = False
    result: Sentence | None = None
    waits: Sentence | None = None
    word: asyncio.Event = field(default_factory=asyncio.Event)
    press: str = ""
    zeroed: frozenset[str] = frozenset()
    traced: str = ""
    checked: str = ""

    def warm(self, now_s: float) -> None:
        """A person has heated: the time begins."""
        self.is_hot = True
        self.rests_at_s = now_s + HOT_S

    def hold(self, now_s: float) -> None:
        """A person has moved: the motors hold for a while, heat keeps its own time."""
        self.rests_at_s = min(self.rests_at_s, now_s + HOT_S) if self.is_hot else now_s + STILL_S

    def rested(self) -> None:
        """Heat and motors are off."""
        self.rests_at_s, self.is_hot = math.inf, False

    def forget(self) -> None:
        """The machine was connected again: everything is off and no place is known."""
        self.rested()
        self.result = self.waits = None
        self.zeroed, self.traced, self.checked = frozenset(), "", ""
