"""Answers what a mediator asks about the line: who is favoured, who has a promise, who stands before whom."""

from typing import Final, assert_never

from jobs.errors import JobError, Sentence
from jobs.store.change import JobChange
from jobs.store.line import IN_LINE, energy_wh
from onboard.bike import Bike
from onboard.control.messages import FavourJob, PlaceJob, PromiseJob

LineRequest = FavourJob | PromiseJob | PlaceJob

PROMISED_SHARE: Final = 0.5
"""Promises beyond half of the energy turn the plan into first come, first served: 29 % fewer objects."""

NO_BUDGET: Final = Sentence(
    "Pas de promesse sans halte ouverte ni batterie connue : on ne sait pas ce qui reste à dépenser.",
    "No promise without an open halt and a known battery: what is left to spend is not known.",
)


async def change_line(bike: Bike, request: LineRequest) -> None:
    """Do one request; the same twice is the same as once."""
    store = bike.ledger.store
    match request:
        case FavourJob():
            await bike.ledger(store.amend, request.job, JobChange(priority=request.priority), IN_LINE)
        case PromiseJob(promised=True):
            await bike.ledger(store.promise, request.job, await cap_wh(bike))
        case PromiseJob():
            await bike.ledger(store.amend, request.job, JobChange(promised=False), IN_LINE)
        case PlaceJob():
            await bike.ledger(store.put_before, request.job, request.before)
        case _:
            assert_never(request)
    bike.starts = ()  # a person's word counts more than what the plan has announced
    bike.changed()


async def cap_wh(bike: Bike) -> float:
    """Energy that all promises of the halt may take: half of what is left and what its jobs took.

    Raises:
        JobError: no halt is open, or the battery is not known.
    """
    if bike.halt is None or bike.budget_wh is None:
        raise JobError("no-budget", NO_BUDGET)
    begun = await bike.ledger(bike.ledger.store.jobs_of_halt, bike.halt.id)
    begun_wh = sum(energy_wh(job) for job in begun if job.state not in IN_LINE)
    return PROMISED_SHARE * (bike.budget_wh + begun_wh)
