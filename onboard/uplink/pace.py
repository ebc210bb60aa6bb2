"""How fast the bike empties its outbox, and when it sends again: arithmetic on times that are passed in."""

import math
from collections import deque
from dataclasses import dataclass

from onboard.uplink.outbox import Backlog


@dataclass(frozen=True, slots=True)
class Pace:
    """How much may be on its way, and how patient the bike is.

    A backlog of more than `backlog_rows` is sent slowly and begins at a random instant, because all bikes of
    a region come back together when their broker does. Without an answer the pauses double up to
    `stall_max_s`, and only one batch is tried, because a mobile line is paid by the megabyte.
    """

    window_batches: int = 20
    batch_rows: int = 50
    stall_s: float = 2.0
    stall_max_s: float = 60.0
    backlog_rows: int = 500
    backlog_rows_s: float = 100.0
    backlog_start_s: float = 60.0


class SendWindow:
    """Which row comes next: forward while the city follows, back to its watermark when it does not."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._backlog: Backlog | None = None
        self._in_flight: deque[int] = deque()
        self._sent = 0
        self._batches_allowed = pace.window_batches
        self._stall_s = pace.stall_s
        self._since_s = 0.0
        self._not_before_s = 0.0

    @property
    def after_seq(self) -> int:
        """The last row that is on its way."""
        return self._sent

    def connected(self, now_s: float, rows: int, share: float) -> None:
        """A new connection: all that was on its way counts as lost; `share` (0 to 1) places the start."""
        pause_s = share * self._pace.backlog_start_s if rows > self._pace.backlog_rows else 0.0
        self._not_before_s = now_s + pause_s
        self._go_on(now_s)
        self._rewind()

    def follow(self, backlog: Backlog, now_s: float) -> None:
        """Take note of what is left; a watermark that moved means that the city follows."""
        if backlog != self._backlog:
            if self._backlog is None or backlog.boot != self._backlog.boot:
                self._sent = 0
                self._in_flight.clear()
            self._backlog = backlog
            self._sent = max(self._sent, backlog.acknowledged)
            while self._in_flight and self._in_flight[0] <= backlog.acknowledged:
                self._in_flight.popleft()
            self._go_on(now_s)
        elif self._in_flight and now_s - self._since_s >= self._stall_s:
            self._rewind()
            self._batches_allowed = 1
            self._stall_s = min(2 * self._stall_s, self._pace.stall_max_s)
            self._since_s = now_s

    def nudged(self, now_s: float) -> None:
        """The city has spoken: when the bike was only trying from time to time, it goes on at once."""
        if self._batches_allowed < self._pace.window_batches:
            self._go_on(now_s)
            self._rewind()

    def may_send(self, now_s: float) -> bool:
        """Whether another batch may go."""
        return len(self._in_flight) < self._batches_allowed and now_s >= self._not_before_s

    def held_until_s(self, now_s: float) -> float:
        """When the pace lets a batch go that has room; infinity when it is not the pace that holds it."""
        is_held = len(self._in_flight) < self._batches_allowed and now_s < self._not_before_s
        return self._not_before_s if is_held else math.inf

    def sent(self, last_seq: int, rows: int, waiting: int, now_s: float) -> None:
        """A batch is on its way."""
        if not self._in_flight:
            self._since_s = now_s
        self._in_flight.append(last_seq)
        self._sent = last_seq
        if waiting > self._pace.backlog_rows:
            self._not_before_s = now_s + rows / self._pace.backlog_rows_s

    def _go_on(self, now_s: float) -> None:
        self._batches_allowed = self._pace.window_batches
        self._stall_s = self._pace.stall_s
        self._since_s = now_s

    def _rewind(self) -> None:
        self._in_flight.clear()
        self._sent = self._backlog.acknowledged if self._backlog else 0
