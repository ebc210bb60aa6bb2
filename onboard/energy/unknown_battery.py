"""Why the battery is unknown, in a sentence for people."""

from typing import Final

from drivers.battery.quality import Quality
from jobs.errors import Sentence

_REASONS: Final = {
    Quality.NO_CHARGE: (
        "Le moniteur ne connaît pas la charge de la batterie",
        "The monitor does not know how full the battery is",
    ),
    Quality.NOT_A_NUMBER: (
        "Le moniteur de batterie dit n'importe quoi",
        "The battery monitor talks nonsense",
    ),
    Quality.OUT_OF_RANGE: (
        "Le moniteur de batterie donne une valeur impossible",
        "The battery monitor tells an impossible value",
    ),
    Quality.CONTRADICTORY: ("Le moniteur de batterie se contredit", "The battery monitor contradicts itself"),
    Quality.JUMPING: ("La charge de la batterie saute", "The charge of the battery jumps"),
    Quality.STUCK: (
        "Le moniteur de batterie répète toujours la même chose",
        "The battery monitor repeats the same thing",
    ),
    Quality.DRIFTING: (
        "Le moniteur de batterie annonce plus qu'il ne peut rester",
        "The battery monitor tells more than can be left",
    ),
}
_SILENT: Final = ("La batterie ne répond pas", "The battery does not answer")


def why_unknown(quality: Quality) -> tuple[str, str]:
    """Return in French and in English what is wrong with the monitor."""
    return _REASONS.get(quality, _SILENT)


def unknown_battery(quality: Quality) -> Sentence:
    """Return what keeps every job from starting."""
    french, english = why_unknown(quality)
    return Sentence(
        f"{french} : rien ne démarre avant de savoir ce qu'il y reste.",
        f"{english}: nothing starts before we know what is left in it.",
    )
