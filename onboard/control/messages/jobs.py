"""What may be asked about one job, by a participant or a mediator."""

from typing import Annotated, Literal

from pydantic import Field

from drivers.types import DeviceKind
from jobs.types import DesignKind, Parameter
from onboard.control.messages.base import Identifier, Key, Message

RefusalCode = Literal["not-suitable", "too-long", "change-asked", "not-here"]


class MakeDraft(Message):
    """Prepare a design; answered at once by JobReference, the result follows in the jobs database.

    `source` names a file that the kiosk has put into the spool. The same `key` gives the same job.
    """

    op: Literal["draft"] = "draft"
    key: Key
    design: DesignKind
    device: DeviceKind
    source: Identifier | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)


class SendJob(Message):
    """A participant sends a READY draft to the mediator; answered by JobReference with its ticket.

    `holder` is the ticket of somebody who has had an object before; without it a new participant sends.
    """

    op: Literal["send"] = "send"
    job: Identifier
    holder: Annotated[str, Field(max_length=64)] | None = None


class DiscardJob(Message):
    """A participant takes a job back; it is erased unless it is on a machine."""

    op: Literal["discard"] = "discard"
    job: Identifier


class ApproveJob(Message):
    """A mediator accepts a job, or orders a FAILED or INTERRUPTED one again."""

    op: Literal["approve"] = "approve"
    job: Identifier


class RefuseJob(Message):
    """A mediator refuses a job with one of the ready sentences."""

    op: Literal["refuse"] = "refuse"
    job: Identifier
    reason: RefusalCode


class PauseJob(Message):
    """Hold a running job in its machine's safest way."""

    op: Literal["pause"] = "pause"
    job: Identifier


class ResumeJob(Message):
    """Go on with a paused job."""

    op: Literal["resume"] = "resume"
    job: Identifier


class CancelJob(Message):
    """End a job; on a machine heat and spindle go off at once."""

    op: Literal["cancel"] = "cancel"
    job: Identifier


class FavourJob(Message):
    """A mediator favours a job that waits: 0 normal, 1 class project, 2 the mediator's pick."""

    op: Literal["favour"] = "favour"
    job: Identifier
    priority: Annotated[int, Field(ge=0, le=2)]


class PromiseJob(Message):
    """A mediator promises that a job is made at this halt, or takes the promise back."""

    op: Literal["promise"] = "promise"
    job: Identifier
    promised: bool = True


class PlaceJob(Message):
    """A mediator puts a job before another one in the line, or at its end."""

    op: Literal["place"] = "place"
    job: Identifier
    before: Identifier | None = None
