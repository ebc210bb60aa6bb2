"""The line of jobs that wait: who stands before whom, who is favoured, and who has a promise."""

from collections.abc import Sequence
from typing import Final

from jobs.types import Job, JobState

IN_LINE: Final = frozenset({JobState.WAITING, JobState.APPROVED})
STEP_S: Final = 0.001
"""Two jobs never stand in the same place."""


def in_line(jobs: Sequence[Job]) -> list[Job]:
    """The jobs as they stand in the line."""
    return sorted(jobs, key=lambda job: (job.stands_s, job.created_s, job.id))


def placed_before(jobs: Sequence[Job], moved: str, before: str | None) -> dict[str, float]:
    """Where the jobs stand once `moved` goes before another one, or to the end: only those who change places.

    The places stay the same, only who stands in them changes, so that nobody outside loses anything.
    """
    line = in_line(jobs)
    places: list[float] = []
    for job in line:
        places.append(max(job.stands_s, places[-1] + STEP_S) if places else job.stands_s)
    order = [job.id for job in line if job.id != moved]
    order.insert(order.index(before) if before in order else len(order), moved)
    stood = {job.id: job.stands_s for job in line}
    return {job: place for job, place in zip(order, places, strict=True) if stood[job] != place}


def energy_wh(job: Job) -> float:
    """What a job takes: as measured once it has been made, else as estimated."""
    if job.used_wh is not None:
        return job.used_wh
    return job.prepared.estimate.energy_wh if job.prepared else 0.0
