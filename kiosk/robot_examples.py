"""The programs that a child may begin with."""

from dataclasses import dataclass
from typing import Final

from jobs.errors import Sentence

Step = dict[str, object]


@dataclass(frozen=True, slots=True)
class Example:
    """A program to begin with, as the blocks say it."""

    slug: str
    label: Sentence
    steps: tuple[Step, ...]

    @property
    def program(self) -> Step:
        """The whole program."""
        return {"version": 1, "steps": list(self.steps)}


def _pen(*, down: bool) -> Step:
    return {"do": "pen", "down": down}


def _lamp(red: int, green: int, blue: int) -> Step:
    return {"do": "light", "red": red, "green": green, "blue": blue}


SQUARE: Final = Example(
    "carre",
    Sentence("Un carré", "A square"),
    (
        _pen(down=True),
        {"do": "repeat", "times": 4, "steps": [{"do": "move", "mm": 200}, {"do": "turn", "deg": 90}]},
        _pen(down=False),
    ),
)
WALL: Final = Example(
    "mur",
    Sentence("Évite le mur", "Mind the wall"),
    (
        {
            "do": "repeat",
            "times": 20,
            "steps": [
                {
                    "do": "if",
                    "sensor": "distance",
                    "is": "below",
                    "value": 160,
                    "then": [_lamp(100, 0, 0), {"do": "turn", "deg": 100}],
                    "else": [_lamp(0, 100, 0), {"do": "move", "mm": 100}],
                }
            ],
        },
    ),
)
EXAMPLES: Final = (SQUARE, WALL)
