"""A copy of what a robot told of its variables."""

from collections.abc import Sequence
from typing import Final

from drivers.errors import ProtocolError
from drivers.thymio.frames import Frame
from drivers.thymio.layout import Layout
from drivers.thymio.messages import signed
from drivers.thymio.resident import MARK, OWN_WORDS, Own, own

FELT: Final = ("button.", "prox.", "motor.", "acc", "_vbat")
"""What is looked at again and again; the rest is read once."""


class Memory:
    """Words by address, signed as the robot understands them."""

    def __init__(self, layout: Layout | None = None) -> None:
        layout = layout or Layout()
        self._variables = layout.variables
        self.own: Own = own(layout)
        self.size = layout.words + OWN_WORDS
        self.words = [0] * self.size
        felt = [place.offset for name, place in layout.variables.items() if name.startswith(FELT)]
        self.first_felt = min(felt, default=0)

    def take(self, frame: Frame) -> bool:
        """Keep what a message tells, and tell whether it reaches the end of what is read.

        Raises:
            ProtocolError: it tells of an address that was never asked for.
        """
        start, *values = frame.words or (self.size,)
        if start + len(values) > self.size:
            raise ProtocolError("The robot tells of variables that it does not have.")
        self.words[start : start + len(values)] = [signed(value) for value in values]
        return start + len(values) == self.size

    def read(self, name: str) -> Sequence[int]:
        """Return a variable, nothing if there is none of that name."""
        place = self._variables.get(name)
        return () if place is None else self.words[place.offset : place.offset + place.size]

    @property
    def is_marked(self) -> bool:
        """Whether our program runs in the robot."""
        return self.words[self.own.mark] == MARK
