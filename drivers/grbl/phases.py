"""What the GRBL protocol is about at a time, and how long each phase may last."""

from enum import StrEnum
from typing import Final

BANNER_WAIT_S: Final = 2.0
"""An Uno's boot loader takes so long; then a soft reset asks for the banner."""
CONNECT_S: Final = 12.0
STAND_STILL_S: Final = 3.0
RESUME_S: Final = 10.0


class Phase(StrEnum):
    """What the protocol is about."""

    CLOSED = "closed"
    GREETING = "greeting"
    READY = "ready"
    RUNNING = "running"
    JOGGING = "jogging"
    PAUSING = "pausing"
    PAUSED = "paused"
    RESUMING = "resuming"
    ENDING = "ending"
    RESETTING = "resetting"
    LATCHED = "latched"


IN_PROGRAM: Final = frozenset({Phase.RUNNING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING})
MUTE: Final = frozenset({Phase.CLOSED, Phase.LATCHED})
