"""What the receiver gives to the store and gets back."""

from collections.abc import Sequence
from dataclasses import dataclass

from onboard.messages import Ack, Leaf


@dataclass(frozen=True, slots=True)
class Live:
    """A bike's retained message; `heard_s` is set when the bike itself has just spoken."""

    city: str
    bike: str
    leaf: Leaf
    payload: str
    heard_s: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not kept; the reason is one of a few fixed words."""

    reason: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """The watermark to tell a bike after the commit."""

    city: str
    bike: str
    ack: Ack


@dataclass(frozen=True, slots=True)
class Kept:
    """What one commit has come to: watermarks to tell, and what was refused after all."""

    receipts: Sequence[Receipt]
    refused: Sequence[Refusal]
