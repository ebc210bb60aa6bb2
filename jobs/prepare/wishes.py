"""How a shape is to be printed, as a person chose it: read strictly, with bounds."""

from dataclasses import dataclass
from typing import Final

from jobs.designs.settings import Option, Setting, SettingKind, choice, read_values
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.choices import Orientation, Quality
from jobs.types import Parameter

MOST_COPIES: Final = 20

COPIES: Final = Setting("copies", SettingKind.NUMBER, Sentence("Combien", "How many"), 1, 1, MOST_COPIES)
QUALITY: Final = choice(
    "quality",
    Sentence("Qualité", "Quality"),
    Option(Quality.NORMAL, Sentence("normal", "usual")),
    Option(Quality.FAST, Sentence("vite", "quick")),
    Option(Quality.FINE, Sentence("beau", "fine")),
)
SUPPORTS: Final = choice(
    "supports",
    Sentence("Supports", "Supports"),
    Option("auto", Sentence("si besoin", "if needed")),
    Option("none", Sentence("aucun", "none")),
)
FOR_ALL: Final = (COPIES, QUALITY, SUPPORTS)
"""What may be chosen for everything that is printed."""

SCALE: Final = Setting("scale", SettingKind.NUMBER, Sentence("Échelle", "Scale"), 1.0, 0.01, 1000.0, 0.01)
FIT: Final = choice(
    "size",
    Sentence("S'il est trop grand", "If it is too big"),
    Option("own", Sentence("garder sa taille", "keep its size")),
    Option("fit", Sentence("le réduire", "make it smaller")),
)
ORIENTATION: Final = choice(
    "orientation",
    Sentence("Sens", "Way up"),
    Option(Orientation.AUTO, Sentence("au mieux", "the best")),
    Option(Orientation.AS_IS, Sentence("comme dessinée", "as drawn")),
    Option(Orientation.TURNED, Sentence("un quart de tour", "turned by a quarter")),
    Option(Orientation.UPSIDE_DOWN, Sentence("à l'envers", "upside down")),
    Option(Orientation.ON_SIDE, Sentence("sur le côté", "on its side")),
    Option(Orientation.ON_BACK, Sentence("sur le dos", "on its back")),
)
FOR_MESHES: Final = (SCALE, FIT, ORIENTATION)
"""What may be chosen besides for a shape that was brought; a scale of 1000 is for one in metres."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """For everything that is printed."""

    copies: int = 1
    quality: Quality = Quality.NORMAL
    supports: bool = True


PLAIN: Final = Wishes()


@dataclass(frozen=True, slots=True)
class MeshWishes:
    """For a shape that was brought."""

    scale: float
    fit: bool
    orientation: Orientation


def take_wishes(parameters: dict[str, Parameter]) -> tuple[Wishes, dict[str, Parameter]]:
    """Take what is for the printer; the rest is for the shape.

    Raises:
        DesignRefusedError: one of them is out of bounds.
    """
    keys = {setting.key for setting in FOR_ALL}
    values = read_values(FOR_ALL, {key: value for key, value in parameters.items() if key in keys})
    copies = values.number("copies")
    if copies != int(copies):
        raise DesignRefusedError(
            "out-of-bounds",
            Sentence("« Combien » est un nombre entier.", "“How many” is a whole number."),
        )
    wishes = Wishes(int(copies), Quality(values.text("quality")), values.text("supports") == "auto")
    return wishes, {key: value for key, value in parameters.items() if key not in keys}


def read_mesh_wishes(parameters: dict[str, Parameter]) -> MeshWishes:
    """Take what is for a shape that was brought.

    Raises:
        DesignRefusedError: a parameter is unknown or out of bounds.
    """
    values = read_values(FOR_MESHES, parameters)
    return MeshWishes(
        values.number("scale"), values.text("size") == "fit", Orientation(values.text("orientation"))
    )
