"""Why a program is not taken, in codes and numbers of which a page makes a sentence."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.errors import DriverError


class Refusal(StrEnum):
    """What is wrong; the numbers that come with it stand behind each."""

    TOO_BIG = "too-big"
    """More bytes than `most`."""
    NOT_JSON = "not-json"
    """No JSON, or a number that is none."""
    NOT_A_PROGRAM = "not-a-program"
    """JSON, but not a version and a list of steps."""
    VERSION = "version"
    """Written for another version than `known`."""
    TOO_DEEP = "too-deep"
    """Steps within steps within steps: more than `most` deep."""
    TOO_MANY = "too-many"
    """More than `most` steps."""
    UNKNOWN_STEP = "unknown-step"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    DUPLICATE_KEY = "duplicate-key"
    WRONG_TYPE = "wrong-type"
    OUT_OF_RANGE = "out-of-range"
    """Not within `low` to `high`."""
    WHEN_INSIDE = "when-inside"
    """A `when` in another step, where nobody would wait for the button."""
    NO_WHEELS = "no-wheels"
    NO_PEN = "no-pen"
    NO_LIGHT = "no-light"
    NO_SOUND = "no-sound"
    NO_SENSOR = "no-sensor"
    NO_BUTTON = "no-button"
    UNREADABLE_LINE = "unreadable-line"
    """A line of text that says nothing known; `step` counts lines."""
    MISSING_END = "missing-end"
    """A text that opens more than it closes."""
    NO_LINES = "no-lines"
    """A picture without a line to draw."""


ENGLISH: dict[Refusal, str] = {
    Refusal.TOO_BIG: "This program is too large: at most {most} bytes.",
    Refusal.NOT_JSON: "This is not a program: it is no JSON.",
    Refusal.NOT_A_PROGRAM: "This is not a program: it needs a version and a list of steps.",
    Refusal.VERSION: "This program is written for another version; this one knows version {known}.",
    Refusal.TOO_DEEP: "Steps lie too deep in each other: at most {most} deep.",
    Refusal.TOO_MANY: "There are too many steps: at most {most}.",
    Refusal.UNKNOWN_STEP: "Step {step} is none that a robot knows.",
    Refusal.UNKNOWN_KEY: "Step {step} says something that belongs to no such step.",
    Refusal.MISSING_KEY: "Step {step} does not say its {key}.",
    Refusal.DUPLICATE_KEY: "Something is said twice in one step.",
    Refusal.WRONG_TYPE: "In step {step}, {key} is of the wrong kind.",
    Refusal.OUT_OF_RANGE: "In step {step}, {key} must be between {low} and {high}.",
    Refusal.WHEN_INSIDE: "Step {step} waits for a button, and stands in another step: put it beside them.",
    Refusal.NO_WHEELS: "Step {step} wants to drive, and this robot has no wheels.",
    Refusal.NO_PEN: "Step {step} wants a pen, and this robot has none.",
    Refusal.NO_LIGHT: "Step {step} wants a lamp, and this robot has none.",
    Refusal.NO_SOUND: "Step {step} wants a sound, and this robot makes none.",
    Refusal.NO_SENSOR: "Step {step} asks a sensor that this robot does not have.",
    Refusal.NO_BUTTON: "Step {step} waits for a button that this robot does not have.",
    Refusal.UNREADABLE_LINE: "Line {step} says nothing that a robot knows.",
    Refusal.MISSING_END: "Something that begins in line {step} has no end.",
    Refusal.NO_LINES: "There is no line to draw in this picture.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Which step, counted from 1 in reading order (0: the whole program), its id, and what of it."""

    step: int = 0
    id: str = ""
    key: str = ""


class RobotProgramError(DriverError):
    """This program cannot be played by a robot."""

    def __init__(self, refusal: Refusal, place: Place = Place(), **numbers: float) -> None:
        """`numbers` are those that the refusal's docstring names."""
        self.refusal = refusal
        self.place = place
        self.numbers = numbers
        told = {name: f"{number:g}" for name, number in numbers.items()}
        super().__init__(ENGLISH[refusal].format(step=place.step, key=place.key, **told))
