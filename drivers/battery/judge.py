"""Follows one monitor through time: what one sample cannot show, the one before and the energy since do."""

from typing import Final

from drivers.battery.quality import (
    BatteryReport,
    Doubt,
    Gauge,
    Quality,
    complete,
    implausible,
    jump,
    same_values,
)
from drivers.battery.sample import Lifetime, Sample
from drivers.types import BatteryReading

SETTLE_S: Final = 5.0
"""After a jump the monitor is heard so long before it is believed again."""
LONGEST_STEP_S: Final = 60.0
"""Over a longer silence no energy is counted: nobody knows what happened in it."""
FULL_PCT: Final = 95.0
"""Above, a charging pack takes current without the charge told moving: the monitor waits to call it full."""
SYNCHRONISED_PCT: Final = 99.0
"""A counting monitor sets itself to full when the charger is done: from there the count begins anew."""
EMPTY_PCT: Final = 1.0
COUNT_ERROR: Final = 0.3
"""Share of what flowed: capacity told wrong, losses, a pack that is older than its settings."""
SILENCE: Final = Doubt(Quality.SILENT, "The battery monitor says nothing: check its cable and its name.")


class Judge:
    """Believes or doubts each sample; `capacity_wh` is what the full pack holds."""

    def __init__(self, gauge: Gauge, capacity_wh: float) -> None:
        self._gauge = gauge
        self._count = Count(gauge, capacity_wh)
        self._previous: BatteryReading | None = None
        self._jumped: tuple[float, Doubt] | None = None
        self._frozen_s = 0.0
        self._heard_s: float | None = None
        self.reading: BatteryReading | None = None
        self.doubt: Doubt | None = SILENCE
        self.lifetime: Lifetime | None = None

    def take(self, sample: Sample, *, loaded: bool = False) -> None:
        """Judge a sample; `loaded` tells that machines are known to be working."""
        self._heard_s, self.lifetime = sample.at_s, sample.lifetime
        reading = complete(sample)
        if isinstance(reading, Doubt):
            self.reading, self.doubt = None, reading
            return
        self.doubt = implausible(reading, self._gauge) or self._history(reading, loaded=loaded)
        self.reading = reading if self.doubt is None else None

    def silence(self, doubt: Doubt = SILENCE) -> None:
        """Forget all: the link is lost, and what hangs on it next may be another pack."""
        self._previous = self.reading = self._jumped = self._heard_s = None
        self._frozen_s = 0.0
        self._count.begin()
        self.doubt = doubt

    def report(self, now_s: float, max_age_s: float) -> BatteryReport:
        """Return what is known now."""
        age_s = None if self._heard_s is None else now_s - self._heard_s
        if self.doubt is not None:
            return BatteryReport(self.doubt.quality, self.doubt.sentence, None, age_s)
        if self.reading is None or age_s is None:
            return BatteryReport(SILENCE.quality, SILENCE.sentence, None, age_s)
        if age_s > max_age_s:
            sentence = f"The battery monitor has said nothing for {age_s:.0f} s."
            return BatteryReport(Quality.STALE, sentence, None, age_s)
        return BatteryReport(Quality.GOOD, "", self.reading, age_s)

    def _history(self, reading: BatteryReading, *, loaded: bool) -> Doubt | None:
        """What is wrong with a plausible reading when it is laid beside those before."""
        previous, self._previous = self._previous, reading
        if previous is None:
            self._count.begin()
            self._count.add(reading, reading)
            return None
        self._note_freeze(previous, reading, loaded=loaded)
        self._count.add(previous, reading)
        if (found := jump(previous, reading)) is not None:
            self._jumped = (reading.at_s, found)
        if self._jumped is not None and reading.at_s - self._jumped[0] <= SETTLE_S:
            return self._jumped[1]
        return self._count.doubt() or self._frozen()

    def _note_freeze(self, previous: BatteryReading, reading: BatteryReading, *, loaded: bool) -> None:
        if not same_values(previous, reading):
            self._frozen_s = 0.0
        elif loaded:
            self._frozen_s += reading.at_s - previous.at_s

    def _frozen(self) -> Doubt | None:
        if self._frozen_s <= self._gauge.frozen_s:
            return None
        sentence = (
            f"The monitor repeats itself to the last digit, for {self._frozen_s:.0f} s of machines at work."
        )
        return Doubt(Quality.STUCK, sentence)


class Count:
    """Lays the charge that a monitor tells beside the energy that it tells.

    An idle pack counts nothing, so its repeating itself is never held against it.
    """

    def __init__(self, gauge: Gauge, capacity_wh: float) -> None:
        self._gauge = gauge
        self._capacity_wh = capacity_wh
        self.begin()

    def begin(self) -> None:
        """Forget what was counted."""
        self._anchor_pct: float | None = None
        self._told_pct = self._net_pct = self._through_pct = self._unmoved_pct = 0.0

    def add(self, previous: BatteryReading, reading: BatteryReading) -> None:
        """Count the energy between two readings."""
        passed_s = reading.at_s - previous.at_s
        if self._anchor_pct is None or passed_s > LONGEST_STEP_S or reading.soc_pct >= SYNCHRONISED_PCT:
            self.begin()
            self._anchor_pct = reading.soc_pct
        self._told_pct = reading.soc_pct
        step_pct = previous.power_w * min(passed_s, LONGEST_STEP_S) / 36 / self._capacity_wh
        self._net_pct += step_pct
        self._through_pct += abs(step_pct)
        moved = reading.soc_pct != previous.soc_pct
        self._unmoved_pct = 0.0 if moved or _at_an_end(reading) else self._unmoved_pct + abs(step_pct)

    def doubt(self) -> Doubt | None:
        """Return the charge that does not move with the energy, or that there is too much of."""
        if self._unmoved_pct > self._gauge.stuck_pct:
            wh = self._unmoved_pct * self._capacity_wh / 100
            sentence = f"{wh:.1f} Wh have flowed, and the charge still stands at {self._told_pct:.1f} %."
            return Doubt(Quality.STUCK, sentence)
        expected_pct = (self._told_pct if self._anchor_pct is None else self._anchor_pct) + self._net_pct
        excess_pct = self._told_pct - expected_pct
        if excess_pct <= self._gauge.drift_pct + COUNT_ERROR * self._through_pct:
            return None
        sentence = (
            f"The monitor tells {self._told_pct:.0f} %, its own watts lead to {expected_pct:.0f} %: "
            "check capacity_wh and the monitor's own settings."
        )
        return Doubt(Quality.DRIFTING, sentence)


def _at_an_end(reading: BatteryReading) -> bool:
    """A pack that is full or empty cannot move further."""
    return (reading.soc_pct >= FULL_PCT and reading.power_w > 0) or (
        reading.soc_pct <= EMPTY_PCT and reading.power_w < 0
    )
