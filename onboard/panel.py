"""What the bike's own contacts allow, and whether its machines may have power."""

import asyncio
import logging
import time
from typing import Final

from drivers.panel.monitor import OnHazards, PanelMonitor
from drivers.panel.types import WORDS, Hazard, PanelState
from drivers.types import DeviceKind
from jobs.errors import JobError, Sentence

log = logging.getLogger(__name__)

POWER_S: Final = 3.0
"""A relay that is beaten closes within this time."""
LOOK_S: Final = 0.05

POWERLESS: Final = frozenset(
    {Hazard.SILENT, Hazard.MUSHROOM, Hazard.DISAGREE, Hazard.WELDED, Hazard.KEY, Hazard.MOVING}
)
"""With one of these no beat is given: the relay opens, or stays open."""


class PanelGuard:
    """The panel of one bike; without a monitor, a bike without a panel, everything is allowed.

    `is_cut` is latched by every emergency stop: the relay gets no beat until a person re-arms a machine.
    """

    def __init__(self, monitor: PanelMonitor | None = None) -> None:
        self._monitor = monitor
        self.is_cut = False

    @property
    def state(self) -> PanelState | None:
        """What is known of the panel now; None without one."""
        return self._monitor.state if self._monitor else None

    @property
    def hazards(self) -> frozenset[Hazard]:
        """What is not safe now."""
        return self._monitor.state.hazards if self._monitor else frozenset()

    def refusal(self, kind: DeviceKind) -> Sentence | None:
        """Why a machine of this kind may not work now, the gravest reason; None when it may."""
        state = self.state
        if state is None:
            return None
        found = (*state.hazards_for(kind), *((Hazard.RELAY_OPEN,) if self.is_cut else ()))
        return _sentence(found[0]) if found else None

    def check(self, kind: DeviceKind) -> None:
        """Refuse what would move or heat a machine.

        Raises:
            JobError: the panel is not safe for it, and why.
        """
        if (sentence := self.refusal(kind)) is not None:
            raise JobError("panel", sentence)

    def beat(self) -> None:
        """Keep the relay closed a little longer, if the machines may have power."""
        if self._monitor is not None and not self.is_cut and not POWERLESS & self.hazards:
            self._monitor.beat()

    def cut(self) -> None:
        """Give no beat any more; from any thread."""
        self.is_cut = self._monitor is not None

    async def restore(self) -> None:
        """Let a person have the machines' power again, and wait until the relay has closed.

        Raises:
            JobError: the panel does not allow it, or the relay does not close.
        """
        found = [hazard for hazard in Hazard if hazard in POWERLESS & self.hazards]
        if found:
            raise JobError("panel", _sentence(found[0]))
        self.is_cut = False
        end_s = time.monotonic() + POWER_S
        while Hazard.RELAY_OPEN in self.hazards:
            if time.monotonic() > end_s:
                raise JobError("panel", _sentence(Hazard.RELAY_OPEN))
            await asyncio.sleep(LOOK_S)

    def start(self, on_hazards: OnHazards) -> None:
        """Look at the contacts from now on; changes are told in the monitor's thread."""
        if self._monitor is not None:
            self._monitor.start(on_hazards)

    async def close(self) -> None:
        """Let the lines go; the relay opens by itself."""
        if self._monitor is not None:
            await asyncio.to_thread(self._monitor.close)


def _sentence(hazard: Hazard) -> Sentence:
    return Sentence(WORDS[hazard].fr, WORDS[hazard].en)
