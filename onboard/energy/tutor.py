"""Shows the learning what battery and machines do, second by second, and keeps what it learnt on disk."""

import asyncio
import logging
from typing import Final

from drivers.gcode import Program
from jobs.energy.live import RESTING, Doing, doing_of
from jobs.errors import JobError
from jobs.estimate.cost import loads_of
from jobs.machines import MachineProfile
from jobs.types import Job, JobState
from onboard.bike import Bike
from onboard.energy.learning import Learning, Seen
from onboard.station import Station

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
SAVE_S: Final = 300.0


class Tutor:
    """Looks on; it starts nothing, and no trouble of its own reaches the machines."""

    def __init__(self, bike: Bike, learning: Learning) -> None:
        self._bike = bike
        self._learning = learning
        self._doing: dict[str, tuple[str, Doing]] = {}
        self._saved_s = bike.clock()

    async def run(self) -> None:
        """Learn for ever; on the way out what was learnt is kept."""
        await asyncio.to_thread(self._learning.load)
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            self._save()

    async def look(self) -> None:
        """Take one look at everything; without a reading of the battery there is nothing to learn."""
        bike = self._bike
        for station in bike.stations.values():
            await self._follow(station)
        reading = bike.power.reading()
        if reading is not None:
            seen = {name: self._seen(name, station) for name, station in bike.stations.items()}
            self._learning.watch(bike.clock(), bike.power.meter.total_used_wh, seen)
        if bike.clock() - self._saved_s >= SAVE_S:
            self._saved_s = bike.clock()
            await asyncio.to_thread(self._save)

    async def _follow(self, station: Station) -> None:
        """Note what a new job does, and how long one took that was made to its end."""
        name, order = station.name, station.order
        job_id, _ = self._doing.get(name, ("", RESTING))
        if order is not None and order.job.id != job_id:
            doing = await asyncio.to_thread(_doing, order.program, station.profile)
            self._doing[name] = (order.job.id, doing)
        elif order is None and job_id:
            del self._doing[name]
            await self._finished(name, job_id)

    async def _finished(self, machine: str, job_id: str) -> None:
        try:
            job: Job = await self._bike.ledger.get(job_id)
        except JobError as error:
            log.warning("Nothing is learnt from job %s: %s", job_id, error)
            return
        times_s = (job.started_s, job.ended_s)
        if job.state is JobState.DONE and job.prepared and None not in times_s:
            took_s = (job.ended_s or 0.0) - (job.started_s or 0.0)
            cost = job.prepared.estimate
            self._learning.finished(machine, cost.model_s or cost.duration_s, took_s)

    def _seen(self, name: str, station: Station) -> Seen:
        snapshot = station.device.snapshot
        _, doing = self._doing.get(name, ("", RESTING))
        return Seen(snapshot.state, snapshot.temperatures, doing)

    def _save(self) -> None:
        try:
            self._learning.save()
        except OSError as error:
            log.warning("What was learnt of the machines is not kept: %s", error)


def _doing(program: Program, profile: MachineProfile) -> Doing:
    """Work out what a program does on average; one that cannot be read teaches nothing."""
    try:
        return doing_of(*loads_of(program, profile))
    except JobError:
        return RESTING
