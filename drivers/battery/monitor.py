"""A battery monitor, listened to for as long as the bike is awake."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from drivers.battery.judge import SILENCE, Judge
from drivers.battery.quality import COUNTER, BatteryReport, Doubt, Gauge, Quality
from drivers.battery.sample import Lifetime, Sample
from drivers.battery.sources import Source
from drivers.errors import DriverError
from drivers.types import BatteryReading

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.5
LONGEST_RETRY_S: Final = 30.0
DEFAULT_CAPACITY_WH: Final = 960.0


def nothing_works() -> bool:
    """The answer of a bike that does not know what its machines do."""
    return False


class BatteryMonitor:
    """The latest reading that may be believed; what cannot be believed is not there.

    A lost link leaves no reading behind, and is opened again and again with growing pauses. The age of a
    reading is for the reader to judge, by its `at_s` or in a `report`. `is_loaded` tells whether machines are
    known to work, so that a monitor which froze while the bike was idle is found out.
    """

    def __init__(
        self, source: Source, gauge: Gauge = COUNTER, capacity_wh: float = DEFAULT_CAPACITY_WH
    ) -> None:
        self._source = source
        self._judge = Judge(gauge, capacity_wh)
        self._retry_s = FIRST_RETRY_S
        self._task: asyncio.Task[None] | None = None
        self.is_loaded: Callable[[], bool] = nothing_works

    @property
    def reading(self) -> BatteryReading | None:
        """The latest reading, None while the battery is unknown."""
        return self._judge.reading

    @property
    def lifetime(self) -> Lifetime | None:
        """What the monitor has counted since it was installed, where it counts."""
        return self._judge.lifetime

    def report(self, now_s: float, max_age_s: float) -> BatteryReport:
        """Return what is known now: quality, age, a sentence, and the reading if it is good."""
        return self._judge.report(now_s, max_age_s)

    async def connect(self) -> None:
        """Begin to listen; a port that is missing now is opened when it comes."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_open(), name="battery monitor")

    async def close(self) -> None:
        """Stop listening and release the port."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._judge.silence()

    async def _keep_open(self) -> None:
        while True:
            try:
                await self._source.listen(self._take)
            except DriverError as error:
                log.warning("Battery monitor: %s Trying again in %.1f s.", error, self._retry_s)
                self._judge.silence(Doubt(Quality.SILENT, str(error)))
            else:
                self._judge.silence()
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)

    def _take(self, sample: Sample) -> None:
        """Judge a sample, and tell the log when the judgement changes."""
        self._retry_s = FIRST_RETRY_S
        before = self._judge.doubt
        self._judge.take(sample, loaded=self.is_loaded())
        self._tell(before, self._judge.doubt)

    def _tell(self, before: Doubt | None, after: Doubt | None) -> None:
        if after is not None and (before is None or before.quality is not after.quality):
            log.warning("The battery is unknown: %s", after.sentence)
        elif after is None and before not in {None, SILENCE}:
            log.info("The battery is known again.")
