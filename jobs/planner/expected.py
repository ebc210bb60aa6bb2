"""What will probably be made: the plan without its margins, as times and energies of each job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from jobs.planner.instance import Instance, Plan, PlanDevice, PlannedStart
from jobs.planner.plan import plan

MEAN_TIME_PCT: Final = 2.0
MEAN_ENERGY_PCT: Final = 1.2
"""What jobs take on average above their middle estimate: the mean of the log-normals lies above it."""
_MADE_ROOM_FOR: Final = frozenset({"energy", "time", "power", "fairness"})
"""Who is held for one of these may still get a turn when the jobs before do not need their margins."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """One job on one device: minutes from now, heat-up included, and what it takes; all without margins.

    `is_planned` is False for a job that the plan itself still holds.
    """

    job: str
    device: str
    start_min: int
    heated_min: int
    end_min: int
    heat_wh: float
    wh: float
    is_planned: bool


def expected(instance: Instance, made: Plan) -> tuple[Occupation, ...]:
    """What the machines will probably do, when all goes as estimated and everybody is there in time."""
    starts = made.starts
    if any(held.reason in _MADE_ROOM_FOR for held in made.held):
        near = replace(instance, margin_time_pct=MEAN_TIME_PCT, margin_energy_pct=MEAN_ENERGY_PCT)
        starts = plan(near, announced=made.starts).starts
    promised = {start.job for start in made.starts}
    return tuple(
        occupation for device in instance.devices for occupation in _on(device, instance, starts, promised)
    )


def _on(
    device: PlanDevice, instance: Instance, starts: Sequence[PlannedStart], promised: set[str]
) -> list[Occupation]:
    """One device's jobs in their order; who starts soon enough after another finds it warm."""
    jobs = {job.id: job for job in instance.jobs}
    warm_until_min = (
        device.free_at_min + device.warm_hold_min if device.free_at_min else device.warm_until_min
    )
    found: list[Occupation] = []
    for start in sorted((s for s in starts if s.device == device.id), key=lambda start: start.start_min):
        job, is_warm = jobs[start.job], start.start_min <= warm_until_min
        heat_wh = device.heat_warm_wh if is_warm else device.heat_cold_wh
        heated_min = start.start_min + (device.heat_warm_min if is_warm else device.heat_cold_min)
        end_min = heated_min + job.run_min
        found.append(
            Occupation(
                job.id, device.id, start.start_min, heated_min, end_min, heat_wh, heat_wh + job.run_wh,
                is_planned=job.id in promised,
            )
        )  # fmt: skip
        warm_until_min = end_min + device.warm_hold_min
    return found
