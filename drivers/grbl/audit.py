"""Compares what the mill owes with what its reports say lies in its receive buffer."""

from typing import Final

from drivers.grbl.window import Window

CERTAIN: Final = 3
"""So many reports in a row must disagree before answers are called too many."""


class Audit:
    """Notices a lost or a surplus answer long before the program ends, where the mill reports `Bf:`.

    What is said comes in order: an answer that left before a report was heard before it. Of the lines that a
    report shows as read only the last can still be in work, so each one before it has lost its answer.
    Some firmwares report a buffer that is always empty: it counts only once it was seen to fill.
    """

    def __init__(self) -> None:
        self.alive = False
        self._doubts = 0
        self._claim = 0

    def lost(self, window: Window, used_bytes: int | None) -> int:
        """Take a report; return how many answers it and the one before both prove lost."""
        if used_bytes is None:
            self._claim = 0
            return 0
        self.alive = self.alive or used_bytes > 0
        claim = max(0, window.read_lines(used_bytes) - 1) if self.alive else 0
        proven, self._claim = min(claim, self._claim), claim
        if proven:
            self._claim -= proven
        return proven

    def proves_surplus(self, window: Window, used_bytes: int | None) -> bool:
        """Take a report; True when more lies in the buffer than the mill owes, time after time."""
        surplus = used_bytes is not None and used_bytes > window.outstanding_bytes
        self._doubts = self._doubts + 1 if self.alive and surplus else 0
        return self._doubts >= CERTAIN
