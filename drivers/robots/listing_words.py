"""The words of a program as text, in French and in English: one form for each thing a line can say."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Form:
    """A line that says one step: `{key}` stands for what the step's JSON says under that key.

    `sign` is what its number is multiplied by; `down` is said by the words themselves.
    """

    do: str
    words: str
    sign: int = 1
    down: bool | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A language: its forms, the words within them, and those that divide and end."""

    forms: tuple[Form, ...]
    names: dict[str, dict[str, str]]
    otherwise: str
    end: str
    decimal: str


SIDES: Final = {"below": "<", "above": ">"}

FRENCH: Final = Words(
    (
        Form("move", "avance {mm}"),
        Form("move", "recule {mm}", sign=-1),
        Form("turn", "tourne à gauche {deg}"),
        Form("turn", "tourne à droite {deg}", sign=-1),
        Form("speed", "vitesse {mm_s}"),
        Form("pen", "baisse le stylo", down=True),
        Form("pen", "lève le stylo", down=False),
        Form("light", "lampe {red} {green} {blue}"),
        Form("sound", "son {hz} pendant {s}"),
        Form("wait", "attends {s}"),
        Form("repeat", "répète {times} fois"),
        Form("if", "si {sensor} {is} {value}"),
        Form("when", "quand bouton {button}"),
    ),
    {
        "sensor": {"distance": "distance", "ground": "sol", "light": "lumière", "tilt": "inclinaison"},
        "button": {
            "forward": "avant",
            "backward": "arrière",
            "left": "gauche",
            "right": "droite",
            "centre": "centre",
            "a": "a",
            "b": "b",
        },
        "is": SIDES,
    },
    "sinon",
    "fin",
    ",",
)

ENGLISH: Final = Words(
    (
        Form("move", "forward {mm}"),
        Form("move", "back {mm}", sign=-1),
        Form("turn", "turn left {deg}"),
        Form("turn", "turn right {deg}", sign=-1),
        Form("speed", "speed {mm_s}"),
        Form("pen", "pen down", down=True),
        Form("pen", "pen up", down=False),
        Form("light", "light {red} {green} {blue}"),
        Form("sound", "sound {hz} for {s}"),
        Form("wait", "wait {s}"),
        Form("repeat", "repeat {times} times"),
        Form("if", "if {sensor} {is} {value}"),
        Form("when", "when button {button}"),
    ),
    {
        "sensor": {"distance": "distance", "ground": "ground", "light": "light", "tilt": "tilt"},
        "button": {
            "forward": "forward",
            "backward": "backward",
            "left": "left",
            "right": "right",
            "centre": "centre",
            "a": "a",
            "b": "b",
        },
        "is": SIDES,
    },
    "else",
    "end",
    ".",
)

LANGUAGES: Final[dict[Language, Words]] = {"fr": FRENCH, "en": ENGLISH}
