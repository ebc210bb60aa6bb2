"""Runs what touches the jobs database on a thread of its own: a slow card never blocks the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from jobs.errors import Sentence, StoreError
from jobs.store.change import NO_CHANGE, JobChange
from jobs.store.queue import Store
from jobs.types import Job, JobState

P = ParamSpec("P")
T = TypeVar("T")


NOT_OPEN: Final = Sentence(
    "La file d'attente n'est pas ouverte : rien n'a été changé.",
    "The job queue is not open: nothing was changed.",
)


class Ledger:
    """The store, seen from the loop; until one is adopted every question is refused."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._opened = asyncio.Event()
        if store is not None:
            self._opened.set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    @property
    def store(self) -> Store:
        """The queue.

        Raises:
            StoreError: it is not open yet.
        """
        if self._store is None:
            raise StoreError("store-not-open", NOT_OPEN)
        return self._store

    def adopt(self, store: Store) -> None:
        """Answer from this queue from now on."""
        self._store = store
        self._opened.set()

    async def opened(self) -> None:
        """Return as soon as there is a queue: who only looks after jobs has nothing to do before."""
        await self._opened.wait()

    async def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one method of the store, or what opens it, and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def get(self, job_id: str) -> Job:
        """Return one job."""
        return await self(self.store.get, job_id)

    async def jobs(self, *states: JobState) -> list[Job]:
        """Return the jobs in these states, oldest first."""
        return await self(self.store.jobs, frozenset(states))

    async def transition(
        self, job_id: str, to: JobState, *, note: str = "", change: JobChange = NO_CHANGE
    ) -> Job:
        """Move a job on, as `Store.transition` does and with its errors."""
        return await self(self.store.transition, job_id, to, note=note, change=change)

    def close(self) -> None:
        """Finish what is under way and release the database."""
        self._thread.shutdown(wait=True)
        if self._store is not None:
            self._store.close()
