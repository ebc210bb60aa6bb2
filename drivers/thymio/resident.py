"""The program that runs in the robot: it drives only for as long as somebody speaks to it.

Source: Aseba 1.6, common/consts.h (codes) and vm/vm.c (table of events, order of a branch's operands).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.thymio.layout import Layout

TICK_MS: Final = 50
LIMIT_TICKS: Final = 12
"""The first tick comes at any time after a beat: the motors stop 550 to 600 ms after the last one."""
MARK: Final = 0x4450
"""Stands in the robot's memory while this program runs there; a robot that restarts forgets it."""
KEY: Final = 0x4456
"""The last argument of every order to drive, used up when obeyed: bytes that only look like an order, as
after a message that was cut off, move nothing, nor do the numbers of an order long obeyed."""
OWN_WORDS: Final = 4
NEEDED: Final = (
    "event.args", "timer.period", "motor.left.target", "motor.right.target", "prox.horizontal",
    "prox.ground.delta", "acc", "button.center",
)  # fmt: skip
LAMP: Final = "leds.top"
TONE: Final = "sound.freq"

INIT: Final = 0xFFFF
_STOP, _SMALL, _LARGE, _LOAD, _STORE, _BINARY, _BRANCH, _NATIVE = 0, 1, 2, 3, 4, 8, 10, 12
_ADD, _OR, _EQUAL, _NOT_EQUAL, _SMALLER = 2, 7, 10, 11, 14
_SMALLEST, _BIGGEST = -0x800, 0x7FF


class Event(IntEnum):
    """What the program obeys. Stop has number 0, so that even a run of zeros on the wire stops the motors."""

    STOP = 0
    DRIVE = 1
    BEAT = 2
    LIGHT = 3
    SOUND = 4


@dataclass(frozen=True, slots=True)
class Own:
    """Where the program's own variables are, behind all that the firmware names."""

    mark: int
    age: int
    ticks: int
    trips: int


def own(layout: Layout) -> Own:
    """Return where the program keeps its variables."""
    base = layout.words
    return Own(base, base + 1, base + 2, base + 3)


def missing(layout: Layout) -> list[str]:
    """Return what a node lacks to be a Thymio II that this program can run in."""
    lacks = [name for name in NEEDED if name not in layout.variables]
    lacks += [name for name in ("timer0",) if name not in layout.events]
    lacks += [name for name in (LAMP, TONE) if name not in layout.natives]
    if not lacks and not fits(layout):
        lacks.append("memory")
    return lacks


def fits(layout: Layout) -> bool:
    """Tell whether the program and its variables find room."""
    return layout.words + OWN_WORDS <= layout.memory_words and len(program(layout)) <= layout.code_words


def program(layout: Layout) -> list[int]:
    """Return the byte code for a robot whose `missing` is empty, table of events first."""
    writer = _Writer(layout)
    handlers = {
        INIT: writer.init(),
        Event.STOP: writer.stop(),
        Event.DRIVE: writer.drive(),
        Event.BEAT: [*writer.beat(), _STOP],
        Event.LIGHT: writer.call(LAMP, 3),
        Event.SOUND: writer.call(TONE, 2),
        layout.event("timer0"): writer.tick(),
    }
    address = 1 + 2 * len(handlers)
    table, body = [address], list[int]()
    for event, code in handlers.items():
        table += [event, address + len(body)]
        body += code
    return table + body


class _Writer:
    """Writes handlers for the places that one robot's variables have."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._own = own(layout)
        self._left = layout.variables["motor.left.target"].offset
        self._right = layout.variables["motor.right.target"].offset
        self._arguments = layout.variables["event.args"].offset

    def init(self) -> list[int]:
        period = self._layout.variables["timer.period"].offset
        return [
            *self._put(0, self._own.ticks),
            *self._put(0, self._own.trips),
            *self._put(TICK_MS, period),
            *self._put(MARK, self._own.mark),
            *self.stop(),
        ]

    def stop(self) -> list[int]:
        return [*self._still(), *self._put(LIMIT_TICKS, self._own.age), _STOP]

    def drive(self) -> list[int]:
        key = self._arguments + 2
        obey = [
            *(_code(_LOAD, self._arguments), _code(_STORE, self._left)),
            *(_code(_LOAD, self._arguments + 1), _code(_STORE, self._right)),
            *(*self._put(0, key), *self.beat()),
        ]
        return [_code(_LOAD, key), *_push(KEY), *_when(_EQUAL, obey), _STOP]

    def beat(self) -> list[int]:
        return self._put(0, self._own.age)

    def call(self, native: str, count: int) -> list[int]:
        """A function takes addresses off the stack, that of its first argument first."""
        pushed = [word for at in reversed(range(count)) for word in _push(self._arguments + at)]
        return [*pushed, _code(_NATIVE, self._layout.natives.index(native)), *self.beat(), _STOP]

    def tick(self) -> list[int]:
        """Count; when the limit is reached, stop once, and count a trip if something moved."""
        age, trips = self._own.age, self._own.trips
        moved = [_code(_LOAD, self._left), _code(_LOAD, self._right), _code(_BINARY, _OR), *_push(0)]
        trip = [*_when(_NOT_EQUAL, self._raise(trips)), *self._still()]
        limit = [_code(_LOAD, age), *_push(LIMIT_TICKS), *_when(_EQUAL, [*moved, *trip])]
        due = [_code(_LOAD, age), *_push(LIMIT_TICKS), *_when(_SMALLER, [*self._raise(age), *limit])]
        return [*self._raise(self._own.ticks), *due, _STOP]

    def _still(self) -> list[int]:
        return [*self._put(0, self._left), *self._put(0, self._right)]

    def _raise(self, at: int) -> list[int]:
        return [_code(_LOAD, at), *_push(1), _code(_BINARY, _ADD), _code(_STORE, at)]

    def _put(self, value: int, at: int) -> list[int]:
        return [*_push(value), _code(_STORE, at)]


def _code(operation: int, operand: int) -> int:
    return operation << 12 | operand


def _push(value: int) -> list[int]:
    if _SMALLEST <= value <= _BIGGEST:
        return [_code(_SMALL, value & 0xFFF)]
    return [_code(_LARGE, 0), value & 0xFFFF]


def _when(comparison: int, code: list[int]) -> list[int]:
    """Run `code` if the comparison of the two values on the stack holds; else jump behind it."""
    return [_code(_BRANCH, comparison), 2 + len(code), *code]
