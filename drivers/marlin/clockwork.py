"""The instants at which the Marlin protocol must act although nothing arrives."""

from typing import Final

BANNER_TIMEOUT_S: Final = 8.0
SILENCE_S: Final = 3.0
"""Source: a board that says busy does so every 2 s (`M113 S2`)."""
SILENCE_WITHOUT_BUSY_S: Final = 30.0
RESEND_OK_S: Final = 0.5
KEEP_ALIVE_S: Final = 5.0
"""M85 would stop a board that hears nothing for long."""
POLL_S: Final = 2.0
PATIENCE: Final = (1, 1, 2, 4)
"""How often silence is probed, and how many times the silence each probe waits."""


class Clockwork:
    """Silence, pen hold and polls, on the clock that is passed in."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.silence_s = SILENCE_S
        self.probes = 0
        self._heard_s = 0.0
        self._polled_s = 0.0
        self._spoken_s = 0.0
        self._held_until_s = 0.0
        self._is_started = False

    def set(self, now_s: float) -> None:
        """Move on; the first call starts every wait."""
        self.now_s = now_s
        if not self._is_started:
            self._is_started = True
            self._heard_s = self._polled_s = self._spoken_s = now_s

    def hear(self) -> None:
        """The board shows that it lives and works."""
        self._heard_s = self.now_s
        self.probes = 0

    def speak(self) -> None:
        """Something goes to the board: the wait for its answer begins."""
        self._spoken_s = self.now_s
        if not self.probes:
            self._heard_s = self.now_s

    def poll(self) -> None:
        """Temperatures are asked for."""
        self._polled_s = self.now_s

    def probe(self) -> bool:
        """Count one more probe; False when there were enough."""
        self.probes += 1
        self._heard_s = self.now_s
        return self.probes <= len(PATIENCE)

    def hold(self, seconds: float) -> None:
        """Write nothing for so long, unless `release` comes first."""
        self._held_until_s = self.now_s + seconds

    def release(self) -> None:
        """Write again."""
        self._held_until_s = 0.0

    @property
    def is_held(self) -> bool:
        """The pen is held."""
        return self.now_s < self._held_until_s

    @property
    def release_s(self) -> float | None:
        """When the pen comes free by itself."""
        return self._held_until_s if self.is_held else None

    @property
    def banner_s(self) -> float:
        """When to go on without a banner."""
        return self._heard_s + BANNER_TIMEOUT_S

    @property
    def silent_s(self) -> float:
        """When silence has lasted too long."""
        return self._heard_s + self.silence_s * PATIENCE[min(self.probes, len(PATIENCE) - 1)]

    @property
    def poll_s(self) -> float:
        """When to ask for temperatures again, if the board does not tell them by itself."""
        return self._polled_s + POLL_S

    @property
    def keep_alive_s(self) -> float:
        """When the board must hear something again."""
        return self._spoken_s + KEEP_ALIVE_S
