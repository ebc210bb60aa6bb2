"""Has one design after the other prepared by the child process."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from jobs.errors import JobError, Sentence, StoreError, TransitionError
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.store.change import JobChange
from jobs.types import Job, JobState
from onboard.bike import Bike

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S = 5.0
QUEUE_LIMIT = 40
"""Designs that may wait to be prepared; more are refused with a sentence."""

FULL = Sentence(
    "Beaucoup d'objets se préparent déjà : réessaie dans une minute.",
    "Many objects are being prepared already: try again in a minute.",
)
BROKEN = Sentence(
    "Cet objet n'a pas pu être préparé. Essaie encore ou appelle le médiateur.",
    "This object could not be prepared. Try again or call the mediator.",
)


class Workshop:
    """A queue of designs in front of one child at a time; `shares` tells how far each one is."""

    def __init__(self, bike: Bike) -> None:
        self._bike = bike
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self.shares: dict[str, float] = {}

    def check_room(self) -> None:
        """Refuse when too many designs wait already.

        Raises:
            JobError: there are QUEUE_LIMIT of them.
        """
        if len(self.shares) >= QUEUE_LIMIT:
            raise JobError("busy", FULL)

    def put(self, job_id: str) -> None:
        """Queue a design, once however often it is asked for."""
        if job_id not in self.shares:
            self.shares[job_id] = 0.0
            self._queue.put_nowait(job_id)

    async def run(self) -> None:
        """Prepare for ever; what was under way at the last end of the daemon comes first."""
        await self._bike.ledger.opened()
        for job in await self._steadily(partial(self._bike.ledger.jobs, JobState.PREPARING)):
            self.put(job.id)
        while True:
            job_id = await self._queue.get()
            job = await self._steadily(partial(self._bike.ledger.get, job_id))
            if job.state is JobState.PREPARING:
                await self._make(job)
            self.shares.pop(job_id, None)
            self._bike.changed()

    async def _make(self, job: Job) -> None:
        """Prepare one design and write the outcome down."""
        state, change = await self._outcome(job)
        write = partial(self._bike.ledger.transition, job.id, state, change=change)
        try:
            await self._steadily(write)
        except TransitionError:
            log.info("Job %s was taken back while it was prepared", job.id)
            await asyncio.to_thread(shutil.rmtree, self._folder(job), ignore_errors=True)

    async def _steadily(self, work: Callable[[], Awaitable[T]]) -> T:
        """Ask the queue until the disk lets it answer."""
        while True:
            try:
                return await work()
            except StoreError as error:
                log.warning("Preparing waits: %s", error)
                await asyncio.sleep(RETRY_S)

    async def _outcome(self, job: Job) -> tuple[JobState, JobChange]:
        paths = self._bike.config.paths
        out = self._folder(job)
        try:
            await asyncio.to_thread(_fresh_folder, out)
            source = paths.spool / job.design.source if job.design.source else None
            request = PrepareRequest(job.design, self._profile(job), source, out)
            prepared = await prepare(request, lambda _stage, share: self._report(job.id, share))
        except JobError as error:
            return JobState.UNUSABLE, JobChange(problem=error.sentence)
        except OSError:
            log.exception("Job %s could not be prepared", job.id)
            return JobState.UNUSABLE, JobChange(problem=BROKEN)
        cost = self._bike.refine(prepared.estimate, job.design.device)
        return JobState.READY, JobChange(prepared=replace(prepared, estimate=cost))

    def _report(self, job_id: str, share: float) -> None:
        self.shares[job_id] = share

    def _folder(self, job: Job) -> Path:
        return self._bike.config.paths.jobs / job.id

    def _profile(self, job: Job) -> str:
        """The profile of the first machine of the right kind: a bike carries one of each."""
        for station in self._bike.stations.values():
            if station.kind is job.design.device:
                return station.profile.name
        raise JobError(
            "no-machine",
            Sentence(
                "Le vélo n'a pas cette machine aujourd'hui.", "The bike does not carry this machine today."
            ),
        )


def _fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
