"""Answers what children tell beside their objects: thumbs, and that something is wrong."""

from typing import Final, assert_never

from jobs.errors import JobError, Sentence
from onboard.bike import Bike
from onboard.control.messages import AnswerCall, CallMediator, RateJob

VoiceRequest = RateJob | CallMediator | AnswerCall

NO_TICKET: Final = Sentence("Cet objet n'a pas encore de ticket.", "This object has no ticket yet.")


async def hear(bike: Bike, request: VoiceRequest) -> None:
    """Do one request; the same twice is the same as once.

    Raises:
        UnknownJobError: there is no such object.
        JobError: it was not sent yet, or it is not finished.
    """
    match request:
        case RateJob():
            await bike.ledger(bike.ledger.store.rate, request.job, good=request.good)
        case CallMediator():
            job = await bike.ledger.get(request.job)
            if job.ticket is None:
                raise JobError("no-ticket", NO_TICKET)
            bike.calls.call(job.id, job.ticket, bike.clock())
        case AnswerCall():
            bike.calls.answer(request.job, bike.clock())
        case _:
            assert_never(request)
    bike.version += 1
