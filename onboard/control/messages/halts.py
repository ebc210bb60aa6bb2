"""What a mediator may ask about the halt."""

from typing import Annotated, Literal

from pydantic import Field

from onboard.control.messages.base import Message


class OpenHalt(Message):
    """Open a halt, closing the one before; `minutes` count from now."""

    op: Literal["open-halt"] = "open-halt"
    place: Annotated[str, Field(min_length=1, max_length=80)]
    host_city: Annotated[str, Field(min_length=1, max_length=80)]
    minutes: Annotated[int, Field(ge=10, le=24 * 60)]
    reserve_wh: Annotated[float, Field(ge=0, le=20_000)]


class CloseHalt(Message):
    """Close the halt; nothing starts until another one is opened."""

    op: Literal["close-halt"] = "close-halt"
