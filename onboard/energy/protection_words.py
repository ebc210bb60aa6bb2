"""What the protection of the battery says to people, with its true numbers."""

from math import ceil, floor
from typing import Final, assert_never

from drivers.battery.quality import Quality
from drivers.types import DeviceKind
from jobs.energy.protect import Level, Pack, Verdict, Why
from jobs.errors import Sentence
from onboard.energy.unknown_battery import why_unknown

_SOFT: Final = {
    DeviceKind.PRINTER: (
        "L'imprimante finit sa couche et attend : rien ne reprend sans le médiateur.",
        "The printer finishes its layer and waits: nothing resumes without the mediator.",
    ),
    DeviceKind.MILL: (
        "La fraiseuse s'arrête et attend : rien ne reprend sans le médiateur.",
        "The mill pauses and waits: nothing resumes without the mediator.",
    ),
}
_HARD: Final = (
    "Tout est coupé, l'objet est interrompu : le médiateur peut le relancer plus tard.",
    "All is off, the object is interrupted: the mediator may order it again later.",
)


def sentence_of(verdict: Verdict, pack: Pack, quality: Quality, kind: DeviceKind) -> Sentence:
    """Say why a machine pauses, or why it is switched off."""
    then_fr, then_en = _HARD if verdict.level is Level.HARD else _SOFT[kind]
    why_fr, why_en = _why(verdict, pack, quality)
    return Sentence(f"{why_fr}. {then_fr}", f"{why_en}. {then_en}", verdict.why)


def _why(verdict: Verdict, pack: Pack, quality: Quality) -> tuple[str, str]:
    match verdict.why:
        case Why.SHORT:
            needs, left = ceil(verdict.needs_wh), max(0, floor(verdict.left_wh))
            return (
                f"Pas assez de batterie pour finir : il faut encore {needs} Wh, il en reste {left}",
                f"Not enough battery to finish: it takes {needs} Wh more, {left} are left",
            )
        case Why.EMPTY:
            stored, least = max(0, floor(pack.stored_wh)), ceil(pack.floor_wh)
            return (
                f"La batterie est au plus bas : il y reste {stored} Wh, et {least} sont réservés",
                f"The battery is at its lowest: {stored} Wh are in it, and {least} are kept",
            )
        case Why.UNKNOWN:
            return why_unknown(quality)
        case _:
            assert_never(verdict.why)
