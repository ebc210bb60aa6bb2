"""Who came to this halt, each by the first object they brought: what tells how many are still to come."""

from collections.abc import Sequence

from jobs.planner.instance import PlanJob
from jobs.types import Job
from onboard.bike import Bike
from onboard.energy.refining import refined_job
from onboard.plan.planning import plan_job


async def came(bike: Bike, queued: Sequence[Job], served: dict[str, int]) -> tuple[list[PlanJob], int]:
    """The first objects of those who had none before this halt, and for how many minutes it has been open.

    Raises:
        JobError: the queue cannot be read.
    """
    halt = bike.halt
    if halt is None:
        return [], 0
    begun = await bike.ledger(bike.ledger.store.jobs_of_halt, halt.id)
    here = {job.id: job for job in (*begun, *queued) if job.participant and job.prepared}
    had_here: dict[str, int] = {}
    for job in begun:
        had_here[job.participant] = had_here.get(job.participant, 0) + 1
    firsts: dict[str, Job] = {}
    for job in sorted(here.values(), key=_sent_s):
        if served.get(job.participant, 0) <= had_here.get(job.participant, 0):
            firsts.setdefault(job.participant, job)
    now_s = bike.wall()
    seen = (plan_job(bike, refined_job(bike, job), _minutes(now_s - _sent_s(job))) for job in firsts.values())
    return [job for job in seen if job is not None], _minutes(now_s - halt.opened_s)


def _minutes(seconds: float) -> int:
    return max(0, int(seconds // 60))


def _sent_s(job: Job) -> float:
    return job.submitted_s or job.created_s
