"""The story of one job as it was written down: its steps, and what each plan told about it."""

from dataclasses import dataclass

from jobs.planner.why import Kept, Why, whys
from jobs.store.memory import PLANS_KEPT
from jobs.store.reader import JobQueries
from jobs.types import Job, JobState, JournalEntry


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story, in UTC epoch seconds: a step of the job, or what a plan told of it."""

    at_s: float
    step: JournalEntry | None = None
    why: Why | None = None


def history(reader: JobQueries, job: Job) -> list[Moment]:
    """Everything that is known of a job, oldest first.

    Raises:
        StoreError: the queue cannot be read.
        ValueError: a kept plan cannot be read.
    """
    kept = [Kept(each.at_s, each.instance, each.plan) for each in reversed(reader.kept_plans(PLANS_KEPT))]
    told = [Moment(each.told.since_s, why=each) for each in whys(job.id, kept)]
    steps = [Moment(each.at_s, step=each) for each in reader.journal(job.id)]
    return sorted([*steps, *told], key=lambda moment: moment.at_s)


def in_force(story: list[Moment], at_s: float) -> list[Moment]:
    """The last step of a job before an instant, and what a plan had told last, unless the step is newer.

    A plan speaks only of jobs that wait: what it said before a start is over by then.
    """
    past = [moment for moment in story if moment.at_s <= at_s]
    step = next((moment for moment in reversed(past) if moment.step is not None), None)
    told = next((moment for moment in reversed(past) if moment.why is not None), None)
    waits = step is None or (step.step is not None and step.step.to_state in _WAITS)
    return [moment for moment in (step, told if waits else None) if moment is not None]


_WAITS = frozenset({JobState.WAITING, JobState.APPROVED})
