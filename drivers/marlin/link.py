"""Flow: which numbered line may go now, what each answer acknowledges, when to go back or to ask."""

from typing import Final

from drivers.marlin import replies as say
from drivers.marlin.clockwork import (
    CHECK_AFTER_DRIFT_S,
    CHECK_S,
    DOUBT_S,
    KEEP_ALIVE_S,
    POLL_S,
    Clockwork,
)
from drivers.marlin.feed import Feed
from drivers.marlin.ledger import PROBE, WINDOW_BYTES, Ledger, Line
from drivers.marlin.recovery import Recovery, Verdict
from drivers.types import LinkHealth

START_OF_ERROR: Final = b"E"
SLOW_ANSWERS: Final = frozenset({b"M115", b"M400"})
MOST_DOUBTS: Final = 3
"""So many questions may be asked in one silence: the answer to a question may be lost too."""


class Link:
    """Every line once and in order through a window of bytes, whatever the wire does."""

    def __init__(self, clock: Clockwork, window_bytes: int = WINDOW_BYTES) -> None:
        self.ledger = Ledger(window_bytes)
        self.resends = 0
        self.reports_by_itself = False
        self._lines = 0
        self._bytes = 0
        self._measured = (0.0, 0)
        self._clock = clock
        self._recovery = Recovery()
        self._owes_probe = False
        self._was_shut = False
        self._doubted_s = 0.0
        self._doubts = 0
        self._alone: bytes | None = None

    def reset(self) -> None:
        """Ask nothing and go back to nothing: the program is dropped."""
        self.ledger.abandon()
        self._recovery.reset()
        self._owes_probe = False

    def begin(self) -> None:
        """Count from here on."""
        self.resends = self._lines = self._bytes = 0
        self._measured = (self._clock.now_s, 0)

    def health(self, now_s: float) -> LinkHealth:
        """How well the line does; bytes are those since the last call."""
        (before_s, before), self._measured = self._measured, (now_s, self._bytes)
        pace = (self._bytes - before) / max(now_s - before_s, 0.001)
        return LinkHealth(100 * self.resends / max(self._lines, 1), self._clock.timeouts, pace)

    def suspect(self, rest: bytes) -> None:
        """Hold the pen from the first byte of an error: the board will empty its ring after the last."""
        if rest[:1] == START_OF_ERROR:
            self._recovery.suspect(self._clock.now_s)

    def dismiss(self) -> None:
        """What began like an error was none."""
        self._recovery.overhear()
        self._recovery.dismiss()

    def accuse(self, error: say.LineError) -> None:
        """A line did not arrive as it was sent."""
        self._recovery.accuse(error.last_number, self.ledger, self._clock.now_s)

    def ask(self, number: int, *, is_settling: bool) -> Verdict:
        """The board wants a line again."""
        return self._recovery.ask(number, self.ledger, self._clock.now_s, is_settling=is_settling)

    def acknowledge(self, reply: say.Ok) -> list[Line]:
        """Return the lines that an answer stands for, of each step the last."""
        count = reply.count
        self._doubts = 0
        if self._recovery.is_on and self._recovery.take_ok():
            count -= 1
        if self._alone is not None and self.ledger.is_waiting:
            self._learn()
        if reply.free_lines is not None:
            self.ledger.learn_queue(reply.free_lines)
        if count > 0 and reply.number is not None:
            found = self.ledger.acknowledge_number(reply.number)
            return [found] if found else []
        is_probe = bool(reply.temperatures)
        if count == 1:
            line = self.ledger.acknowledge(is_probe=is_probe)
            return [line] if line else []
        # Of several that are glued the last brings the temperatures.
        lines = [self.ledger.acknowledge(is_probe=is_probe and left == 1) for left in range(count, 0, -1)]
        return [line for line in lines if line]

    def take(self, feed: Feed, *, of_program: bool, one_by_one: bool) -> bytes:
        """Return the next line that may go now, or nothing."""
        if self._recovery.is_on:
            return b""
        if self._owes_probe:
            self._owes_probe = False
            return self._count(self.ledger.send_probe())
        if one_by_one and self.ledger.is_waiting and not self.ledger.is_asked:
            return b""
        if self.ledger.is_behind:
            return self._count(self.ledger.send_next()) if self._fits(self.ledger.next_size) else b""
        text = feed.peek(of_program=of_program)
        if text is None or not self._fits(self.ledger.size_of(text)):
            return b""
        self._alone = text if one_by_one and text not in SLOW_ANSWERS else None
        return self._count(self.ledger.send(feed.take(), *feed.fed))

    @property
    def check_s(self) -> float:
        """When to have the board's temperatures in its own `ok`, which proves the count of all others."""
        if self.ledger.drift:
            return self._clock.checked_s + CHECK_AFTER_DRIFT_S
        if self._was_shut:
            return self._clock.checked_s + CHECK_S
        if self.reports_by_itself and not self.ledger.is_waiting:
            return self._clock.spoken_s + KEEP_ALIVE_S
        return self._clock.checked_s + POLL_S

    def check(self, feed: Feed) -> None:
        """Ask for them in the stream, unless they are asked for already."""
        if not self.ledger.is_probed and not self.ledger.is_behind:
            self._clock.check()
            self._was_shut = False
            self.ledger.drift = 0
            feed.add_first(PROBE)

    def probe(self) -> None:
        """Ask beyond the window: the board has said nothing for long."""
        self._owes_probe = True

    def await_long(self) -> None:
        """The board is at work: a question behind it makes good for an `ok` that gets lost."""
        is_free = not self._recovery.is_on and not self.ledger.is_behind and not self.ledger.is_probed
        if is_free and self.ledger.is_waiting and self.ledger.has_room_for_probe:
            self._owes_probe = True

    def tick(self) -> None:
        """Go back, or have doubts, when it is time."""
        ready_s, now_s = self._ready_s, self._clock.now_s
        if ready_s is not None and now_s >= ready_s and self._recovery.go_back(self.ledger, now_s):
            self.resends += 1
        if self.ledger.is_waiting and not self._recovery.is_on and now_s >= self._doubt_s:
            self._doubt()

    def deadline_s(self, *, is_polled: bool) -> float | None:
        """When `tick` has something to do; a doubt comes before, and looks for, a long silence."""
        if self._recovery.is_on:
            return self._ready_s
        if self.ledger.is_waiting:
            return self._doubt_s
        return self.check_s if is_polled else None

    @property
    def _ready_s(self) -> float | None:
        return self._recovery.ready_s(self.ledger, self._clock.still_from_s, self._clock.quiet_s)

    @property
    def _doubt_s(self) -> float:
        return max(self._clock.doubt_s, self._doubted_s + DOUBT_S)

    def _doubt(self) -> None:
        """Ask, unless it was asked often enough or the board may have no room for it."""
        self._doubted_s = self._clock.now_s
        if self._doubts < MOST_DOUBTS and self.ledger.has_room_for_probe:
            self._doubts += 1
            self._clock.timeouts += 1
            self._owes_probe = True

    def _fits(self, size: int) -> bool:
        fits = self.ledger.has_room_for(size)
        self._was_shut = self._was_shut or not fits
        return fits

    def _learn(self) -> None:
        self._alone = None
        self._clock.learn_answer()

    def _count(self, wire: bytes) -> bytes:
        self._lines += 1
        self._bytes += len(wire)
        return wire
