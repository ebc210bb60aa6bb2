"""Looks at what comes in: batches, live messages, and what is refused and only counted."""

from dataclasses import dataclass
from typing import Final, TypeVar

from paho.mqtt.client import MQTTMessage
from pydantic import BaseModel, ValidationError

from city.store import Delivery, Live, Refusal
from onboard.messages import About, Batch, Leaf, State, Status, Topic, parse_topic

MAX_EVT_BYTES: Final = 65_536
MAX_LIVE_BYTES: Final = 8192
_LIVE: Final[dict[Leaf, type[Status | About | State]]] = {
    Leaf.STATUS: Status,
    Leaf.ABOUT: About,
    Leaf.STATE: State,
}

Model = TypeVar("Model", bound=BaseModel)


class RefusedError(Exception):
    """A message that is not kept; its text is one of a few fixed words, used for counting."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """A bike has come onto the line and would like to know how far the city is."""

    city: str
    bike: str
    boot: str


Sorted = Delivery | Live | Refusal


def sort(message: MQTTMessage, now_s: float) -> tuple[Sorted, Greeting | None]:
    """What a message is, and whom to greet for it."""
    try:
        where = _place(message.topic)
        if where.leaf is Leaf.EVT:
            batch = _checked(Batch, message, MAX_EVT_BYTES)
            return Delivery(where.city, where.bike, batch, now_s), None
        content = _checked(_LIVE[where.leaf], message, MAX_LIVE_BYTES)
    except RefusedError as error:
        return Refusal(str(error), now_s), None
    heard_s = _heard(content, now_s, was_kept=message.retain)
    payload = content.model_dump_json(exclude_none=True)
    return Live(where.city, where.bike, where.leaf, payload, heard_s), _greeting(where, content)


def _heard(content: Status | About | State, now_s: float, *, was_kept: bool) -> float | None:
    """When the bike itself spoke: a message that the broker had kept proves nothing about now."""
    match content:
        case Status(online=False):
            return None
        case State(utc_s=float(utc_s)) if was_kept:
            return min(utc_s, now_s)
        case _:
            return None if was_kept else now_s


def _greeting(where: Topic, content: Status | About | State) -> Greeting | None:
    match content:
        case Status(online=True, boot=str(boot)):
            return Greeting(where.city, where.bike, boot)
        case _:
            return None


def _place(text: str) -> Topic:
    """The topic, when it is one that a bike writes to."""
    where = parse_topic(text)
    if where is None or where.leaf is Leaf.ACK:
        raise RefusedError("topic")
    return where


def _checked(model: type[Model], message: MQTTMessage, limit: int) -> Model:
    """The message as its closed model."""
    if len(message.payload) > limit:
        raise RefusedError("size")
    try:
        return model.model_validate_json(bytes(message.payload), strict=True)
    except ValidationError as error:
        raise RefusedError("schema") from error
