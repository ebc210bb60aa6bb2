"""When the state is worth a message: on a change that a person would notice, and once in a while."""

from dataclasses import dataclass
from typing import Final

from onboard.messages import State

LEAST_S: Final = 2.0
MOST_S: Final = 45.0
_DEAD_BAND_PCT: Final = 2


@dataclass(slots=True)
class StateShow:
    """Holds the newest state and says when it is due."""

    _newest: State | None = None
    _shown: State | None = None
    _shown_s: float = float("-inf")

    def offer(self, state: State) -> None:
        """Take the newest state."""
        self._newest = state

    def again(self) -> None:
        """Show the state at the next occasion, whatever was shown before."""
        self._shown = None
        self._shown_s = float("-inf")

    def due(self, now_s: float) -> State | None:
        """The state to publish now, or None."""
        if self._newest is None or now_s - self._shown_s < LEAST_S:
            return None
        if now_s - self._shown_s < MOST_S and not _differs(self._newest, self._shown):
            return None
        self._shown, self._shown_s = self._newest, now_s
        return self._newest


def _differs(new: State, old: State | None) -> bool:
    """Whether anything but the battery's last percent has changed."""
    if old is None or (new.soc_pct is None) != (old.soc_pct is None):
        return True
    if abs((new.soc_pct or 0) - (old.soc_pct or 0)) >= _DEAD_BAND_PCT:
        return True
    calm = {"soc_pct": None, "utc_s": None, "waiting_rows": 0}
    return new.model_copy(update=calm) != old.model_copy(update=calm)
