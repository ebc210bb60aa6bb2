"""What a robot tells of itself: where its variables are, what its events and functions are numbered."""

from dataclasses import dataclass, field
from typing import Final

from drivers.errors import ProtocolError
from drivers.thymio.frames import Frame
from drivers.thymio.messages import PayloadReader, Say

FIRST_LOCAL_EVENT: Final = 0xFFFE
"""Local events are numbered from here downwards."""
MOST_WORDS: Final = 4096
"""Aseba's byte code has twelve bits for an address."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Where a variable is, in words."""

    offset: int
    size: int


@dataclass(slots=True)
class Layout:
    """Filled in message by message; `is_whole` when all that was announced has come."""

    name: str = ""
    code_words: int = 0
    memory_words: int = 0
    variables: dict[str, Variable] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    natives: list[str] = field(default_factory=list)
    words: int = 0
    _expected: tuple[int, int, int] | None = None

    def take(self, frame: Frame) -> None:
        """Take note of one message of a description.

        Raises:
            ProtocolError: it makes no sense.
        """
        reader = PayloadReader(frame.payload)
        if frame.kind == Say.DESCRIPTION:
            self._begin(reader)
        elif self._expected is not None:
            self._add(frame.kind, reader)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was announced is known."""
        found = (len(self.variables), len(self.events), len(self.natives))
        return self._expected is not None and found == self._expected

    def event(self, name: str) -> int:
        """Return the number of a local event."""
        return FIRST_LOCAL_EVENT - self.events.index(name)

    def _begin(self, reader: PayloadReader) -> None:
        self.name = reader.text()
        reader.word()  # the version of the protocol, which is that of the byte code too
        self.code_words = reader.word()
        reader.word()  # words of the stack
        self.memory_words = reader.word()
        self._expected = (reader.word(), reader.word(), reader.word())
        self.words = 0
        self.variables, self.events, self.natives = {}, [], []

    def _add(self, kind: int, reader: PayloadReader) -> None:
        if kind == Say.VARIABLE:
            size, name = reader.word(), reader.text()
            self.variables[name] = Variable(self.words, size)
            self.words += size
            if self.words > MOST_WORDS:
                raise ProtocolError("The robot tells of more variables than its code could reach.")
        elif kind == Say.LOCAL_EVENT:
            self.events.append(reader.text())
        elif kind == Say.NATIVE:
            self.natives.append(reader.text())
