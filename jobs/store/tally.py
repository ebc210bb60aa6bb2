"""What a run took, counted when it ends: the estimate of a job is forgotten sooner than its halt."""

from typing import Final

from jobs.store.rows import Row
from jobs.types import ON_A_MACHINE, Job, JobState

_LEFT: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED})


def taken(job: Job, to: JobState, used_wh: float | None, now_s: float) -> Row:
    """Watt-hours and grams of the run that this step ends; nothing for any other step.

    `used_wh` is what was measured. Without it the estimate counts, of a run that ended early as much of it as
    of the estimated time: so do the grams.
    """
    if job.state not in ON_A_MACHINE or to not in _LEFT:
        return {}
    if job.prepared is None:
        return {"took_wh": used_wh, "is_measured": int(used_wh is not None)}
    cost = job.prepared.estimate
    share = _share(job, to, now_s, cost.duration_s)
    return {
        "took_wh": cost.energy_wh * share if used_wh is None else used_wh,
        "is_measured": int(used_wh is not None),
        "took_g": cost.mass_g * share,
    }


def _share(job: Job, to: JobState, now_s: float, duration_s: float) -> float:
    """How much of a program was run, 0 to 1, by the time it had."""
    if to is JobState.DONE:
        return 1.0
    if job.state is JobState.STARTING or job.started_s is None or duration_s <= 0:
        return 0.0
    return min(1.0, max(0.0, now_s - job.started_s) / duration_s)
