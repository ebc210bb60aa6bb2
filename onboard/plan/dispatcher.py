"""Makes the plan again whenever something changes, and starts what the plan and the gate allow."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from drivers.gcode import Program
from drivers.types import DeviceKind
from jobs.errors import JobError, Sentence
from jobs.planner.exchange import instance_json, plan_json
from jobs.planner.instance import Held, Instance, Plan, PlannedStart
from jobs.planner.latecomers import leave_room
from jobs.planner.plan import plan
from jobs.types import Job, JobState
from onboard.bike import Bike
from onboard.energy.refining import refined_job
from onboard.energy.unknown_battery import unknown_battery
from onboard.plan.comers import came
from onboard.plan.foresight import Foresight
from onboard.plan.gate import NOT_CONNECTED, held_for, refusal
from onboard.plan.line import one_at_a_time
from onboard.plan.planning import budget_wh, build_instance, still_announced
from onboard.plan.promises import promise_wh
from onboard.station import Order

log = logging.getLogger(__name__)

REPLAN_S: Final = 10.0
"""A plan is made again at least this often: minutes pass and the battery drains."""

TOO_DEAR: Final = frozenset({"energy", "time"})
"""What the last look may find of a job by its own worst case, while a smaller one would still do."""

MOST_TOO_DEAR: Final = 8
"""With so many of them left out no further plan is made at once: the computer has other work."""

NO_HALT = Sentence(
    "Pas de halte ouverte : gardé pour la prochaine halte.", "No halt is open: kept for the next halt."
)
STOPPED = Sentence(
    "Arrêt d'urgence : rien ne démarre avant que chaque machine soit réarmée.",
    "Emergency stop: nothing starts until each machine is re-armed.",
)


class Dispatcher:
    """The only place that starts a job."""

    def __init__(self, bike: Bike, on_held: Callable[[Job, Held], None]) -> None:
        self._bike = bike
        self._on_held = on_held
        self._reasons: dict[str, str] = {}
        self._kept: tuple[object, ...] = ()
        self.foresight = Foresight(bike)

    async def run(self) -> None:
        """Plan for ever: on every ring of the bell, and every REPLAN_S."""
        await self._bike.ledger.opened()
        while True:
            self._bike.bell.clear()
            await self._try_to_plan()
            try:
                async with asyncio.timeout(REPLAN_S):
                    await self._bike.bell.wait()
            except TimeoutError:
                continue

    async def _try_to_plan(self) -> None:
        """A queue that cannot be read starts nothing, and ends nothing that runs."""
        try:
            await self.replan()
        except JobError as error:
            log.warning("No plan: %s", error)

    async def replan(self) -> None:
        """Make one plan, say why the others wait, start what may start now."""
        bike = self._bike
        queued = await bike.ledger.jobs(JobState.WAITING, JobState.APPROVED)
        jobs = [refined_job(bike, job) for job in queued]
        bike.budget_wh = budget_wh(bike)
        by_id = {job.id: job for job in jobs}
        obstacle = self._obstacle()
        if obstacle is not None:
            self._publish(by_id, (), tuple(held_for(job, *obstacle) for job in jobs))
            await self.foresight.look(jobs, None)
            return
        free, busy = one_at_a_time(bike, jobs)
        instance, made, refused = await self._plan_and_start(free)
        self._publish(by_id, made.starts, (*made.held, *busy, *refused))
        await self.foresight.look(jobs, (instance, made))

    async def _plan_and_start(self, jobs: list[Job]) -> tuple[Instance, Plan, list[Held]]:
        """Plan, start what is due, and plan once more without what is too dear for the last look.

        Else a job that the plan takes for possible and the last look does not would keep its machine idle
        while a smaller one waits.
        """
        by_id = {job.id: job for job in jobs}
        too_dear: dict[str, Held] = {}
        while True:
            instance, made = await self._plan([job for job in jobs if job.id not in too_dear])
            due = [start for start in made.starts if start.start_min == 0]
            refused = [held for start in due if (held := await self._start(by_id[start.job], start))]
            dear = {held.job: held for held in refused if held.reason in TOO_DEAR}
            # A start has rung the bell: the next plan follows at once, and knows what runs.
            if not dear or len(refused) < len(due) or len(too_dear) >= MOST_TOO_DEAR:
                await self._keep(instance, replace(made, held=(*made.held, *too_dear.values())))
                return instance, made, [*too_dear.values(), *refused]
            too_dear |= dear

    async def _plan(self, jobs: list[Job]) -> tuple[Instance, Plan]:
        bike = self._bike
        served = await bike.ledger(bike.ledger.store.served_counts)
        instance = build_instance(bike, jobs, bike.budget_wh or 0.0, served)
        instance = replace(instance, promise_wh=await promise_wh(bike, instance))
        announced = still_announced(bike.starts, bike.held)
        instance, late = leave_room(instance, *await came(bike, jobs, served), announced)
        made = await asyncio.to_thread(plan, instance, announced)
        return instance, replace(made, held=(*made.held, *late))

    async def _keep(self, instance: Instance, made: Plan) -> None:
        """Write a plan that decides anew down with its question: a mediator can ask why tomorrow."""
        decided = (made.starts, tuple((item.job, item.reason) for item in made.held))
        if not instance.jobs or decided == self._kept:
            return
        try:
            store = self._bike.ledger.store
            await self._bike.ledger(store.keep_plan, instance_json(instance), plan_json(made))
        except JobError as error:
            log.warning("The plan is not kept: %s", error)
        else:
            self._kept = decided

    def _obstacle(self) -> tuple[str, Sentence] | None:
        """What keeps every job from starting."""
        if self._bike.stopped:
            return "machine", STOPPED
        if self._bike.hold is not None:
            return self._bike.hold.code, self._bike.hold.sentence
        if self._bike.halt is None or self._bike.halt_left_s <= 0:
            return "halt", NO_HALT
        if self._bike.budget_wh is None:
            return "battery", unknown_battery(self._bike.power.report().quality)
        return None

    async def _start(self, job: Job, start: PlannedStart) -> Held | None:
        """Start one job now, or return what a person has to do first."""
        station, permit = self._bike.stations[start.device], self._permit()
        if (held := refusal(self._bike, job, station, budget_wh(self._bike) or 0.0)) is not None:
            return held
        try:
            program = await asyncio.to_thread(read_program, self._bike.config.paths.jobs, job)
            claimed = await self._bike.ledger(self._bike.ledger.store.claim, job.id, station.name)
        except (JobError, OSError) as error:
            log.warning("Job %s does not start on %s: %s", job.id, station.name, error)
            sentence = error.sentence if isinstance(error, JobError) else NOT_CONNECTED
            return held_for(job, "machine", sentence)
        station.plate_clear = station.kind is DeviceKind.MILL
        station.give(Order(refined_job(self._bike, claimed), program, accepted_s=job.changed_s))
        if self._permit() != permit:
            station.withdraw(JobState.INTERRUPTED)
        self._bike.changed()
        return None

    def _permit(self) -> tuple[object, ...]:
        """What must not change while a start is written down, however long the disk takes."""
        halt = self._bike.halt
        return self._bike.stops, halt and halt.id, self._bike.panel.hazards

    def _publish(
        self, jobs: dict[str, Job], starts: tuple[PlannedStart, ...], held: tuple[Held, ...]
    ) -> None:
        """Show the plan, and report each job whose reason is new."""
        bike = self._bike
        if (starts, held) != (bike.starts, bike.held):
            bike.starts, bike.held = starts, held
            bike.version += 1
        reasons = {item.job: item.reason for item in held}
        for item in held:
            is_new = self._reasons.get(item.job) != item.reason
            if is_new and jobs[item.job].state is JobState.APPROVED:
                self._on_held(jobs[item.job], item)
        self._reasons = reasons


def read_program(folder: Path, job: Job) -> Program:
    """Read the program that was prepared for a job."""
    if job.prepared is None:
        raise JobError("not-prepared", Sentence("Cet objet n'est pas prêt.", "This object is not ready."))
    return Program.from_bytes((folder / job.id / job.prepared.program).read_bytes())
