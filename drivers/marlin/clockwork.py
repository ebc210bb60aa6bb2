"""The instants at which the Marlin protocol must act although nothing arrives."""

from typing import Final

BANNER_TIMEOUT_S: Final = 8.0
SILENCE_S: Final = 3.0
"""Source: a board that says busy does so every 2 s (`M113 S2`)."""
SILENCE_WITHOUT_BUSY_S: Final = 30.0
DOUBT_S: Final = 0.5
"""A shut window and so long a silence: an `ok` may be lost."""
KEEP_ALIVE_S: Final = 5.0
"""M85 would stop a board that hears nothing for long."""
POLL_S: Final = 2.0
CHECK_S: Final = 0.25
"""How often the count of a shut window is checked against the board's."""
CHECK_AFTER_DRIFT_S: Final = 0.1
PATIENCE: Final = (1, 1, 2, 4)
"""How often silence is probed, and how many times the silence each probe waits."""
FIRST_QUIET_S: Final = 0.02
SHORTEST_QUIET_S: Final = 0.008
"""Two lines in the kernel, a portion on its way and the board's first letter."""


class Clockwork:
    """Silence, doubts and polls, on the clock that is passed in."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.silence_s = SILENCE_S
        self.probes = 0
        self.timeouts = 0
        self.spoken_s = 0.0
        self.checked_s = 0.0
        self.quiet_from_s = 0.0
        """The last instant at which either side spoke."""
        self._sounded_s = 0.0
        self._patient_from_s = 0.0
        self._busy_until_s = 0.0
        self._slowest_answer_s = 0.0
        self._is_started = False

    def set(self, now_s: float) -> None:
        """Move on; the first call starts every wait."""
        self.now_s = now_s
        if not self._is_started:
            self._is_started = True
            self.quiet_from_s = self.spoken_s = self.checked_s = self._patient_from_s = now_s

    def hear(self, *, is_busy: bool = False) -> None:
        """The board shows that it lives and works."""
        self.quiet_from_s = self._patient_from_s = self.now_s
        self._busy_until_s = self.now_s + self.silence_s if is_busy else 0.0
        self.probes = 0

    def sound(self) -> None:
        """Some byte came, perhaps the first of an error."""
        self._sounded_s = self.now_s

    def speak(self) -> None:
        """Something goes to the board: the wait for its answer begins."""
        self.spoken_s = self.quiet_from_s = self.now_s
        if not self.probes:
            self._patient_from_s = self.now_s

    def check(self) -> None:
        """The count is checked, or temperatures are asked for."""
        self.checked_s = self.now_s

    def probe(self) -> bool:
        """Count one more probe of a long silence; False when there were enough."""
        self.probes += 1
        self.timeouts += 1
        self._patient_from_s = self.now_s
        return self.probes <= len(PATIENCE)

    def learn_answer(self) -> None:
        """One line went and its `ok` came, nothing else being under way: so long an answer takes."""
        self._slowest_answer_s = max(self._slowest_answer_s, self.now_s - self.spoken_s)

    @property
    def quiet_s(self) -> float:
        """After so long a quiet nothing is under way any more."""
        return max(SHORTEST_QUIET_S, 1.5 * (self._slowest_answer_s or FIRST_QUIET_S))

    @property
    def still_from_s(self) -> float:
        """The last instant at which anything was on the wire; what a board says of a fragment counts too."""
        return max(self.quiet_from_s, self._sounded_s)

    @property
    def banner_s(self) -> float:
        """When to go on without a banner."""
        return self._patient_from_s + BANNER_TIMEOUT_S

    @property
    def doubt_s(self) -> float:
        """When a shut window becomes doubtful."""
        return max(self.quiet_from_s + DOUBT_S, self._busy_until_s)

    @property
    def silent_s(self) -> float:
        """When silence has lasted too long."""
        return self._patient_from_s + self.silence_s * PATIENCE[min(self.probes, len(PATIENCE) - 1)]
