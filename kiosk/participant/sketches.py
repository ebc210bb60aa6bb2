"""What a finger drawing may become: the sheet it is drawn on and what is asked of the bike."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.machines import MILL, PROFILES
from jobs.types import DesignKind, Parameter
from kiosk.models import FormModel
from onboard.config import Config

SHAPE: Final = 4 / 3
"""Width / height of every sheet, so that a drawing fits whatever it becomes."""


class Slug(StrEnum):
    """The name of a thing in addresses and forms."""

    KEY_RING = "porte-cles"
    PLATE = "plaque"
    CUT_OUT = "decoupe"
    STAMP = "tampon"
    COOKIE_CUTTER = "emporte-piece"
    MEDAL = "medaille"


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing; `lines_mm` are the widths of a line to choose from, `size_mm` bounds its longer side.

    A test compares both with the design's own bounds, which this process does not load. A thing without
    `size_mm` is made as large as it is drawn.
    """

    slug: Slug
    design: DesignKind
    device: DeviceKind
    label: Sentence
    hint: Sentence
    title: Sentence
    width_mm: float
    lines_mm: tuple[float, ...]
    size_mm: tuple[float, float] | None = None

    @property
    def height_mm(self) -> float:
        """Height of the sheet."""
        return self.width_mm / SHAPE

    @property
    def milled(self) -> bool:
        """Whether lines are cut or engraved instead of printed."""
        return self.device is DeviceKind.MILL


THINGS: Final[dict[Slug, Thing]] = {
    thing.slug: thing
    for thing in (
        Thing(
            Slug.KEY_RING,
            DesignKind.KEY_RING,
            DeviceKind.PRINTER,
            Sentence("Porte-clés", "Key ring"),
            Sentence("Tes traits en relief, avec un trou", "Your lines in relief, with a hole"),
            Sentence("Dessine ton porte-clés", "Draw your key ring"),
            80.0,
            (1.5, 2.5, 4.0),
            (25.0, 120.0),
        ),
        Thing(
            Slug.STAMP,
            DesignKind.STAMP,
            DeviceKind.PRINTER,
            Sentence("Tampon", "Stamp"),
            Sentence("Pour imprimer ton dessin partout", "To print your drawing anywhere"),
            Sentence("Dessine ton tampon", "Draw your stamp"),
            80.0,
            (1.2, 2.0, 3.0),
            (20.0, 90.0),
        ),
        Thing(
            Slug.COOKIE_CUTTER,
            DesignKind.COOKIE_CUTTER,
            DeviceKind.PRINTER,
            Sentence("Emporte-pièce", "Cookie cutter"),
            Sentence(
                "Une seule ligne fermée : le bord du biscuit", "One closed line: the edge of the cookie"
            ),
            Sentence("Dessine le bord de ton biscuit", "Draw the edge of your cookie"),
            120.0,
            (),
            (40.0, 160.0),
        ),
        Thing(
            Slug.MEDAL,
            DesignKind.MEDAL,
            DeviceKind.PRINTER,
            Sentence("Médaille", "Medal"),
            Sentence("Ton dessin remplit le rond", "Your drawing fills the disc"),
            Sentence("Dessine ta médaille", "Draw your medal"),
            80.0,
            (1.2, 2.0, 3.0),
        ),
        Thing(
            Slug.PLATE,
            DesignKind.DRAWING,
            DeviceKind.MILL,
            Sentence("Plaque en bois", "Wooden plate"),
            Sentence("Tes traits gravés dans une plaque", "Your lines engraved in a plate"),
            Sentence("Dessine ta plaque", "Draw your plate"),
            140.0,
            (MILL.tool_mm,),
        ),
        Thing(
            Slug.CUT_OUT,
            DesignKind.DRAWING,
            DeviceKind.MILL,
            Sentence("Forme en bois", "Wooden shape"),
            Sentence("La fraiseuse découpe ta forme", "The mill cuts your shape out"),
            Sentence("Dessine ta forme à découper", "Draw your shape to cut out"),
            160.0,
            (MILL.tool_mm,),
        ),
    )
}


def made_here(config: Config, device: DeviceKind) -> bool:
    """Whether the bike carries such a machine; one without any shows everything."""
    carried = {PROFILES[machine.profile].kind for machine in config.machines.values()}
    return not carried or device in carried


class SketchForm(FormModel):
    """What comes beside a drawing: how large it was drawn, with what line, and whether nothing is cut."""

    thing: Slug
    size_mm: Annotated[float, Field(gt=0, lt=1000)] | None = None
    line_mm: Annotated[float, Field(gt=0, lt=100)] | None = None
    engraved: bool = False

    def parameters(self) -> dict[str, Parameter]:
        """The settings of the design; what was drawn too small or too large is made as the thing allows."""
        thing = THINGS[self.thing]
        if thing.milled:
            return {"role": "engrave"} if self.engraved else {}
        found: dict[str, Parameter] = {}
        if thing.size_mm is not None and self.size_mm is not None:
            low_mm, high_mm = thing.size_mm
            found["size_mm"] = min(max(self.size_mm, low_mm), high_mm)
        if thing.lines_mm and self.line_mm is not None:
            found["line_mm"] = min(max(self.line_mm, thing.lines_mm[0]), thing.lines_mm[-1])
        return found
