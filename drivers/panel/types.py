"""What the panel reports: which contacts are closed, what is not safe about them, and for which machine."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.types import DeviceKind


class Input(StrEnum):
    """A contact of the panel; each is closed when all is well, so that a cut wire reads as danger."""

    MUSHROOM_A = "mushroom_a"
    MUSHROOM_B = "mushroom_b"
    LID = "lid"
    KEY = "key"
    PARKED = "parked"
    RELAY = "relay"
    """The relay's own auxiliary contact: closed while the machines have power."""


class Hazard(StrEnum):
    """What is not safe, the gravest first."""

    SILENT = "silent"
    MUSHROOM = "mushroom"
    DISAGREE = "disagree"
    WELDED = "welded"
    KEY = "key"
    MOVING = "moving"
    RELAY_OPEN = "relay-open"
    LID = "lid"


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence for people, in both languages."""

    fr: str
    en: str


WORDS: Final[dict[Hazard, Words]] = {
    Hazard.SILENT: Words(
        "Le tableau de sécurité ne répond pas : vérifiez son câble.",
        "The safety panel does not answer: check its cable.",
    ),
    Hazard.MUSHROOM: Words(
        "Le bouton coup-de-poing est enfoncé : regardez pourquoi, puis tournez-le pour le relâcher.",
        "The mushroom button is pressed: look why, then turn it to release it.",
    ),
    Hazard.DISAGREE: Words(
        "Les deux contacts du bouton coup-de-poing se contredisent : enfoncez-le à fond, puis relâchez-le ; "
        "si cela reste, un fil est coupé.",
        "The two contacts of the mushroom button contradict each other: press it all the way, "
        "then release it; if this stays, a wire is cut.",
    ),
    Hazard.WELDED: Words(
        "Le relais reste fermé sans battement : il est collé, faites-le remplacer.",
        "The relay stays closed without a heartbeat: it is welded, have it replaced.",
    ),
    Hazard.KEY: Words("La clé n'est pas tournée.", "The key is not turned on."),
    Hazard.MOVING: Words(
        "Le vélo n'est pas garé : serrez le frein de stationnement.",
        "The bike is not parked: set the parking brake.",
    ),
    Hazard.RELAY_OPEN: Words(
        "Le relais est ouvert : les machines n'ont pas de courant.",
        "The relay is open: the machines have no power.",
    ),
    Hazard.LID: Words("Le capot de la fraiseuse est ouvert.", "The lid of the mill is open."),
}

_HARMLESS: Final[dict[DeviceKind, frozenset[Hazard]]] = {
    DeviceKind.PRINTER: frozenset({Hazard.LID}),
    DeviceKind.MILL: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PanelState:
    """What is known of the panel at one instant of the monotonic clock; without hazards all is well."""

    at_s: float
    hazards: frozenset[Hazard]

    def hazards_for(self, kind: DeviceKind) -> tuple[Hazard, ...]:
        """What is not safe for a machine of this kind, the gravest first."""
        return tuple(h for h in Hazard if h in self.hazards and h not in _HARMLESS[kind])

    def is_safe_for(self, kind: DeviceKind) -> bool:
        """Whether a machine of this kind may work."""
        return not self.hazards_for(kind)

    @property
    def reasons(self) -> tuple[Words, ...]:
        """Every hazard as a sentence, the gravest first."""
        return tuple(WORDS[h] for h in Hazard if h in self.hazards)
