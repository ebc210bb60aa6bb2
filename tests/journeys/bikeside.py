"""What a journey asks of the running bike: live state, jobs, and waiting for a moment to come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobs.store.reader import JobReader
from jobs.types import Job
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import (
    ArmMill,
    BikeStatus,
    CheckProgram,
    ContinueQueue,
    GetStatus,
    MachineView,
    Request,
    TraceOutline,
)
from onboard.demo.stage import Stage

T = TypeVar("T")

PATIENCE_S = 240.0
LOOK_S = 0.1


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Return what `look` finds as soon as it finds something; fail with the name of what never came."""
    found: T | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await look()):  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain for {what}") from None
    return found


class BikeSide:
    """Asks the daemon and reads its database, as the kiosk does."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.client = ControlClient(stage.settings.paths.control_socket)

    async def ask(self, request: Request) -> None:
        """Ask for something that must be accepted."""
        reply = await self.client.ask(request)
        assert reply.refusal is None, reply.refusal

    async def go_on(self) -> None:
        """A person lets the queue go on that the daemon found at its start."""
        await self.ask(ContinueQueue())

    async def arm(self, mill: str, job_id: str) -> None:
        """A person has a mill's next job traced and read, ticks the rest of its list, and arms."""
        for look in (TraceOutline(machine=mill), CheckProgram(machine=mill)):
            await self.ask(look)
            await self.machine(mill, lambda view: not (view.hand and view.hand.errand), "a look at the mill")
        await self.ask(ArmMill(machine=mill, job=job_id))

    async def status(self) -> BikeStatus | None:
        """The live state; None while the daemon is away."""
        try:
            return (await self.client.ask(GetStatus())).status
        except DaemonUnreachableError:
            return None

    async def machine(self, name: str, is_as_wanted: Callable[[MachineView], bool], what: str) -> MachineView:
        """Wait until one machine is as wanted."""

        async def look() -> MachineView | None:
            status = await self.status()
            views = status.machines if status else ()
            return next((view for view in views if view.name == name and is_as_wanted(view)), None)

        return await until(look, what)

    def job(self, job_id: str) -> Job:
        """One job as it stands in the database."""
        reader = JobReader.open(self.stage.settings.paths.jobs_database)
        try:
            return reader.get(job_id)
        finally:
            reader.close()

    async def job_is(self, job_id: str, *states: str) -> Job:
        """Wait until a job is in one of these states."""

        async def look() -> Job | None:
            job = self.job(job_id)
            return job if job.state in states else None

        return await until(look, f"job {job_id} to be {' or '.join(states)}")
