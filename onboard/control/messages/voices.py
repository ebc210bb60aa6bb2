"""What children tell beside their objects, and what a mediator answers."""

from typing import Literal

from onboard.control.messages.base import Identifier, Message


class RateJob(Message):
    """A thumb up or down for a finished object; the last one counts, and nobody's name stands with it."""

    op: Literal["rate"] = "rate"
    job: Identifier
    good: bool


class CallMediator(Message):
    """Something is wrong with an object: a mediator should come; calling twice is calling once."""

    op: Literal["call"] = "call"
    job: Identifier


class AnswerCall(Message):
    """A mediator goes to whoever called."""

    op: Literal["answer-call"] = "answer-call"
    job: Identifier


class CallView(Message):
    """A child who called: the ticket, for how many minutes, and whether a mediator is on the way."""

    job: Identifier
    ticket: str
    minutes: int
    answered: bool = False
