"""Runs one claimed job on its machine and tells the others how it went."""

import logging
from collections.abc import Callable
from typing import Final

from jobs.errors import JobError
from jobs.runner import run_job
from jobs.types import Job
from onboard.bike import Bike
from onboard.scribe import Scribe
from onboard.station import Order, Station
from onboard.uplink.reporter import Reporter

log = logging.getLogger(__name__)

LIMIT_FACTOR: Final = 3.0
LIMIT_FLOOR_S: Final = 900.0
"""A run is ended when it takes this much longer than its high estimate: something is wrong with it."""


class Performer:
    """What a station does with an order."""

    def __init__(self, bike: Bike, reporter: Reporter) -> None:
        self._bike = bike
        self._reporter = reporter

    async def perform(self, station: Station, order: Order) -> None:
        """Run a job to its end, whatever that is; the machine is safe before anything is written.

        A machine whose job's end is not on disk yet stays occupied: no end is lost, and none is told before.
        """
        self._reporter.started(order)
        self._bike.changed()
        scribe = Scribe(self._bike.ledger, lambda: station.withdrawn, lambda: station.ending)
        try:
            ended = await run_job(
                order.job,
                station.device,
                order.program,
                scribe,
                limit_s=limit_s(order.job),
                used_wh=self._meter(station),
            )
        except (JobError, TimeoutError) as error:
            log.warning("Job %s on %s: %s", order.job.id, station.name, str(error) or "the disk is too slow")
            ended = await scribe.settle(order.job.id)
        self._reporter.ended(ended, self._bike.clock() - station.started_s)

    def _meter(self, station: Station) -> Callable[[], float | None]:
        """Count what leaves the pack in a run, less what the rest of the bike draws; None if not alone."""
        power, clock = self._bike.power, self._bike.clock
        others = [s for s in self._bike.stations.values() if s is not station]
        begun_s, begun_wh = clock(), power.meter.total_used_wh
        alone = all(other.order is None for other in others)

        def used_wh() -> float | None:
            shared = not alone or any(o.order is not None or o.started_s > begun_s for o in others)
            if shared or power.reading() is None:
                return None
            beside_w = self._bike.base_w - self._bike.standing_w.get(station.name, 0.0)
            base_wh = beside_w * (clock() - begun_s) / 3600.0
            return max(0.0, power.meter.total_used_wh - begun_wh - base_wh)

        return used_wh


def limit_s(job: Job) -> float | None:
    """The longest a run may take."""
    return job.prepared.estimate.duration_high_s * LIMIT_FACTOR + LIMIT_FLOOR_S if job.prepared else None
