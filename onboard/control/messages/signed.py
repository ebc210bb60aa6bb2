"""A request with a word for whoever makes it, as the audit journal keeps it."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from onboard.control.messages.base import Message
from onboard.control.messages.requests import Request

Signature = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,24}$")]


class Signed(Message):
    """What is asked, and who asks it: a word that only the kiosk can turn into a name."""

    op: Literal["signed"] = "signed"
    by: Signature
    request: Request


Asked = Annotated[Signed | Request, Field(discriminator="op")]

ASKED: TypeAdapter[Asked] = TypeAdapter(Asked)
