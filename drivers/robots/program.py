"""What a child has put together for a robot: a list of steps, as data."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.robots.types import Button, Sensor


class Side(StrEnum):
    """On which side of its value a sensor must be for a condition to hold."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Move:
    """Go straight on; backwards when negative."""

    distance_mm: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn on the spot; to the left (counter-clockwise) when positive."""

    angle_deg: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """How fast the wheels turn from now on, as far as the robot and its limits allow."""

    speed_mm_s: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class SetPen:
    """Lower or lift the pen."""

    is_down: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class SetLight:
    """Give the lamp a colour."""

    red_pct: float
    green_pct: float
    blue_pct: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class PlaySound:
    """Sound, and go on when the tone is over."""

    pitch_hz: float
    duration_s: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Stand still for a while."""

    duration_s: float
    id: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Do the same several times."""

    times: int
    steps: "tuple[Step, ...]"
    id: str = ""


@dataclass(frozen=True, slots=True)
class If:
    """Do one or the other, as a sensor says; one that tells nothing means the other."""

    sensor: Sensor
    side: Side
    value: float
    then: "tuple[Step, ...]"
    otherwise: "tuple[Step, ...]" = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """Do this each time a button is pressed, once all else is done; stands at the top only."""

    button: Button
    steps: "tuple[Step, ...]"
    id: str = ""


Deed = Move | Turn | SetSpeed | SetPen | SetLight | PlaySound | Wait
"""A step that holds no others."""

Step = Deed | Repeat | If | When


@dataclass(frozen=True, slots=True)
class RobotProgram:
    """All steps, from the first."""

    steps: tuple[Step, ...]
