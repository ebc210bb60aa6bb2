"""Turns off the heat and the motors that a person turned on by hand and everybody has forgotten."""

import asyncio
import logging
import math
from typing import Final

from drivers.byhand import HandPrinter
from drivers.types import DeviceState
from onboard.bike import Bike
from onboard.byhand.printer import HandyPrinter, make_dirty
from onboard.byhand.rules import budget_is_spent
from onboard.station import Station

log = logging.getLogger(__name__)

LOOK_S: Final = 0.5
DRIPS_C: Final = 170.0
ON: Final = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})


class HandWatch:
    """Looks at every machine at rest."""

    def __init__(self, bike: Bike) -> None:
        self._bike = bike

    async def run(self) -> None:
        """Look for ever for what has been hot, or has held its motors, for long enough."""
        while True:
            for station in self._bike.stations.values():
                await self._look(station)
            await asyncio.sleep(LOOK_S)

    async def _look(self, station: Station) -> None:
        """Heat that nobody has a clock for gets one; at its end heat and motors go off."""
        hand, now_s = station.hand, self._bike.clock()
        if not isinstance(station.device, HandPrinter):
            return
        if station.order is not None and station.device.snapshot.state in ON:
            hand.rested()  # the job heats for itself now, and its end turns the heat off
        if not station.free:
            return
        heaters = station.device.snapshot.temperatures
        if not hand.is_hot and any(heater.target_c > 0 for heater in heaters.values()):
            hand.warm(now_s)
        if now_s < hand.rests_at_s and not (hand.is_hot and budget_is_spent(self._bike)):
            return
        log.info("%s: heat and motors by hand go off by themselves", station.name)
        hotend = heaters.get("hotend")
        hand.rests_at_s = math.inf
        HandyPrinter(self._bike, station).rest()
        if hotend is not None and hotend.target_c >= DRIPS_C:
            await make_dirty(self._bike, station)
        self._bike.changed()
