"""What a program asks of a robot, and what a robot tells."""

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.types import DeviceState


class Sensor(StrEnum):
    """What a robot can feel; every kit translates its own readings into these units."""

    DISTANCE = "distance"
    """Millimetres to whatever stands in front."""
    GROUND = "ground"
    """Brightness of the floor under the robot, 0 (black) to 100 (white)."""
    LIGHT = "light"
    """Brightness of the room, 0 to 100."""
    TILT = "tilt"
    """Degrees away from upright."""


class Button(StrEnum):
    """What a child can press on a robot."""

    FORWARD = "forward"
    BACKWARD = "backward"
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Drive:
    """Turn the wheels; both at 0 stand still. Positive is forward."""

    left_mm_s: float
    right_mm_s: float


@dataclass(frozen=True, slots=True)
class Pen:
    """Lower the pen onto the paper, or lift it."""

    is_down: bool


@dataclass(frozen=True, slots=True)
class Light:
    """Colour of the robot's lamp, each share 0 to 100; all at 0 is dark."""

    red_pct: float
    green_pct: float
    blue_pct: float


@dataclass(frozen=True, slots=True)
class Sound:
    """A tone; a pitch of 0 is silence."""

    pitch_hz: float
    duration_s: float


Action = Drive | Pen | Light | Sound

STILL = Drive(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """The measures of a robot's body: between its wheels, and how fast and how slowly they turn evenly."""

    track_mm: float
    top_mm_s: float
    slow_mm_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a kit has; a step that asks for more is told to the child before anything moves."""

    gauge: Gauge | None
    has_pen: bool = False
    has_light: bool = False
    has_sound: bool = False
    sensors: frozenset[Sensor] = frozenset()
    buttons: frozenset[Button] = frozenset()


@dataclass(frozen=True, slots=True)
class Senses:
    """What a robot feels at one instant of the monotonic clock; a sensor that tells nothing is absent."""

    at_s: float = 0.0
    values: dict[Sensor, float] = field(default_factory=dict)
    pressed: frozenset[Button] = frozenset()


@dataclass(frozen=True, slots=True)
class KitSnapshot:
    """All a kit is known to be: `battery_pct` is None where it cannot be read.

    `message` is the last word worth showing, in plain English; `degraded` lists what the kit lacks for full
    safety, such as stopping by itself when the line is lost.
    """

    name: str
    state: DeviceState
    abilities: Abilities
    senses: Senses = field(default_factory=Senses)
    battery_pct: float | None = None
    firmware: str = ""
    message: str = ""
    degraded: tuple[str, ...] = ()
