"""Every shape that is made on the bike: what may be chosen of it, and what makes it for each machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jobs.cam.drawing import Drawing
from jobs.designs import cookie_cutter, key_ring, medal, mind_map, name_tag, plant_label, stamp
from jobs.designs.brought import NOTHING, Brought
from jobs.designs.settings import Setting, Values, read_values
from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh
from jobs.types import DesignKind, Parameter


class Source(StrEnum):
    """What file a shape is made from besides its settings."""

    NONE = "none"
    DRAWING = "drawing"
    DRAWING_OR_NOT = "drawing-or-not"
    MIND_MAP = "mind-map"


@dataclass(frozen=True, slots=True)
class Printed:
    """How the printer makes a shape."""

    settings: tuple[Setting, ...]
    make: Callable[[Values, Brought], Mesh]


@dataclass(frozen=True, slots=True)
class Milled:
    """How the mill makes a shape."""

    settings: tuple[Setting, ...]
    make: Callable[[Values, Brought], Drawing]


@dataclass(frozen=True, slots=True)
class Shape:
    """One entry of the catalogue; a shape that only a printer can make has no `milled`."""

    kind: DesignKind
    label: Sentence
    source: Source
    printed: Printed
    milled: Milled | None = None


SHAPES: Final[dict[DesignKind, Shape]] = {
    shape.kind: shape
    for shape in (
        Shape(
            DesignKind.NAME_TAG,
            Sentence("Étiquette avec ton prénom", "Name tag"),
            Source.NONE,
            Printed(name_tag.PRINTED, lambda values, _brought: name_tag.printed(values)),
            Milled(name_tag.MILLED, lambda values, _brought: name_tag.milled(values)),
        ),
        Shape(
            DesignKind.KEY_RING,
            Sentence("Porte-clés de ton dessin", "Key ring from your drawing"),
            Source.DRAWING,
            Printed(key_ring.PRINTED, key_ring.printed),
            Milled(key_ring.MILLED, key_ring.milled),
        ),
        Shape(
            DesignKind.STAMP,
            Sentence("Tampon", "Stamp"),
            Source.DRAWING_OR_NOT,
            Printed(stamp.PRINTED, stamp.printed),
        ),
        Shape(
            DesignKind.COOKIE_CUTTER,
            Sentence("Emporte-pièce", "Cookie cutter"),
            Source.DRAWING_OR_NOT,
            Printed(cookie_cutter.PRINTED, cookie_cutter.printed),
        ),
        Shape(
            DesignKind.MEDAL,
            Sentence("Médaille", "Medal"),
            Source.DRAWING_OR_NOT,
            Printed(medal.PRINTED, medal.printed),
            Milled(medal.MILLED, medal.milled),
        ),
        Shape(
            DesignKind.PLANT_LABEL,
            Sentence("Étiquette de plante", "Plant label"),
            Source.NONE,
            Printed(plant_label.PRINTED, lambda values, _brought: plant_label.printed(values)),
            Milled(plant_label.MILLED, lambda values, _brought: plant_label.milled(values)),
        ),
        Shape(
            DesignKind.MIND_MAP,
            Sentence("Plaque de carte mentale", "Mind map plate"),
            Source.MIND_MAP,
            Printed(mind_map.PRINTED, mind_map.printed),
            Milled(mind_map.MILLED, mind_map.milled),
        ),
    )
}


def print_shape(kind: DesignKind, parameters: Mapping[str, Parameter], brought: Brought = NOTHING) -> Mesh:
    """Make a shape for the printer: one closed part, standing at z = 0.

    Raises:
        DesignRefusedError: a setting, a text or a file does not fit; the sentence says which.
    """
    shape = SHAPES[kind]
    return shape.printed.make(read_values(shape.printed.settings, parameters), brought)


def mill_shape(kind: DesignKind, parameters: Mapping[str, Parameter], brought: Brought = NOTHING) -> Drawing:
    """Draw a shape for the mill.

    Raises:
        DesignRefusedError: only a printer can make it, or a setting, a text or a file does not fit.
    """
    shape = SHAPES[kind]
    if shape.milled is None:
        raise DesignRefusedError(
            "not-for-mill",
            Sentence("Cette forme s'imprime seulement.", "This shape can only be printed."),
        )
    return shape.milled.make(read_values(shape.milled.settings, parameters), brought)
