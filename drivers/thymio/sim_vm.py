"""Aseba's virtual machine, as far as a program can use it in a Thymio.

Source: Aseba 1.6, vm/vm.c: operations, order of operands, table of events, what an error does.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Final

from drivers.thymio.messages import Say, packed, signed

STEP_BY_STEP: Final = 2
ACTIVE: Final = 1
MOST_STEPS: Final = 1000
INIT: Final = 0xFFFF

Native = Callable[["Machine"], None]
Speak = Callable[[int, bytes], None]


class Code(IntEnum):
    """The upper four bits of an instruction."""

    STOP = 0
    SMALL = 1
    LARGE = 2
    LOAD = 3
    STORE = 4
    LOAD_AT = 5
    STORE_AT = 6
    UNARY = 7
    BINARY = 8
    JUMP = 9
    BRANCH = 10
    EMIT = 11
    NATIVE = 12
    CALL = 13
    RETURN = 14


BINARY: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda a, b: a << (b & 15),
    lambda a, b: a >> (b & 15),
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: int(a / b),
    lambda a, b: a - b * int(a / b),
    lambda a, b: a | b,
    lambda a, b: a ^ b,
    lambda a, b: a & b,
    lambda a, b: a == b,
    lambda a, b: a != b,
    lambda a, b: a > b,
    lambda a, b: a >= b,
    lambda a, b: a < b,
    lambda a, b: a <= b,
    lambda a, b: bool(a) or bool(b),
    lambda a, b: bool(a) and bool(b),
)
UNARY: Final[tuple[Callable[[int], int], ...]] = (lambda a: -a, abs, lambda a: ~a)


class MachineError(Exception):
    """The program did what no compiler would write: a robot's firmware may do anything then."""


class Machine:
    """Variables, code and one thread; `speak` sends a message of a type with a payload."""

    def __init__(self, variables: int, code: int, natives: list[Native], speak: Speak) -> None:
        self.variables = [0] * variables
        self.code = [0] * code
        self.flags = 0
        self.stack: list[int] = []
        self._at = 0
        self._natives = natives
        self._speak = speak

    @property
    def is_stepping(self) -> bool:
        """Whether a debugger has halted it: events still come, but nothing runs."""
        return bool(self.flags & STEP_BY_STEP)

    def setup(self, event: int) -> bool:
        """Make the handler of an event the one that runs; tell whether there is one."""
        size = self.code[0]
        table = self.code[1:size]
        for number, address in zip(table[::2], table[1::2], strict=False):
            if number == event and address:
                self._at, self.stack = address, []
                self.flags |= ACTIVE
                return True
        return False

    def run(self) -> None:
        """Run the handler to its end, unless halted.

        Raises:
            MachineError: the program makes no sense.
        """
        steps = MOST_STEPS
        while self.flags & ACTIVE and not self.is_stepping and steps:
            steps -= 1
            try:
                self._step()
            except IndexError as error:
                raise MachineError from error

    def tell_state(self) -> None:
        """Say where it is and whether it is halted."""
        self._speak(Say.STATE, packed((self._at, self.flags)))

    def halt(self, kind: Say, *words: int) -> None:
        """An error: nothing runs any more until a debugger says so."""
        self.flags = STEP_BY_STEP
        self._speak(kind, packed((self._at, *words)))

    def pop(self) -> int:
        """Take an address that a native function was given."""
        return self.stack.pop()

    def _step(self) -> None:
        word = self.code[self._at]
        operand = word & 0xFFF
        match word >> 12:
            case Code.STOP:
                self.flags &= ~ACTIVE
            case Code.SMALL:
                self._push(operand - 0x1000 if operand & 0x800 else operand, 1)
            case Code.LARGE:
                self._push(signed(self.code[self._at + 1]), 2)
            case Code.LOAD:
                self._push(self.variables[operand], 1)
            case Code.STORE:
                self.variables[operand] = self.stack.pop()
                self._at += 1
            case Code.JUMP:
                self._at += operand - 0x1000 if operand & 0x800 else operand
            case _:
                self._compute(word)

    def _compute(self, word: int) -> None:
        match word >> 12:
            case Code.UNARY:
                self._push(UNARY[word & 0xFF](self.stack.pop()), 1)
            case Code.BINARY:
                if (value := self._combined(word)) is not None:
                    self._push(value, 1)
            case Code.BRANCH:
                if (value := self._combined(word)) is not None:
                    self._at += 2 if value else signed(self.code[self._at + 1])
            case Code.LOAD_AT | Code.STORE_AT:
                self._index(word)
            case _:
                self._leave(word)

    def _leave(self, word: int) -> None:
        match word >> 12:
            case Code.EMIT:
                start, length = self.code[self._at + 1], self.code[self._at + 2]
                self._speak(word & 0xFFF, packed(self.variables[start : start + length]))
                self._at += 3
            case Code.NATIVE:
                self._natives[word & 0xFFF](self)
                self._at += 1
            case Code.CALL:
                self.stack.append(self._at + 1)
                self._at = word & 0xFFF
            case Code.RETURN:
                self._at = self.stack.pop()
            case _:
                raise MachineError(f"{word:#06x} is no instruction.")

    def _combined(self, word: int) -> int | None:
        """Return what a binary operation makes of the two upper values; None after a division by 0."""
        second, first = self.stack.pop(), self.stack.pop()
        operation = BINARY[word & 0xFF]
        try:
            return operation(first, second)
        except ZeroDivisionError:
            self.halt(Say.DIVISION_BY_ZERO)
            return None

    def _index(self, word: int) -> None:
        size, index = self.code[self._at + 1], self.stack.pop()
        if not 0 <= index < size:
            self.halt(Say.OUT_OF_BOUNDS, size, index)
            return
        place = (word & 0xFFF) + index
        if word >> 12 == Code.LOAD_AT:
            self._push(self.variables[place], 2)
        else:
            self.variables[place] = self.stack.pop()
            self._at += 2

    def _push(self, value: int, size: int) -> None:
        self.stack.append(signed(value & 0xFFFF))
        self._at += size
