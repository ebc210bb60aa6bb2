"""What a mediator may ask about what has been: a verdict, a second order, the end of a halt's data."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from onboard.control.messages.base import Identifier, Key, Message


class Reason(StrEnum):
    """Why an object is no good, from a closed list; NONE for one that is."""

    NONE = ""
    LOOSE = "loose"
    WARPED = "warped"
    STRINGY = "stringy"
    INCOMPLETE = "incomplete"
    BROKEN = "broken"
    SIZE = "size"
    CUT = "cut"
    OTHER = "other"


class JudgeJob(Message):
    """A mediator says how the last run of an object came out; the last word counts."""

    op: Literal["judge"] = "judge"
    job: Identifier
    good: bool
    reason: Reason = Reason.NONE


class RepeatJob(Message):
    """A mediator orders an object that is over once more, as a new job; the same `key` gives the same one."""

    op: Literal["repeat"] = "repeat"
    job: Identifier
    key: Key


class EraseHalt(Message):
    """Forget a closed halt with its objects; `objects` is how many of them the asker saw."""

    op: Literal["erase-halt"] = "erase-halt"
    halt: Identifier
    objects: Annotated[int, Field(ge=0)]


class AccessChange(StrEnum):
    """What was changed about who may enter."""

    MEDIATOR_ADDED = "mediator-added"
    MEDIATOR_RENEWED = "mediator-renewed"
    MEDIATOR_REMOVED = "mediator-removed"
    TOKEN_MADE = "token-made"  # noqa: S105 - a word of the journal
    TOKEN_REVOKED = "token-revoked"  # noqa: S105 - as above


class NoteAccess(Message):
    """The kiosk changed who may enter: nothing is done about it but a line in the audit journal."""

    op: Literal["access"] = "access"
    change: AccessChange
