"""What happens to the machines when the panel is not safe, and when one of them is lost while hot."""

import asyncio
import logging
from typing import Final

from drivers.errors import DriverError
from drivers.panel.types import Hazard
from drivers.types import DeviceKind, DeviceState, Snapshot
from onboard.bike import Bike
from onboard.station import Station

log = logging.getLogger(__name__)

PRESSED: Final = frozenset({Hazard.MUSHROOM, Hazard.DISAGREE})
PAUSE_S: Final = 1.0
WORKING: Final = frozenset({DeviceState.IDLE, DeviceState.RUNNING, DeviceState.PAUSED})


class PanelDuty:
    """Watches the panel for one bike, and beats for its relay.

    A press stops everything, whatever it does. Any other hazard stops everything only while a machine works;
    the lid alone pauses the mill first, spindle off, and takes the power after it.
    """

    def __init__(self, bike: Bike) -> None:
        self._bike = bike
        self._loop: asyncio.AbstractEventLoop | None = None
        self._near: set[str] = set()
        self._opened: asyncio.Queue[Station] = asyncio.Queue()

    async def run(self) -> None:
        """Watch until cancelled, and pause each mill whose lid was opened."""
        self._loop = asyncio.get_running_loop()
        self._bike.panel.start(self._on_hazards)
        while True:
            await open_door(await self._opened.get())

    def beat(self) -> None:
        """Called by the control loop, and only by it, several times a second."""
        for station in self._bike.stations.values():
            if self._is_lost_while_hot(station):
                log.warning("%s: lost while hot or turning, the relay opens", station.name)
                self._bike.stop()
                self._bike.changed()
        self._bike.panel.beat()

    def _on_hazards(self, hazards: frozenset[Hazard]) -> None:
        """Called in the panel's own thread, so that a press is obeyed while the loop works."""
        bike = self._bike
        working = [station for station in bike.stations.values() if is_working(station)]
        if hazards & PRESSED or (working and hazards - {Hazard.LID}):
            log.warning("The panel stops everything: %s", ", ".join(sorted(hazards)))
            bike.stop()
        elif Hazard.LID in hazards:
            self._on_lid([station for station in working if needs_lid(station)])
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(bike.changed)

    def _on_lid(self, mills: list[Station]) -> None:
        """The lid is open over a mill that works: the relay follows the safety door."""
        for station in mills:
            self._bike.panel.cut()
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._opened.put_nowait, station)

    def _is_lost_while_hot(self, station: Station) -> bool:
        """Tell it once: a machine that was hot and cannot be reached any more."""
        snapshot = station.device.snapshot
        if snapshot.state in WORKING:
            self._near.add(station.name)
            return False
        was_near = station.name in self._near
        self._near.discard(station.name)
        if not was_near or snapshot.state is DeviceState.STOPPED:
            return False
        # A mill in fault was reset, and answered; a printer in fault may still be hot.
        may_burn = snapshot.state is not DeviceState.FAULT or station.kind is DeviceKind.PRINTER
        return may_burn and is_hot(snapshot)


def is_hot(snapshot: Snapshot) -> bool:
    """Whether a heater has a target or the spindle turns, as far as is known."""
    return snapshot.spindle_on or any(heater.target_c > 0 for heater in snapshot.temperatures.values())


def is_working(station: Station) -> bool:
    """Whether a machine has an order, or is hot or turning without one."""
    snapshot = station.device.snapshot
    has_order = station.order is not None or station.errand is not None
    return has_order or (snapshot.state in WORKING and is_hot(snapshot))


def needs_lid(station: Station) -> bool:
    """Whether a mill that works may not be reached into: a paused one may, once its spindle stands."""
    snapshot = station.device.snapshot
    stands = snapshot.state is DeviceState.PAUSED and not snapshot.spindle_on
    return station.kind is DeviceKind.MILL and not stands


async def open_door(station: Station) -> None:
    """Safety door first; a mill that cannot be paused is stopped."""
    log.warning("%s: the lid was opened", station.name)
    try:
        async with asyncio.timeout(PAUSE_S):
            await station.device.pause()
    except (DriverError, TimeoutError) as error:
        log.warning("%s: no pause (%s), it is stopped", station.name, error)
        station.stop()
