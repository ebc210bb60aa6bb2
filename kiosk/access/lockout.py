"""Wrong PINs make the next tries wait, longer each time; nothing but the entry by PIN waits."""

from collections.abc import Callable
from typing import Final

FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 300.0
"""With it, trying all PINs of four digits takes more than a month, and those of six digits nine years."""


class Lockout:
    """Counts wrong PINs; tries made while it lasts neither count nor help.

    `failures` is what was counted before a restart, which therefore gives nobody fresh tries.
    """

    def __init__(self, clock: Callable[[], float], failures: int = 0) -> None:
        self._clock = clock
        self._until_s = 0.0
        self.failures = failures
        self._wait()

    @property
    def locked(self) -> bool:
        """Whether nobody may try now."""
        return self._clock() < self._until_s

    def failed(self) -> None:
        """Make the next tries wait, longer each time."""
        self.failures += 1
        self._wait()

    def passed(self) -> None:
        """Start counting anew."""
        self.failures = 0

    def _wait(self) -> None:
        extra = min(self.failures - FREE_TRIES, 10)
        if extra >= 0:
            self._until_s = self._clock() + min(FIRST_WAIT_S * 2**extra, LONGEST_WAIT_S)
