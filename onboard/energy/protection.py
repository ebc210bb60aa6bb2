"""Protects the battery while machines work: pauses what it cannot carry, cuts the heat below its floor."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from drivers.device import Layerwise
from drivers.errors import DriverError
from drivers.types import DeviceState
from jobs.endings import Ending
from jobs.energy.course import Course
from jobs.energy.draw import bed_hold_w
from jobs.energy.protect import Level, Pack, Patience, Task, Verdict, protect, worth_holding_s
from jobs.energy.reckoning import Reckoning
from jobs.errors import JobError
from jobs.machines import PrinterProfile
from jobs.runner import make_safe
from jobs.types import JobState
from onboard.bike import Bike
from onboard.energy.protection_words import sentence_of
from onboard.last_place import last_place
from onboard.plan.interlock import drawn_now_w
from onboard.plan.planning import floor_wh, rest_beside_wh, rest_of_run
from onboard.station import Order, Station

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
LAYER_S: Final = 180.0
"""A layer that takes longer is not waited for."""
HOT_S: Final = 60.0
"""A hotend is warm again within a minute: it is not kept hot for longer."""
PAUSED: Final = DeviceState.PAUSED
ON: Final = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})


@dataclass(slots=True)
class Pause:
    """A pause that the protection asked for; `told` once the job's state is written down."""

    job: str
    asked_s: float
    told: bool = False


