"""Where the Marlin protocol may be."""

from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    """CLEARING is heat off without line numbers, for a board in any state; SETTLING follows it, with them."""

    WAITING = "waiting"
    CLEARING = "clearing"
    SETTLING = "settling"
    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    DEAD = "dead"


class Stage:
    """The phase that the parts of the protocol share."""

    def __init__(self) -> None:
        self.phase = Phase.WAITING

    def change(self, before: Phase, after: Phase) -> bool:
        """Go on to another phase; False when this is not the one before it."""
        if self.phase is not before:
            return False
        self.phase = after
        return True


POLLED: Final = frozenset({Phase.IDLE, Phase.RUNNING, Phase.PAUSED})
FED: Final = frozenset({Phase.RUNNING, Phase.PAUSED})
MUTE: Final = frozenset({Phase.WAITING, Phase.CLEARING, Phase.DEAD})
