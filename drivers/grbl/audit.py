"""Compares what the mill owes with what its reports say lies in its receive buffer."""

from typing import Final

from drivers.grbl.window import Window

CERTAIN: Final = 3
"""So many reports in a row must disagree."""


class Audit:
    """Notices a lost or a surplus answer long before the program ends, where the mill reports `Bf:`.

    A line that is neither answered nor in the buffer is the one that GRBL works on, and there is only one.
    Some firmwares report a buffer that is always empty: it counts only once it was seen to fill.
    """

    def __init__(self) -> None:
        self.alive = False
        self._doubts = 0

    def proves_loss(self, window: Window, used_bytes: int | None) -> bool:
        """Take a report; True when lines and answers certainly no longer match."""
        if used_bytes is None:
            return False
        self.alive = self.alive or used_bytes > 0
        vanished = window.outstanding_bytes - window.sent_since_mark_bytes - used_bytes > window.oldest_bytes
        surplus = used_bytes > window.outstanding_bytes
        self._doubts = self._doubts + 1 if self.alive and (vanished or surplus) else 0
        return self._doubts >= CERTAIN
