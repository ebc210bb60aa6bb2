"""Heat off without line numbers, for a board in any state."""

import math
from typing import Final

from drivers.marlin.commands import BREAK_WAIT, CLEARING, TEMPERATURES

AGAIN_S: Final = 0.06
TIMES: Final = 4
"""A program's start waits for two heaters; more of these would fill the ring of a board that homes."""
MOST_QUESTIONS: Final = 6


class Clearing:
    """Lines that pass by the window and the numbers."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._left = 0
        self._again_s = 0.0
        self._questions = 0

    @property
    def is_waiting(self) -> bool:
        """Something has to go out at once."""
        return bool(self._lines)

    def begin(self, now_s: float) -> None:
        """Break off what waits, then heat off; an `ok` with temperatures proves that all of it was heard."""
        self._lines = [*CLEARING, TEMPERATURES]
        self._left = TIMES
        self._questions = 1
        self._again_s = now_s + AGAIN_S

    def end(self, *, heat_off: bool) -> None:
        """Say heat off once, or nothing at all, and then nothing more."""
        self._lines = list(CLEARING) if heat_off else []
        self._left = 0

    def break_wait(self, times: int = 1) -> None:
        """Tell a board that waits, for heat or for a person, to go on."""
        if not self._lines:
            self._lines = [BREAK_WAIT] * times

    def doubt(self) -> None:
        """Ask once more whether all was heard: an answer may be lost."""
        if not self._lines and not self._left and self._questions < MOST_QUESTIONS:
            self._questions += 1
            self._lines = [TEMPERATURES]

    def next_s(self, doubt_s: float) -> float:
        """When to break off once more, for one line that waits may follow another, or to ask again."""
        if self._left:
            return self._again_s
        return doubt_s if self._questions < MOST_QUESTIONS else math.inf

    def tick(self, now_s: float) -> None:
        """Break off once more when it is time."""
        if self._left and now_s >= self._again_s:
            self._left -= 1
            self._again_s = now_s + AGAIN_S
            self.break_wait()

    def take(self) -> list[bytes]:
        """Return the lines that go now; each that is not empty will be acknowledged."""
        lines, self._lines = self._lines, []
        return lines