class Protection:
    """Two thresholds: soft ends with the layer and waits for a person, hard ends the job."""

    def __init__(self, bike: Bike) -> None:
        battery = bike.config.battery
        self._bike = bike
        self._reckoning = Reckoning(battery.capacity_wh if battery else 0.0)
        self._patience = Patience()
        self._pauses: dict[str, Pause] = {}
        self._forecast_wh = 0.0
        self._compared_s = bike.clock()
        self._rests_wh: dict[str, float] = {}
        self.course = Course()

    async def run(self) -> None:
        """Look every second for ever; a bike without a battery has nothing to protect."""
        if self._bike.config.battery is None:
            return
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Compare what is left with what the machines still need, and act on it."""
        now_s = self._bike.clock()
        pack = self._pack(now_s)
        tasks = [self._task(station) for station in self._working()]
        self._compare(now_s, tasks)
        verdicts = protect(pack, tasks)
        self._tell_shortages(verdicts, pack)
        acts = [self._act(verdict, pack) for verdict in self._patience.ripe(verdicts, now_s)]
        await asyncio.gather(*acts)
        for name, pause in list(self._pauses.items()):
            await self._follow(self._bike.stations[name], pause, now_s)

    def _working(self) -> list[Station]:
        return [s for s in self._bike.stations.values() if s.order is not None and s.ending is None]

    def _pack(self, now_s: float) -> Pack:
        bike, reading = self._bike, self._bike.power.reading()
        if reading is not None:
            self._reckoning.believe(reading.soc_pct, now_s)
        else:
            self._reckoning.reckon(drawn_now_w(bike), now_s)
        return Pack(
            stored_wh=self._reckoning.stored_wh,
            floor_wh=floor_wh(bike),
            base_w=bike.base_w,
            unknown_s=self._reckoning.unknown_s,
            is_charging=reading is not None and reading.power_w > 0,
        )

    def _task(self, station: Station) -> Task:
        rest_wh = rest_beside_wh(self._bike, station)
        return Task(station.name, rest_wh * self.course.factor, rest_of_run(station)[0])

    def _compare(self, now_s: float, tasks: list[Task]) -> None:
        """Once a minute, lay what left the pack beside what the estimates said would."""
        rests_wh = {task.machine: task.rest_wh / self.course.factor for task in tasks}
        known = self._rests_wh.items()
        self._forecast_wh += sum(max(0.0, before - rests_wh.get(name, before)) for name, before in known)
        self._rests_wh = rests_wh
        self._forecast_wh += self._bike.base_w * (now_s - self._compared_s) / 3600.0
        self._compared_s = now_s
        used_wh = self._bike.power.meter.total_used_wh
        if self.course.look(now_s, used_wh, self._forecast_wh) and tasks:
            used, told = self.course.used_last_wh, self.course.forecast_last_wh
            log.info("The last minute took %.2f Wh, %.2f were forecast", used, told)

    def _tell_shortages(self, verdicts: tuple[Verdict, ...], pack: Pack) -> None:
        quality = self._bike.power.report().quality
        for verdict in verdicts:
            station = self._bike.stations[verdict.machine]
            fine = verdict.level is Level.FINE
            station.shortage = None if fine else sentence_of(verdict, pack, quality, station.kind)

    async def _act(self, verdict: Verdict, pack: Pack) -> None:
        station = self._bike.stations[verdict.machine]
        if station.order is None or station.shortage is None:
            return
        if verdict.level is Level.HARD:
            await self._cut(station, station.order, verdict)
        elif station.device.snapshot.state is DeviceState.RUNNING and station.name not in self._pauses:
            await self._pause(station, station.order, pack)

    async def _cut(self, station: Station, order: Order, verdict: Verdict) -> None:
        """Heat off and motors still, now; what is made is lost, where it was is kept in the journal."""
        place = last_place(order.program, station.device.snapshot.progress)
        station.ending = Ending(JobState.INTERRUPTED, f"{verdict.why} {place}", station.shortage)
        log.warning("%s: %s (%s)", station.name, station.shortage and station.shortage.en, place)
        if station.device.snapshot.state in ON:
            await make_safe(station.device)
        else:
            station.withdraw(JobState.INTERRUPTED)
        self._bike.changed()

    async def _pause(self, station: Station, order: Order, pack: Pack) -> None:
        """Between two layers where the machine can, else at once."""
        self._pauses[station.name] = Pause(order.job.id, self._bike.clock())
        station.notice = station.shortage
        log.warning("%s: %s", station.name, station.shortage and station.shortage.en)
        try:
            if isinstance(station.device, Layerwise):
                await station.device.pause_after_layer(HOT_S, hold_s(station, pack))
            else:
                await station.device.pause()
        except DriverError as error:
            log.warning("%s does not pause: %s", station.name, error)
        self._bike.changed()

    async def _follow(self, station: Station, pause: Pause, now_s: float) -> None:
        """Write the pause down, hurry one that does not come, forget one that a person has ended."""
        state = station.device.snapshot.state
        if station.order is None or station.order.job.id != pause.job or (pause.told and state is not PAUSED):
            del self._pauses[station.name]
            station.notice = None
        elif state is PAUSED and not pause.told:
            pause.told = True
            await self._write(pause.job)
        elif state is DeviceState.RUNNING and now_s - pause.asked_s > LAYER_S:
            await self._hurry(station)

    async def _write(self, job_id: str) -> None:
        """Write down what the machine does already: the disk cannot undo it."""
        try:
            await self._bike.ledger.transition(job_id, JobState.PAUSED, note="low battery")
        except JobError as error:
            log.warning("Job %s is paused, which is not written down: %s", job_id, error)
        self._bike.changed()

    async def _hurry(self, station: Station) -> None:
        try:
            await station.device.pause()
        except DriverError as error:
            log.warning("%s does not pause: %s", station.name, error)


def hold_s(station: Station, pack: Pack) -> float:
    """How long the bed is kept warm for a person to come: what the part has cost bounds it, and the floor."""
    if not isinstance(station.profile, PrinterProfile) or station.order is None:
        return 0.0
    bed_w = bed_hold_w(station.profile, station.device.snapshot.temperatures)
    prepared = station.order.job.prepared
    spent_wh = max(0.0, prepared.estimate.energy_wh - rest_of_run(station)[1]) if prepared else 0.0
    worth_s = worth_holding_s(spent_wh, bed_w)
    return min(worth_s, 3600.0 * max(pack.above_wh, 0.0) / bed_w) if bed_w > 0 else worth_s
