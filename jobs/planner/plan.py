"""Jobs, machines, battery and hours → who starts where and when, and why the others wait."""

from collections.abc import Sequence

from jobs.planner.build import Build
from jobs.planner.clock import best_build
from jobs.planner.instance import Held, Instance, Plan, PlanJob, PlannedStart
from jobs.planner.needs import TENTHS, Sized
from jobs.planner.packing import Question
from jobs.planner.reasons import Reasons, gate_before_plan


def plan(instance: Instance, announced: Sequence[PlannedStart] = ()) -> Plan:
    """Plan a halt: feasible by the rules of the exchange format, and the same for the same question.

    Args:
        instance: The question.
        announced: Jobs that people were told are next on a device: each stays next there unless it cannot.
    """
    refused = {job.id: held for job in instance.jobs if (held := gate_before_plan(job, instance))}
    jobs = sorted((job for job in instance.jobs if job.id not in refused), key=lambda job: job.id)
    question = Question(Sized.of(instance, jobs), jobs)
    return _answer(best_build(question, _pinned(instance, jobs, announced)), refused)


def _pinned(instance: Instance, jobs: Sequence[PlanJob], announced: Sequence[PlannedStart]) -> dict[int, int]:
    """The lane of each announced job that still waits and whose device still works; one a lane."""
    lanes = {device.id: (lane, device.kind) for lane, device in enumerate(instance.devices)}
    numbers = {job.id: (number, job.kind) for number, job in enumerate(jobs)}
    out: dict[int, int] = {}
    for start in sorted(announced, key=lambda start: (start.start_min, start.device)):
        if start.job in numbers and start.device in lanes:
            (number, wanted), (lane, kind) = numbers[start.job], lanes[start.device]
            if kind is wanted and number not in out and lane not in out.values():
                out[number] = lane
    return out


def _answer(build: Build, refused: dict[str, Held]) -> Plan:
    instance, placed = build.board.sized.instance, build.board.placed
    starts = tuple(PlannedStart(p.job.id, instance.devices[p.lane].id, p.start_min) for p in placed)
    reasons = Reasons(build)
    held = tuple(
        refused.get(job.id) or reasons.why(job) for job in instance.jobs if job.id not in build.round_of
    )
    spent_tenths = sum(placement.tenths for placement in placed)
    return Plan(starts, held, spent_tenths / TENTHS, build.board.peak_w)
