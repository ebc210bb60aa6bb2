"""What is known of the battery: the reading that may be believed, and the energy that has left the pack."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.battery.monitor import DEFAULT_CAPACITY_WH, BatteryMonitor
from drivers.battery.quality import BatteryReport, Quality
from drivers.types import BatteryReading
from jobs.energy.steady import SteadyCharge
from onboard.energy.meter import EnergyMeter

SAMPLE_S: Final = 1.0
PAST_STEP_S: Final = 20.0
PAST_STEPS: Final = 90
"""Half an hour of readings is kept for people to look at."""
UNMONITORED: Final = BatteryReport(
    Quality.SILENT, "The settings name no battery monitor.", reading=None, age_s=None
)


@dataclass(frozen=True, slots=True)
class PastReading:
    """What the pack was like at one step of the past; None where it was unknown."""

    soc_pct: float | None = None
    power_w: float | None = None


class PowerWatch:
    """Judges the age of readings and meters the pack; without a monitor nothing is known."""

    def __init__(
        self,
        monitor: BatteryMonitor | None,
        max_age_s: float,
        clock: Callable[[], float],
        capacity_wh: float = DEFAULT_CAPACITY_WH,
    ) -> None:
        self._monitor = monitor
        self._max_age_s = max_age_s
        self._clock = clock
        self._charge = SteadyCharge(capacity_wh)
        self.meter = EnergyMeter()
        self.past: deque[PastReading] = deque(maxlen=PAST_STEPS)
        self._next_past_s = clock()

    def watch_load(self, is_loaded: Callable[[], bool]) -> None:
        """Say what tells that machines work: a monitor that repeats itself meanwhile is stuck."""
        if self._monitor is not None:
            self._monitor.is_loaded = is_loaded

    def report(self) -> BatteryReport:
        """What is known of the pack now: quality, age, a sentence, and the reading if it is good."""
        if self._monitor is None:
            return UNMONITORED
        return self._monitor.report(self._clock(), self._max_age_s)

    def reading(self) -> BatteryReading | None:
        """The latest reading, or None when there is none to be believed."""
        return self.report().reading

    def charge_pct(self) -> float | None:
        """The charge that plan and gate count on, without steps and noise of its monitor; unknown is None."""
        latest = self.reading()
        return None if latest is None else self._charge.pct(latest.soc_pct, latest.at_s)

    async def run(self) -> None:
        """Connect the monitor and meter for ever; while the pack is unknown nothing is counted."""
        if self._monitor is not None:
            await self._monitor.connect()
        while True:
            latest = self.reading()
            self._remember(latest)
            if latest is not None:
                self.meter.add(latest.power_w, latest.soc_pct, latest.at_s)
                self._charge.take(latest.soc_pct, latest.power_w, latest.at_s)
            await asyncio.sleep(SAMPLE_S)

    def _remember(self, latest: BatteryReading | None) -> None:
        """Keep every so many seconds what there is to know, also that it is nothing any more."""
        if self._clock() < self._next_past_s or (latest is None and not self.past):
            return
        self._next_past_s = self._clock() + PAST_STEP_S
        self.past.append(PastReading(latest.soc_pct, latest.power_w) if latest else PastReading())

    async def close(self) -> None:
        """Release the monitor's port."""
        if self._monitor is not None:
            await self._monitor.close()
