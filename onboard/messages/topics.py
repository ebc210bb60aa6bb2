"""Where messages stand on the broker: dipbike/v1/{city}/{bike}/{leaf}; none of them commands the bike."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ROOT: Final = "dipbike/v1"
_TOPIC: Final = re.compile(
    r"dipbike/v1/([a-z0-9][a-z0-9-]{0,31})/([a-z0-9][a-z0-9-]{0,31})/(status|about|state|evt|ack)"
)


class Leaf(StrEnum):
    """The last part of a topic."""

    STATUS = "status"
    ABOUT = "about"
    STATE = "state"
    EVT = "evt"
    ACK = "ack"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart."""

    city: str
    bike: str
    leaf: Leaf


def topic(city: str, bike: str, leaf: Leaf) -> str:
    """The topic of one message of one bike."""
    return f"{ROOT}/{city}/{bike}/{leaf}"


def parse_topic(text: str) -> Topic | None:
    """Take a topic apart, None when it is none of ours."""
    found = _TOPIC.fullmatch(text)
    return Topic(found[1], found[2], Leaf(found[3])) if found else None
