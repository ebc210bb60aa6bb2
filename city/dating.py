"""When a boot's monotonic clock began: the bike's own clock against the time of arrival."""

from dataclasses import dataclass, replace
from typing import Final

from onboard.messages import Clock, ClockSource

TOLERANCE_S: Final = 5.0
"""How far the city's clock may differ from a bike's that is set from the network."""

CHIP_S: Final = 120.0
"""How far a clock of the bike's own may differ from the arrival before the arrival is believed."""


@dataclass(frozen=True, slots=True)
class Dating:
    """What is known of one boot's beginning (UTC epoch seconds of its monotonic zero).

    `clock_s` comes from its best clock record. `ceiling_s` is the earliest arrival of a message minus its
    monotonic second of sending: the boot began then or before, and at that very time when the line was up.
    """

    clock_s: float | None = None
    error_ms: int | None = None
    source: str | None = None
    ceiling_s: float | None = None

    def with_clock(self, clock: Clock) -> "Dating":
        """Take note of a clock record; the smaller error wins, and the later of equals."""
        if clock.source is ClockSource.NONE or (self.error_ms is not None and clock.error_ms > self.error_ms):
            return self
        return replace(
            self, clock_s=clock.utc_s - clock.mono_s, error_ms=clock.error_ms, source=clock.source.value
        )

    def with_arrival(self, received_s: float, sent_mono_s: float) -> "Dating":
        """Take note of a message that was sent at a monotonic second and came in at a date."""
        ceiling_s = received_s - sent_mono_s
        if self.ceiling_s is not None and self.ceiling_s <= ceiling_s:
            return self
        return replace(self, ceiling_s=ceiling_s)

    @property
    def offset_s(self) -> float | None:
        """What to add to monotonic seconds; None when nothing is known.

        A clock that would date a record after its arrival is wrong. One that was never set from the network
        is believed only near the arrival: a computer without a battery for its clock goes on, after hours in
        the dark, where it was switched off.
        """
        if self.clock_s is None or self.ceiling_s is None:
            return self.ceiling_s if self.clock_s is None else self.clock_s
        late_s = self.ceiling_s - self.clock_s
        if self.source == ClockSource.NETWORK.value:
            return self.clock_s if late_s >= -TOLERANCE_S else self.ceiling_s
        return self.clock_s if -TOLERANCE_S <= late_s <= CHIP_S else self.ceiling_s
