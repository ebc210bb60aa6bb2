"""What is to be sent next: our own commands first, then the program."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from drivers.gcode import Program
from drivers.marlin.commands import AT_THE_END, WHERE
from drivers.marlin.events import Advanced
from drivers.marlin.ledger import Line
from drivers.marlin.modes import Modes
from drivers.types import LinkHealth, Position

ADVANCE_EVERY_S: Final = 0.2
QUESTIONS: Final = 10
LAYER: Final = b"G92 E0"
"""Our slicer's profile writes this between two layers, and only there once the print has begun."""


class Feed:
    """Counts what was fed and what is acknowledged of one program."""

    def __init__(self) -> None:
        self.where: Position | None = None
        self.fed = (0, 0)
        self.modes = Modes()
        self._questions = 0
        self._ends_at_layer = False
        self._done = (0, 0)
        self._own: deque[bytes] = deque()
        self._next: bytes | None = None
        self._program: Iterator[bytes] = iter(())
        self._told_s = 0.0

    @property
    def has_own(self) -> bool:
        """Commands of ours still wait."""
        return bool(self._own)

    def start(self, program: Program) -> None:
        """Take a program."""
        self._program = iter(program)
        self._next = next(self._program, None)
        self.where = None
        self.modes = Modes()
        self.fed = self._done = (0, 0)
        self._questions = 0
        self._ends_at_layer = False

    def drop(self) -> None:
        """Forget the program and every command that waits."""
        self._program, self._next = iter(()), None
        self._own.clear()
        self.fed = (0, 0)
        self._ends_at_layer = False

    def add(self, commands: Iterable[bytes]) -> None:
        """Send these before the next line of the program."""
        self._own.extend(commands)

    def add_first(self, command: bytes) -> None:
        """Send this before everything else."""
        self._own.appendleft(command)

    def peek(self, *, of_program: bool) -> bytes | None:
        """Return the next command and keep it."""
        if self._own:
            return self._own[0]
        return self._next if of_program and not self.is_between_layers else None

    def end_at_layer(self, *, wished: bool) -> None:
        """Feed no further than to the end of the layer, or do."""
        self._ends_at_layer = wished

    @property
    def is_between_layers(self) -> bool:
        """What was asked to end with the layer has come to its end."""
        return self._ends_at_layer and self._next is not None and self._next.startswith(LAYER)

    def take(self) -> bytes:
        """Return what `peek` has shown and move on."""
        if self._own:
            return self._take_own()
        text, self._next = self._next or b"", next(self._program, None)
        if self._next is None:
            self.where = None
        self.modes.follow(text)
        self.fed = (self.fed[0] + 1, self.fed[1] + len(text) + 1)
        return text

    def _take_own(self) -> bytes:
        text = self._own.popleft()
        if text == WHERE:
            self.where = None
        return text

    def ask_where(self) -> bool:
        """Ask where the tool stands once it stands still; False when that was asked too often."""
        self._questions += 1
        self._own.extend(AT_THE_END)
        return self._questions <= QUESTIONS

    @property
    def is_exhausted(self) -> bool:
        """The whole program was handed over."""
        return self._next is None

    def acknowledge(self, line: Line) -> None:
        """Note a line's acknowledgement; a line that is sent again does not count twice."""
        if line.lines_done > self._done[0]:
            self._done = (line.lines_done, line.bytes_done)

    def is_news(self, now_s: float) -> bool:
        """Tell how far the program is, but not at every line: a loop woken 300 times a second starves."""
        return now_s >= self._told_s + ADVANCE_EVERY_S

    def advanced(self, now_s: float, resends: int, health: Callable[[float], LinkHealth]) -> Advanced:
        """How far the program is."""
        self._told_s = now_s
        return Advanced(*self._done, resends, health(now_s))
