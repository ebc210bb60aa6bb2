"""The programs that a child may begin with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from drivers.robots.fitting import lacks
from drivers.robots.reading import read_program
from drivers.robots.types import Abilities
from jobs.errors import Sentence

Step = dict[str, object]
MOST: Final = 2
"""So many examples have room above the blocks."""


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
PARTY: Final = Example(
    "fete",
    Sentence("Fais la fête", "Have a party"),
    (
        {
            "do": "repeat",
            "times": 4,
            "steps": [
                _lamp(100, 0, 0),
                {"do": "sound", "hz": 262, "s": 0.2},
                {"do": "wait", "s": 0.5},
                _lamp(0, 0, 100),
                {"do": "sound", "hz": 392, "s": 0.2},
                {"do": "wait", "s": 0.5},
            ],
        },
        _lamp(0, 0, 0),
    ),
)
EXAMPLES: Final = (SQUARE, WALL, PARTY)
EMPTY: Final = Example("vide", Sentence("Rien", "Nothing"), ())


def examples_for(abilities: Abilities) -> list[Example]:
    """Those that a robot with these abilities plays, without what it has no pen, lamp or voice for."""
    spare = {"pen": abilities.has_pen, "light": abilities.has_light, "sound": abilities.has_sound}
    missing = frozenset(name for name, has in spare.items() if not has)
    fitted = (replace(example, steps=tuple(_without(missing, example.steps))) for example in EXAMPLES)
    return [example for example in fitted if _suits(example, abilities)][:MOST]


def _without(missing: frozenset[str], steps: Iterable[Step]) -> Iterable[Step]:
    for step in steps:
        if step["do"] not in missing:
            inner = {
                name: [*_without(missing, held)] for name, held in step.items() if isinstance(held, list)
            }
            yield {**step, **inner}


def _suits(example: Example, abilities: Abilities) -> bool:
    """Whether nothing is missing, and something is left to be seen or heard."""
    whole = read_program(json.dumps(example.program))
    shows = any(f'"do": "{name}"' in json.dumps(example.program) for name in ("move", "light", "sound"))
    return shows and next(lacks(whole, abilities), None) is None
