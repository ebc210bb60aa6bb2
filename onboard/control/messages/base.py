"""The closed object that every message on the control socket is, and the fields they share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
MachineName = Annotated[str, Field(max_length=32)]


class Message(BaseModel):
    """A closed, immutable object on the control socket."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Refusal(Message):
    """Not done, or not safe, and why: a stable code and a sentence in both languages."""

    code: str
    text_fr: str
    text_en: str
