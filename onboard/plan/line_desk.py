"""Answers what a mediator asks about the line: who is favoured, who has a promise, who stands before whom."""

from typing import assert_never

from jobs.store.change import JobChange
from jobs.store.line import IN_LINE
from onboard.bike import Bike
from onboard.control.messages import FavourJob, PlaceJob, PromiseJob
from onboard.plan.promises import cap_wh

LineRequest = FavourJob | PromiseJob | PlaceJob


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
