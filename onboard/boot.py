"""Opens the queue while the machines are made safe already; until that worked the bike is in safe mode."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from drivers.types import DeviceKind
from jobs.errors import Sentence, StoreError
from jobs.loans import Loan
from jobs.store.queue import Store
from jobs.types import Halt, Job, JobState
from onboard.bike import Bike, Hold

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0

INTERRUPTED: Final = Sentence(
    "Le vélo a redémarré pendant la fabrication : rien ne reprend tout seul, le médiateur décide.",
    "The bike restarted while this was made: nothing resumes by itself, the mediator decides.",
)
OPENING: Final = Hold(
    "opening",
    Sentence(
        "La file d'attente s'ouvre : rien ne démarre encore.",
        "The queue is being opened: nothing starts.",
    ),
)
RESTARTED: Final = Hold(
    "restart",
    Sentence(
        "Le vélo a redémarré : la file attend que le médiateur la reprenne.",
        "The bike restarted: the queue waits until the mediator goes on with it.",
    ),
    ends_by_word=True,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the daemon before this one left behind."""

    store: Store
    interrupted: Sequence[Job]
    ended: Sequence[Loan]
    approved: Sequence[Job]
    halt: Halt | None
    clear_plates: frozenset[str]

    @classmethod
    def at(
        cls,
        path: Path,
        now: Callable[[], float],
        printers: Sequence[str],
        charge_w: Mapping[str, float],
    ) -> Self:
        """Open the queue and interrupt what was on a machine.

        Raises:
            StoreError: the disk or the database fails.
        """
        store = Store.open(path, now)
        try:
            return cls(
                store,
                store.interrupt_all("the daemon restarted", INTERRUPTED),
                store.end_all_loans(charge_w),
                store.jobs({JobState.APPROVED}),
                store.current_halt(),
                frozenset(name for name in printers if store.plate_clear(name)),
            )
        except BaseException:
            store.close()
            raise


class Boot:
    """Takes over from the daemon before; what it cannot do now it tries again, with the machines off.

    `tried` is set once it is known whether the queue opens.
    """

    def __init__(self, bike: Bike, retry_s: float = RETRY_S) -> None:
        self._bike = bike
        self._retry_s = retry_s
        self.tried = asyncio.Event()
        bike.hold = OPENING

    async def run(self) -> None:
        """Return once the queue is open; meanwhile every page can read why nothing starts."""
        while True:
            if await self.try_to_open():
                return
            await asyncio.sleep(self._retry_s)

    async def try_to_open(self) -> bool:
        """Open the queue, or say why the bike stays in safe mode."""
        bike = self._bike
        charge_w = {name: robot.section.charge_w for name, robot in bike.robots.items()}
        printers = [s.name for s in bike.stations.values() if s.kind is DeviceKind.PRINTER]
        try:
            path = bike.config.paths.jobs_database
            found = await bike.ledger(Found.at, path, bike.wall, printers, charge_w)
        except StoreError as error:
            self._stay_safe(error)
            return False
        else:
            self._take_over(found)
            return True
        finally:
            self.tried.set()

    def _stay_safe(self, error: StoreError) -> None:
        """A reason that is new goes to the log."""
        hold = Hold(error.code, error.sentence)
        if hold != self._bike.hold:
            log.error("Safe mode, nothing starts: %s", error)
            self._bike.hold = hold
            self._bike.changed()

    def _take_over(self, found: Found) -> None:
        """In one step of the loop: nothing is planned between the queue and the reason to hold it."""
        bike = self._bike
        for job in found.interrupted:
            log.warning("Job %s was on %s when the daemon ended: interrupted", job.id, job.machine)
        for loan in found.ended:
            log.warning("Robot %s was lent when the daemon ended: its loan is over", loan.robot)
        for station in bike.stations.values():
            station.plate_clear = station.name in found.clear_plates
        bike.hold = RESTARTED if found.approved else None
        bike.ledger.adopt(found.store)
        bike.adopt(found.halt)
