"""Leaves room for those who come later: further objects wait while first ones keep coming."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.planner.instance import Held, Instance, PlanDevice, PlanJob, PlannedStart
from jobs.planner.packing import participant_of

LATE: Final = "late"
"""The reason of a further object that waits for people who are not there yet."""

LOOK_BACK_MIN: Final = 40
"""Whoever came within these minutes tells how many will come: long enough for chance, short enough for a
class that leaves."""

SHORTEST_LOOK_MIN: Final = 10
"""One who comes in the first minute does not stand for one a minute."""

LAST_MIN: Final = 30
"""Nobody who comes in the last half hour is counted on: a first object takes so long."""

MEDIATORS_PICK: Final = 2


@dataclass(frozen=True, slots=True)
class Expected:
    """What those who are still expected will take, if they come and bring as those did who came lately."""

    people: float
    wh: float
    minutes: dict[DeviceKind, float]


def leave_room(
    instance: Instance, came: Sequence[PlanJob], open_min: int, announced: Sequence[PlannedStart] = ()
) -> tuple[Instance, tuple[Held, ...]]:
    """Take out the further objects that would take what first objects still to come will need.

    Promises, the mediator's pick and what people were told is next stay. Where nobody came lately, or where
    there is plenty, all stay.

    Args:
        instance: The question, with all jobs that wait.
        came: The first object of each participant who came since the halt was opened, made or not.
        open_min: Minutes since then; who waited already when the bike opened tells nothing of who will come.
        announced: Jobs that people were told are next.
    """
    ready = [job for job in instance.jobs if job.approved and _machines(job, instance)]
    firsts = [job for job in ready if not _is_further(job, instance)]
    lately = [job for job in came if _machines(job, instance)]
    coming = _expected(instance, lately, open_min)
    if coming is None:
        return instance, ()
    held, near = {}, {start.job for start in announced}
    for job in ready:
        is_free = not job.promised and job.priority < MEDIATORS_PICK and job.id not in near
        if is_free and _is_further(job, instance):
            found = _held(job, instance, firsts, coming)
            if found is not None:
                held[job.id] = found
    left = tuple(job for job in instance.jobs if job.id not in held)
    return replace(instance, jobs=left), tuple(held.values())


def _expected(instance: Instance, came: Sequence[PlanJob], open_min: int) -> Expected | None:
    back_min = min(LOOK_BACK_MIN, open_min)
    lately = [job for job in came if -job.submitted_min < back_min]
    if not lately or instance.end_min <= LAST_MIN:
        return None
    factor = (instance.end_min - LAST_MIN) / max(back_min, SHORTEST_LOOK_MIN)
    minutes = {
        kind: factor * sum(_minutes(job, instance) for job in lately if job.kind is kind)
        for kind in {job.kind for job in lately}
    }
    return Expected(factor * len(lately), factor * sum(_wh(job, instance) for job in lately), minutes)


def _held(job: PlanJob, instance: Instance, firsts: Sequence[PlanJob], coming: Expected) -> Held | None:
    """Why a further object waits, if energy or the minutes of its machines would be lacking."""
    needs_wh = _wh(job, instance)
    left_wh = instance.budget_wh - coming.wh - sum(_wh(first, instance) for first in firsts)
    if needs_wh > left_wh:
        return _told(job, coming, needs_wh, left_wh, "Wh")
    needs_min = _minutes(job, instance)
    left_min = sum(max(0, instance.end_min - device.free_at_min) for device in _machines(job, instance))
    left_min -= sum(_minutes(first, instance) for first in firsts if first.kind is job.kind)
    left = left_min - coming.minutes.get(job.kind, 0.0)
    return _told(job, coming, needs_min, left, "min") if needs_min > left else None


def _told(job: PlanJob, coming: Expected, needs: float, left: float, unit: str) -> Held:
    people, needs, left = max(1, round(coming.people)), ceil(needs), max(0, floor(left))
    plural = people > 1
    sentence = Sentence(
        f"Tu as déjà un objet ; les premiers objets passent avant, et {people} "
        f"personne{'s peuvent' if plural else ' peut'} encore venir. "
        f"Il faut {needs} {unit}, il en reste {left} pour un objet de plus.",
        f"You already have an object; first objects go before, and {people} more "
        f"{'people' if plural else 'person'} may come. {needs} {unit} needed, {left} left for a further one.",
    )
    return Held(job.id, LATE, sentence)


def _is_further(job: PlanJob, instance: Instance) -> bool:
    return instance.served.get(participant_of(job), 0) > 0


def _machines(job: PlanJob, instance: Instance) -> list[PlanDevice]:
    return [device for device in instance.devices if device.kind is job.kind]


def _wh(job: PlanJob, instance: Instance) -> float:
    return job.run_wh + max(device.heat_warm_wh for device in _machines(job, instance))


def _minutes(job: PlanJob, instance: Instance) -> int:
    alike = _machines(job, instance)
    return job.run_min + max(device.heat_warm_min + device.changeover_min for device in alike)
