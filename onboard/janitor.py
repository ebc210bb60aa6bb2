"""Forgets what nobody needs any more: drafts that were never sent, objects of a halt that is long over."""

import asyncio
import logging
import shutil
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Final

from jobs.errors import JobError
from jobs.loans import Loan, LoanState
from jobs.types import Halt, Job, JobState
from onboard.bike import Bike
from onboard.clocks import clock_source
from onboard.config import PathsSection
from onboard.messages import ClockSource

log = logging.getLogger(__name__)

LOOK_S: Final = 300.0
KEEP_S: Final = 24 * 3600.0
"""Files of minors stay this long: from the last change of a draft, from the end of a finished job's halt."""

LOAN: Final = "loan:"
"""Before the id of a loan: no file and no job is named so."""
DRAFTS: Final = frozenset({JobState.READY, JobState.UNUSABLE})
OVER: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.REFUSED, JobState.CANCELLED})


class Janitor:
    """Ages things on the monotonic clock; only what lay there at the first look is dated by the calendar.

    So a date that jumps while the bike is awake erases nothing, and a bike that is switched off every night
    still forgets. A date before this software existed counts for nothing.
    """

    def __init__(self, bike: Bike) -> None:
        self._bike = bike
        self._due_s: dict[str, float] | None = None

    async def run(self) -> None:
        """Look for ever; a queue that cannot be written now is looked at again."""
        await self._bike.ledger.opened()
        while True:
            try:
                await self.look()
            except (JobError, OSError) as error:
                log.warning("Nothing is tidied up: %s", error)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> int:
        """Erase what is due and return how many jobs and files that were."""
        ledger = self._bike.ledger
        jobs = {job.id: job for job in await ledger.jobs(*DRAFTS, *OVER) if not _is_bare(job)}
        halts = await ledger(ledger.store.halts_of_jobs)
        since = {job.id: _since_s(job, halts.get(job.id)) for job in jobs.values()}
        since |= {f"{LOAN}{loan.id}": loan.ended_s or loan.asked_s for loan in await self._loans()}
        since |= await asyncio.to_thread(_strays, self._bike.config.paths, await ledger.jobs(*JobState))
        due = self._age({key: utc_s for key, utc_s in since.items() if utc_s is not None})
        for key in due:
            await self._forget(key, jobs.get(key))
        return len(due)

    async def _loans(self) -> list[Loan]:
        """Programs for robots that are not out now."""
        ledger = self._bike.ledger
        found = await ledger(ledger.store.loans, set(LoanState) - {LoanState.LENT})
        return [loan for loan in found if loan.program or loan.ticket]

    def _age(self, since: dict[str, float]) -> list[str]:
        """Give what is new its due instant, and return what is due."""
        now_s, known = self._bike.clock(), self._due_s
        if known is None:
            utc_s = self._bike.wall()
            is_dated = clock_source(utc_s) is not ClockSource.NONE
            age_s = {key: utc_s - at_s if is_dated else 0.0 for key, at_s in since.items()}
            known = {key: now_s + KEEP_S - max(0.0, age) for key, age in age_s.items()}
        self._due_s = {key: known.get(key, now_s + KEEP_S) for key in since}
        return [key for key, due_s in self._due_s.items() if due_s <= now_s]

    async def _forget(self, key: str, job: Job | None) -> None:
        """Remove files first: a row without its design is found again by nobody."""
        paths, ledger = self._bike.config.paths, self._bike.ledger
        if key.startswith(LOAN):
            await ledger(ledger.store.erase_loan, key.removeprefix(LOAN))
            self._bike.changed()
            return
        if job is None:
            await asyncio.to_thread(shutil.rmtree, paths.jobs / key, ignore_errors=True)
            await asyncio.to_thread((paths.spool / key).unlink, missing_ok=True)
            return
        await asyncio.to_thread(remove_files, paths.jobs, paths.spool, job)
        await ledger(ledger.store.erase, job.id)
        self._bike.changed()


def remove_files(jobs: Path, spool: Path, job: Job) -> None:
    """Remove what a participant brought and what was made of it."""
    shutil.rmtree(jobs / job.id, ignore_errors=True)
    if job.design.source:
        (spool / job.design.source).unlink(missing_ok=True)


def _since_s(job: Job, halt: Halt | None) -> float | None:
    """From when on a job's files are kept for KEEP_S; None while its halt is open."""
    if halt is None:
        return job.changed_s
    return None if halt.closed_s is None else max(job.changed_s, halt.closed_s)


def _is_bare(job: Job) -> bool:
    """Whether nothing is left to forget."""
    return job.prepared is None and job.ticket is None and not job.design.parameters and not job.design.source


def _strays(paths: PathsSection, jobs: Sequence[Job]) -> dict[str, float]:
    """What no job knows, with its date: a kiosk or a command was killed in between.

    The folder of an object that was erased is due at once: its row went first, and a kill kept the rest.
    """
    sources = {job.design.source for job in jobs}
    erased = {job.id for job in jobs if job.state in OVER and _is_bare(job)}
    kept = {job.id for job in jobs} - erased
    files = [path for path in paths.spool.iterdir() if path.name not in sources and path.is_file()]
    folders = [path for path in paths.jobs.iterdir() if path.name not in kept]
    return {path.name: -inf if path.name in erased else path.stat().st_mtime for path in files + folders}
