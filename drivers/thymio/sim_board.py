"""What a simulated Thymio tells of itself.

Source: Mobsya, aseba-target-thymio2, skel-usb-user.c: names, sizes and order of variables and events. Of the
many native functions only some are told: what counts is that their numbers are looked up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from drivers.thymio.messages import PROTOCOL_VERSION, Say, packed

NAME: Final = "thymio-II"
FIRMWARE: Final = 14
CODE_WORDS: Final = 1534
STACK_WORDS: Final = 32
MEMORY_WORDS: Final = 620
VARIABLES: Final = (
    ("_id", 1), ("event.source", 1), ("event.args", 32), ("_fwversion", 2), ("_productId", 1),
    ("buttons._raw", 5), ("button.backward", 1), ("button.left", 1), ("button.center", 1),
    ("button.forward", 1), ("button.right", 1), ("buttons._mean", 5), ("buttons._noise", 5),
    ("prox.horizontal", 7), ("prox.ground.ambiant", 2), ("prox.ground.reflected", 2),
    ("prox.ground.delta", 2), ("motor.left.target", 1), ("motor.right.target", 1), ("_vbat", 2),
    ("motor.left.speed", 1), ("motor.right.speed", 1), ("motor.left.pwm", 1), ("motor.right.pwm", 1),
    ("acc", 3), ("temperature", 1), ("rc5.address", 1), ("rc5.command", 1), ("mic.intensity", 1),
    ("mic.threshold", 1), ("mic._mean", 1), ("timer.period", 2), ("acc._tap", 1),
)  # fmt: skip
EVENTS: Final = (
    "button.left", "button.right", "button.forward", "button.backward", "button.center", "buttons", "prox",
    "tap", "acc", "mic", "sound.finished", "temperature", "rc5", "motor", "timer0", "timer1",
)  # fmt: skip
NATIVES: Final = (
    ("_system.reboot", ()), ("math.copy", ("dest", "src")), ("math.fill", ("dest", "value")),
    ("math.rand", ("dest",)), ("_leds.set", ("led", "brightness")), ("sound.system", ("N",)),
    ("leds.top", ("red", "green", "blue")), ("sound.freq", ("Hz", "ds")), ("_poweroff", ()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Board:
    """One robot: its number on the line, what it calls itself, what it lacks, and its cell's voltage."""

    node: int = 1
    name: str = NAME
    lacks: frozenset[str] = frozenset()
    battery_v: float = 3.9

    @property
    def variables(self) -> tuple[tuple[str, int], ...]:
        """Names and sizes, in the order of memory."""
        return tuple(variable for variable in VARIABLES if variable[0] not in self.lacks)

    def address(self, name: str) -> int:
        """Return where a variable is; one that the robot lacks is a place that nobody reads."""
        names = [name for name, _ in self.variables]
        if name not in names:
            return MEMORY_WORDS - 2
        return sum(size for _, size in self.variables[: names.index(name)])

    def description(self) -> Iterator[tuple[int, bytes]]:
        """Return all messages of the robot's description of itself."""
        counts = (len(self.variables), len(EVENTS), len(NATIVES))
        sizes = (PROTOCOL_VERSION, CODE_WORDS, STACK_WORDS, MEMORY_WORDS)
        yield Say.DESCRIPTION, text(self.name) + packed((*sizes, *counts))
        for name, size in self.variables:
            yield Say.VARIABLE, packed((size,)) + text(name)
        for name in EVENTS:
            yield Say.LOCAL_EVENT, text(name) + text("")
        for name, parameters in NATIVES:
            told = b"".join(packed((1,)) + text(parameter) for parameter in parameters)
            yield Say.NATIVE, text(name) + text("") + packed((len(parameters),)) + told


def text(words: str) -> bytes:
    """Return a string as Aseba writes it."""
    return bytes([len(words)]) + words.encode("ascii")
