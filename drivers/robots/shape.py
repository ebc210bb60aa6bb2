"""What each step of a program must say, and within which limits: the reader and the schema follow it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.robots.program import (
    If,
    Move,
    PlaySound,
    Repeat,
    SetLight,
    SetPen,
    SetSpeed,
    Side,
    Step,
    Turn,
    Wait,
    When,
)
from drivers.robots.types import Button, Sensor

VERSION: Final = 1
MOST_BYTES: Final = 48 * 1024
MOST_DEEP: Final = 8
MOST_STEPS: Final = 500
LONGEST_ID: Final = 40


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits, both allowed."""

    low: float
    high: float
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed list of words."""

    words: type[StrEnum]


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Inner:
    """Steps within a step."""

    is_needed: bool = True


Part = Number | Word | Truth | Inner


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: the class that it is, and what its JSON says, by key, for which field."""

    step: type[Step]
    parts: dict[str, tuple[str, Part]]


PERCENT: Final = Number(0, 100)
KINDS: Final[dict[str, Kind]] = {
    "move": Kind(Move, {"mm": ("distance_mm", Number(-2000, 2000))}),
    "turn": Kind(Turn, {"deg": ("angle_deg", Number(-3600, 3600))}),
    "speed": Kind(SetSpeed, {"mm_s": ("speed_mm_s", Number(10, 500))}),
    "pen": Kind(SetPen, {"down": ("is_down", Truth())}),
    "light": Kind(
        SetLight,
        {"red": ("red_pct", PERCENT), "green": ("green_pct", PERCENT), "blue": ("blue_pct", PERCENT)},
    ),
    "sound": Kind(PlaySound, {"hz": ("pitch_hz", Number(50, 5000)), "s": ("duration_s", Number(0.05, 10))}),
    "wait": Kind(Wait, {"s": ("duration_s", Number(0, 60))}),
    "repeat": Kind(Repeat, {"times": ("times", Number(0, 1000, is_whole=True)), "steps": ("steps", Inner())}),
    "if": Kind(
        If,
        {
            "sensor": ("sensor", Word(Sensor)),
            "is": ("side", Word(Side)),
            "value": ("value", Number(0, 2000)),
            "then": ("then", Inner()),
            "else": ("otherwise", Inner(is_needed=False)),
        },
    ),
    "when": Kind(When, {"button": ("button", Word(Button)), "steps": ("steps", Inner())}),
}
NAMES: Final[dict[type[Step], str]] = {kind.step: name for name, kind in KINDS.items()}
