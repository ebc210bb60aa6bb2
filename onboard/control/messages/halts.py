"""What a mediator may ask about the halt, the class that is here and its tickets."""

from typing import Annotated, Literal

from pydantic import Field

from jobs.store.groups import Group
from onboard.control.messages.base import Message

Place = Annotated[str, Field(min_length=1, max_length=80)]
ReserveWh = Annotated[float, Field(ge=0, le=20_000)]


class OpenHalt(Message):
    """Open a halt, closing the one before; `minutes` count from now."""

    op: Literal["open-halt"] = "open-halt"
    place: Place
    host_city: Place
    minutes: Annotated[int, Field(ge=10, le=24 * 60)]
    reserve_wh: ReserveWh
    group: Group = Group.NOBODY


class ExtendHalt(Message):
    """Put the end of the halt later, or earlier with negative minutes; what runs is not interrupted.

    `ends_s` is the end that the asker saw, in UTC epoch seconds: with it, asking twice is the same as once.
    """

    op: Literal["extend-halt"] = "extend-halt"
    minutes: Annotated[int, Field(ge=-24 * 60, le=24 * 60)]
    ends_s: float | None = None


class MoveHalt(Message):
    """Close the halt and open the next one elsewhere, with the same end, reserve and class."""

    op: Literal["move-halt"] = "move-halt"
    place: Place
    host_city: Place


class ChangeReserve(Message):
    """Keep more or less energy for the ride home."""

    op: Literal["reserve"] = "reserve"
    reserve_wh: ReserveWh


class CloseHalt(Message):
    """Close the halt; nothing starts until another one is opened, and what waits keeps its place."""

    op: Literal["close-halt"] = "close-halt"


class WelcomeGroup(Message):
    """A class is here: new tickets belong to it; Group.NOBODY stands for passers-by."""

    op: Literal["welcome"] = "welcome"
    group: Group


class GiveTickets(Message):
    """Give the tickets of a class to their holders again, or one of them."""

    op: Literal["give-tickets"] = "give-tickets"
    group: Group
    ticket: Annotated[str, Field(max_length=64)] | None = None


class BeginTerm(Message):
    """Begin a term: what was made before no longer counts, and classes begin anew."""

    op: Literal["begin-term"] = "begin-term"


class ContinueQueue(Message):
    """A person is there after a restart: approved jobs may start again."""

    op: Literal["continue"] = "continue"
