"""What the daemon answers: one JSON object a line."""

from typing import Literal

from onboard.control.messages.base import Identifier, Message, Refusal
from onboard.control.messages.views import BikeStatus


class JobReference(Message):
    """A job by its id, with its ticket once it has been sent."""

    job: Identifier
    ticket: str | None = None


class LoanReference(Message):
    """A loan by its id, with its participant's ticket."""

    loan: Identifier
    ticket: str


class Accepted(Message):
    """Done, or handed to the machine."""

    accepted: Literal[True] = True


class Reply(Message):
    """One answer: exactly one of the fields is set."""

    status: BikeStatus | None = None
    reference: JobReference | None = None
    loan: LoanReference | None = None
    accepted: Accepted | None = None
    refusal: Refusal | None = None
