"""What the promises that a mediator has given may take of the plan."""

from collections.abc import Sequence
from typing import Final

from jobs.errors import JobError, Sentence
from jobs.planner.instance import Instance
from jobs.planner.needs import TENTHS, Sized
from jobs.store.line import IN_LINE, energy_wh, in_line
from jobs.types import Job
from onboard.bike import Bike

PROMISED_SHARE: Final = 0.5
"""Promises beyond half of the energy turn the plan into first come, first served: 29 % fewer objects."""

WAVER: Final = 1.2
"""Promises count up to so much above the cap: one that was given stays one though readings waver; assumed."""

NO_BUDGET: Final = Sentence(
    "Pas de promesse sans halte ouverte ni batterie connue : on ne sait pas ce qui reste à dépenser.",
    "No promise without an open halt and a known battery: what is left to spend is not known.",
)


async def cap_wh(bike: Bike) -> float:
    """Energy that all promises of the halt may take: half of what is left and what its jobs took.

    Raises:
        JobError: no halt is open, or the battery is not known.
    """
    begun_wh = sum(energy_wh(job) for job in await _begun(bike))
    return PROMISED_SHARE * (_known_budget_wh(bike) + begun_wh)


async def promise_wh(bike: Bike, instance: Instance) -> float | None:
    """What the promises of the line take by the planner's measure, margins and a cold start included.

    They were given within half of the whole halt: half of what is left now would forget those given late.

    Raises:
        JobError: no halt is open, or the battery is not known.
    """
    if not any(job.promised for job in instance.jobs):
        return None
    left_wh = WAVER * await cap_wh(bike) - sum(energy_wh(job) for job in await _begun(bike) if job.promised)
    queued = await bike.ledger.jobs(*IN_LINE)
    kept = within(in_line([job for job in queued if job.promised]), left_wh)
    needs = Sized.of(instance, [job for job in instance.jobs if job.id in kept]).needs
    return sum(max((need.tenths for need in each), default=0) for each in needs.values()) / TENTHS


def within(promised: Sequence[Job], left_wh: float) -> set[str]:
    """Those that fit one after the other into the energy that is left for promises."""
    kept = set()
    for job in promised:
        if energy_wh(job) <= left_wh:
            left_wh -= energy_wh(job)
            kept.add(job.id)
    return kept


async def _begun(bike: Bike) -> list[Job]:
    """The jobs of the halt that are on a machine or were."""
    if bike.halt is None:
        raise JobError("no-budget", NO_BUDGET)
    jobs = await bike.ledger(bike.ledger.store.jobs_of_halt, bike.halt.id)
    return [job for job in jobs if job.state not in IN_LINE]


def _known_budget_wh(bike: Bike) -> float:
    if bike.budget_wh is None:
        raise JobError("no-budget", NO_BUDGET)
    return bike.budget_wh
