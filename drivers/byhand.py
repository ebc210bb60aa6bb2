"""What a person may have an idle machine do, and why it may refuse: the same words for every package."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from drivers.errors import DriverError
from drivers.gcode import Program


class Axis(StrEnum):
    """A straight axis of a machine."""

    X = "x"
    Y = "y"
    Z = "z"


class HandReason(StrEnum):
    """Why a machine does not do by hand what it was asked; a stable code."""

    NOT_HOMED = "not-homed"
    OUTSIDE = "outside"
    TOO_HOT = "too-hot"
    TOO_COLD = "too-cold"
    NO_PROBE = "no-probe"
    NO_PLACE = "no-place"
    SPINDLE = "spindle-on"


class HandRefusedError(DriverError):
    """The machine does not do this by hand now; nothing was sent."""

    def __init__(self, reason: HandReason) -> None:
        super().__init__(f"Not done by hand: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class HandLimits:
    """What a machine's profile allows: its room, and for a printer its heat."""

    room_mm: tuple[float, float, float]
    hotend_c: float = 0.0
    bed_c: float = 0.0
    coldest_extrusion_c: float = 0.0


@dataclass(frozen=True, slots=True)
class Heat:
    """Set targets without waiting for them; None leaves a heater as it is."""

    hotend_c: float | None = None
    bed_c: float | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Heat off, fan off, motors off."""


@dataclass(frozen=True, slots=True)
class Step:
    """Move one axis by so much, within the room."""

    axis: Axis
    by_mm: float


@dataclass(frozen=True, slots=True)
class Home:
    """Go to the end stops of these axes."""

    axes: tuple[Axis, ...] = tuple(Axis)


@dataclass(frozen=True, slots=True)
class Level:
    """Go to the end stops and measure the bed."""


@dataclass(frozen=True, slots=True)
class Load:
    """Heat, then push filament in until it comes out."""

    hotend_c: float


@dataclass(frozen=True, slots=True)
class Unload:
    """Heat, then pull the filament out."""

    hotend_c: float


PrinterAction = Heat | Rest | Step | Home | Level | Load | Unload


@dataclass(frozen=True, slots=True)
class Zero:
    """Where the tool stands is zero on these axes."""

    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """Lower the tool slowly until it touches a plate of this thickness."""

    plate_mm: float


MillAction = Zero | Probe


@runtime_checkable
class HandPrinter(Protocol):
    """A printer that does by hand what a person asks."""

    @property
    def homed(self) -> frozenset[Axis]:
        """The axes whose place is known."""

    @property
    def levels(self) -> bool:
        """Whether the firmware tells that it can measure its bed."""

    @property
    def overrides_pct(self) -> tuple[int, int]:
        """Speed and flow, in percent of what a program asks for."""

    def by_hand(self, action: PrinterAction, limits: HandLimits) -> Program:
        """Return the lines for an action; raises HandRefusedError when it may not be."""

    async def adjust(self, speed_pct: int | None, flow_pct: int | None) -> None:
        """Change speed and flow of what runs; the next program begins at 100 percent again."""


class HandMill(Protocol):
    """What a mill does by hand; every coroutine may raise `drivers.errors.DriverError`."""

    def lines_of(self, action: MillAction, limits: HandLimits) -> tuple[Program, ...]:
        """Return the programs for an action, one after the other; raises HandRefusedError."""

    async def step(self, axis: Axis, by_mm: float, limits: HandLimits) -> None:
        """Jog by one step and return once the tool stands; raises HandRefusedError."""

    async def hold(self, axis: Axis, sign: int, limits: HandLimits) -> None:
        """Jog for as long as `beat` is called, and no further than the room; returns once the tool stands."""

    def beat(self) -> None:
        """The finger is still on the button."""

    def release(self) -> None:
        """The finger has left the button: stand still."""


@runtime_checkable
class Jogged(Protocol):
    """A mill that a person may move."""

    @property
    def hand(self) -> HandMill:
        """What it does by hand."""
