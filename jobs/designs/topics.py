"""A mind map: topics under topics."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Words with the topics under them."""

    text: str
    children: tuple["Topic", ...] = ()

    def walk(self) -> Iterator["Topic"]:
        """This topic and all under it."""
        waiting = [self]
        while waiting:
            topic = waiting.pop()
            yield topic
            waiting.extend(topic.children)
