"""Rings the bell for what nobody asked for: a machine that comes, goes or ends, a charge off its forecast."""

import asyncio
from typing import Final

from drivers.types import DeviceState
from onboard.bike import Bike
from onboard.plan.planning import budget_wh

LOOK_S: Final = 0.5
OFF_WH: Final = 10.0
OFF_PCT: Final = 3.0
"""The plan stands while what is free for jobs is as it was reckoned, to within the smaller of the two."""


class Changes:
    """Compares the bike with what the last plan was made of."""

    def __init__(self, bike: Bike) -> None:
        self._bike = bike
        self._machines: dict[str, tuple[DeviceState, bool, bool]] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> bool:
        """Ring once for each change; say whether the bell was rung."""
        stations = self._bike.stations.items()
        machines = {
            name: (station.device.snapshot.state, station.plate_clear, station.armed_s > 0)
            for name, station in stations
        }
        moved, self._machines = machines != self._machines, machines
        rings = moved or self._is_off_forecast()
        if rings:
            self._bike.changed()
        return rings

    def _is_off_forecast(self) -> bool:
        """Whether the charge has left the way on which estimates and base load were to take it."""
        bike = self._bike
        if bike.config.battery is None or bike.halt is None:
            return False
        now_wh, planned_wh = budget_wh(bike), bike.budget_wh
        if now_wh is None or planned_wh is None:
            return now_wh is not planned_wh
        return abs(now_wh - planned_wh) > min(OFF_WH, bike.config.battery.capacity_wh * OFF_PCT / 100.0)
