"""What is known of the battery: the reading that may be believed, and the energy that has left the pack."""

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.battery.monitor import BatteryMonitor
from drivers.types import BatteryReading
from onboard.meter import EnergyMeter

SAMPLE_S: Final = 1.0


class PowerWatch:
    """Judges the age of readings and meters the pack; without a monitor nothing is known."""

    def __init__(self, monitor: BatteryMonitor | None, max_age_s: float, clock: Callable[[], float]) -> None:
        self._monitor = monitor
        self._max_age_s = max_age_s
        self._clock = clock
        self.meter = EnergyMeter()

    def reading(self) -> BatteryReading | None:
        """The latest reading, or None when there is none to be believed."""
        latest = self._monitor.reading if self._monitor else None
        if latest is None or self._clock() - latest.at_s > self._max_age_s:
            return None
        return latest

    async def run(self) -> None:
        """Connect the monitor and meter for ever; while the pack is unknown nothing is counted."""
        if self._monitor is not None:
            await self._monitor.connect()
        while True:
            latest = self.reading()
            if latest is not None:
                self.meter.add(latest.power_w, latest.soc_pct, latest.at_s)
            await asyncio.sleep(SAMPLE_S)

    async def close(self) -> None:
        """Release the monitor's port."""
        if self._monitor is not None:
            await self._monitor.close()
