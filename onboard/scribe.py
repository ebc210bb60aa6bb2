"""Writes the steps of one run down, and owes those that the disk refused."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from jobs.endings import Ending
from jobs.errors import Sentence, StoreError, TransitionError
from jobs.store.change import NO_CHANGE, JobChange
from jobs.types import Job, JobState
from onboard.ledger import Ledger

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0

UNWRITTEN: Final = Ending(
    JobState.INTERRUPTED,
    "not-written",
    Sentence(
        "Le vélo n'a pas pu noter le départ : rien n'a été fabriqué. Le médiateur peut relancer.",
        "The bike could not write the start down: nothing was made. The mediator may order it again.",
    ),
)
TAKEN_BACK: Final = Sentence("Cet objet ne part plus.", "This job does not start any more.")
WITHDRAWN: Final = {
    JobState.CANCELLED: Ending(JobState.CANCELLED, "cancelled"),
    JobState.INTERRUPTED: Ending(
        JobState.INTERRUPTED,
        "stopped",
        Sentence(
            "Arrêté avant le départ : rien n'a été fabriqué. Le médiateur peut relancer.",
            "Stopped before the start: nothing was made. The mediator may order it again.",
        ),
    ),
}


class WithdrawnError(TransitionError):
    """The order was taken back before the machine began."""


class Scribe:
    """The `jobs.runner.Record` of one run; `withdrawn` tells how an order ends that was taken back.

    It is asked after the write of the start, because a slow disk leaves time to press stop. `ordered` tells
    how the bike itself has ended the run: that is the reason, whatever the machine said of it.
    """

    def __init__(
        self,
        ledger: Ledger,
        withdrawn: Callable[[], JobState | None],
        ordered: Callable[[], Ending | None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._withdrawn = withdrawn
        self._ordered = ordered
        self._owed = UNWRITTEN
        self._used_wh: float | None = None

    async def transition(
        self, job_id: str, to: JobState, *, note: str = "", change: JobChange = NO_CHANGE
    ) -> Job:
        """Write a step down.

        Raises:
            WithdrawnError: the job may not begin any more.
        """
        ordered = self._ordered()
        if ordered is not None and to not in {JobState.RUNNING, JobState.DONE}:
            to, note, change = ordered.state, ordered.note, replace(change, problem=ordered.problem)
        if to is not JobState.RUNNING:
            self._owed, self._used_wh = Ending(to, note, change.problem), change.used_wh
        written = await self._ledger.transition(job_id, to, note=note, change=change)
        ends_as = self._withdrawn()
        if to is JobState.RUNNING and ends_as is not None:
            self._owed = self._ordered() or WITHDRAWN[ends_as]
            raise WithdrawnError("withdrawn", TAKEN_BACK)
        return written

    async def settle(self, job_id: str) -> Job:
        """Write the end that is owed, as often as it takes, and return the job as it ended."""
        while True:
            try:
                return await self._write_owed(job_id)
            except StoreError as error:
                log.warning("The end of job %s waits to be written down: %s", job_id, error)
                await asyncio.sleep(RETRY_S)

    async def _write_owed(self, job_id: str) -> Job:
        """Write it, unless a write that was given up has come through after all."""
        owed, change = self._owed, JobChange(problem=self._owed.problem, used_wh=self._used_wh)
        try:
            return await self._ledger.transition(job_id, owed.state, note=owed.note, change=change)
        except TransitionError:
            return await self._ledger.get(job_id)
