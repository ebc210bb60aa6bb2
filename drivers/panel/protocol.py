"""The judgement on the panel's contacts, sans-I/O: debounce, agreement, freshness, and the relay's answer."""

import math
from collections.abc import Mapping
from typing import Final

from drivers.panel.types import Hazard, Input, PanelState

OPEN_S: Final = 0.008
"""So long a contact must read open to count: two looks, which a spark of a motor does not last."""
CLOSE_S: Final = 0.25
"""So long a contact must read closed, without a break, to be trusted again."""
SETTLE_S: Final = CLOSE_S + 0.05
"""Before this time after the first look nothing is said of a contact: all would read as open."""
DISAGREE_S: Final = 0.5
"""The two contacts of one button change within this time, or one of them is broken."""
STALE_S: Final = 0.3
"""Contacts that nobody has looked at for so long are not known."""
RELAY_S: Final = 0.8
"""The relay opens so long after the last beat, on a real panel by its own timer."""
WELDED_S: Final = 2.0
"""A relay that is closed so long after the last beat does not open any more."""


class Contact:
    """One debounced contact, open until it has proved to be closed."""

    def __init__(self) -> None:
        self.is_closed = False
        self._level = False
        self._since_s = -math.inf

    def see(self, level: bool, now_s: float) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """Take note of a level."""
        if level != self._level:
            self._level, self._since_s = level, now_s
        if now_s - self._since_s >= (CLOSE_S if level else OPEN_S):
            self.is_closed = level


class PanelProtocol:
    """Levels in, hazards out; times are those of one monotonic clock."""

    def __init__(self) -> None:
        self._contacts = {name: Contact() for name in Input}
        self._looked_s = -math.inf
        self._settled_s = math.inf
        self._beaten_s: float | None = None
        self._differ_since_s: float | None = None
        self._has_disagreed = False

    def look(self, levels: Mapping[Input, bool], now_s: float) -> PanelState:
        """Take one look at all contacts; after a gap each has to prove itself again."""
        if now_s - self._looked_s > STALE_S:
            self._contacts = {name: Contact() for name in Input}
            self._settled_s = now_s + SETTLE_S
        self._looked_s = now_s
        if self._beaten_s is None:
            self._beaten_s = now_s
        for name, contact in self._contacts.items():
            contact.see(levels.get(name, False), now_s)
        self._compare(now_s)
        return self.state(now_s)

    def beaten(self, now_s: float) -> None:
        """The heartbeat's line was toggled."""
        self._beaten_s = now_s

    def lost(self) -> None:
        """Nobody answers any more: nothing is known."""
        self._looked_s = -math.inf

    def state(self, now_s: float) -> PanelState:
        """What may be believed now."""
        if now_s - self._looked_s > STALE_S or self._looked_s < self._settled_s:
            return PanelState(now_s, frozenset({Hazard.SILENT}))
        found = {
            Hazard.MUSHROOM: not (self._closed(Input.MUSHROOM_A) and self._closed(Input.MUSHROOM_B)),
            Hazard.DISAGREE: self._has_disagreed,
            Hazard.WELDED: self._closed(Input.RELAY) and now_s - (self._beaten_s or now_s) > WELDED_S,
            Hazard.KEY: not self._closed(Input.KEY),
            Hazard.MOVING: not self._closed(Input.PARKED),
            Hazard.RELAY_OPEN: not self._closed(Input.RELAY),
            Hazard.LID: not self._closed(Input.LID),
        }
        return PanelState(self._looked_s, frozenset(hazard for hazard, holds in found.items() if holds))

    def _closed(self, name: Input) -> bool:
        return self._contacts[name].is_closed

    def _compare(self, now_s: float) -> None:
        """Latch a contradiction of the mushroom's contacts until a full press has shown both to work."""
        one, other = self._closed(Input.MUSHROOM_A), self._closed(Input.MUSHROOM_B)
        if one == other:
            self._differ_since_s = None
            self._has_disagreed = self._has_disagreed and one
            return
        if self._differ_since_s is None:
            self._differ_since_s = now_s
        if now_s - self._differ_since_s >= DISAGREE_S:
            self._has_disagreed = True
