"""The line of waiting jobs as the planner sees it: who stands where, and who is being served already."""

from collections.abc import Sequence
from typing import Final

from jobs.errors import Sentence
from jobs.planner.instance import Held
from jobs.store.line import in_line
from jobs.types import Job
from onboard.bike import Bike

ONE_AT_A_TIME: Final = Sentence(
    "Un objet à la fois : celui-ci passe quand ton autre objet a quitté la machine.",
    "One object at a time: this one's turn comes when your other object has left its machine.",
)


def one_at_a_time(bike: Bike, jobs: Sequence[Job]) -> tuple[list[Job], list[Held]]:
    """Split off the jobs whose participant has an object on a machine now: no plan may start them."""
    busy = {station.order.job.participant for station in bike.stations.values() if station.order}
    free = [job for job in jobs if job.participant not in busy]
    return free, [Held(job.id, "participant", ONE_AT_A_TIME) for job in jobs if job.participant in busy]


def waited_min(jobs: Sequence[Job], now_s: float) -> dict[str, int]:
    """Whole minutes that each job has stood in the line.

    Once a mediator has moved one, nobody has waited as long as the one before: the planner, which counts
    whole minutes, settles ties in the mediator's order.
    """
    waited = {job.id: max(0, int((now_s - job.stands_s) // 60)) for job in jobs}
    if any(job.turn_s is not None for job in jobs):
        after = -1
        for job in reversed(in_line(jobs)):
            after = waited[job.id] = max(waited[job.id], after + 1)
    return waited
