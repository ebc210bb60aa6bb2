"""Buttons that lower what an object costs, or mend what is wrong with it, as values of its settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from drivers.types import DeviceKind
from jobs.designs.pen import BITS_MM
from jobs.errors import Sentence
from jobs.intake.choices import Quality
from jobs.types import Job
from kiosk.participant.knobs import PERCENT, Knob, Panel

SMALLER: Final = 0.8
LARGER: Final = 1.3


@dataclass(frozen=True, slots=True)
class Mend:
    """A button: what it says, its picture, and the setting with the value that it sets."""

    label: Sentence
    picture: str
    key: str
    value: str

    @property
    def wish(self) -> str:
        """What the form sends."""
        return f"{self.key}={self.value}"


def cheaper(panel: Panel) -> tuple[Mend, ...]:
    """What lowers minutes and watt-hours: less of it, or less finely made."""
    found = (_sized(panel, SMALLER, _SMALLER, "smaller"), _quicker(panel))
    return tuple(mend for mend in found if mend is not None)


def mends(job: Job, panel: Panel) -> tuple[Mend, ...]:
    """What may help against what the preparation says of an object."""
    said = [job.problem] if job.problem is not None else []
    if job.prepared is not None:
        said += job.prepared.warnings
    found: dict[str, Mend] = {}
    for sentence in said:
        for way in _AGAINST.get(sentence.code, ()):
            mend = way(panel)
            if mend is not None:
                found.setdefault(mend.wish, mend)
    return tuple(found.values())


def _knob(knobs: Iterable[Knob], key: str) -> Knob | None:
    return next((knob for knob in knobs if knob.setting.key == key), None)


def _sized(panel: Panel, factor: float, label: Sentence, picture: str) -> Mend | None:
    """Another value of the first slider, which is the size of everything in the catalogue."""
    if not panel.sliders:
        return None
    knob = panel.sliders[0]
    setting, now = knob.setting, float(knob.value)
    steps = round((now * factor - setting.low) / setting.step)
    then = min(max(setting.low + steps * setting.step, setting.low), setting.high)
    if (then - now) * (factor - 1) <= 0:
        return None
    return Mend(label, picture, setting.key, f"{then:g}")


def _smaller(panel: Panel) -> Mend | None:
    return _sized(panel, SMALLER, _SMALLER, "smaller")


def _larger(panel: Panel) -> Mend | None:
    return _sized(panel, LARGER, _LARGER, "larger")


def _times(factor: float, label: Sentence) -> Callable[[Panel], Mend | None]:
    """A mend for a file in another unit."""

    def mend(panel: Panel) -> Mend | None:
        knob = _knob(panel.sliders, PERCENT.key)
        return Mend(label, "larger", PERCENT.key, f"{float(knob.value) * factor:g}") if knob else None

    return mend


def _chosen(key: str, value: str, label: Sentence, picture: str) -> Callable[[Panel], Mend | None]:
    """A mend that takes one value of a choice or of a slider."""

    def mend(panel: Panel) -> Mend | None:
        knob = _knob(panel.knobs, key)
        return Mend(label, picture, key, value) if knob is not None and _differs(knob, value) else None

    return mend


def _differs(knob: Knob, value: str) -> bool:
    return (f"{knob.value:g}" if isinstance(knob.value, float) else knob.value) != value


def _finer_bit(panel: Panel) -> Mend | None:
    """The next finer bit of the bike."""
    knob = _knob(panel.few, "tool")
    if knob is None or panel.device is not DeviceKind.MILL:
        return None
    finer = [name for name, wide_mm in BITS_MM.items() if wide_mm < BITS_MM.get(str(knob.value), 0.0)]
    return Mend(_FINER, "mill", "tool", finer[0]) if finer else None


_SMALLER: Final = Sentence("Plus petit", "Smaller")
_LARGER: Final = Sentence("Plus grand", "Larger")
_FINER: Final = Sentence("Une fraise plus fine", "A finer bit")
_quicker: Final = _chosen("quality", Quality.FAST, Sentence("Plus rapide", "Quicker"), "quick")
_fitted: Final = _chosen("size", "fit", Sentence("Réduire pour que ça rentre", "Shrink it to fit"), "smaller")
_usual_bit: Final = _chosen("tool", "flat-3.175", Sentence("La fraise de 3 mm", "The 3 mm bit"), "mill")
_AGAINST: Final[dict[str, tuple[Callable[[Panel], Mend | None], ...]]] = {
    "too-large": (_fitted, _smaller),
    "drawing_too_large": (_smaller,),
    "too-small": (_larger, _finer_bit),
    "nothing_to_cut": (_larger, _finer_bit),
    "gouged": (_larger, _finer_bit),
    "lines-merge": (_larger, _finer_bit),
    "narrow": (_finer_bit,),
    "thin-walls": (_larger,),
    "too-many": (_chosen("copies", "1", Sentence("Un seul", "Only one"), "smaller"),),
    "tool_cannot_cut": (_chosen("tool", "flat-3.175", Sentence("Une fraise droite", "A flat bit"), "mill"),),
    "tool_too_short": (
        _chosen("tool", "flat-3.175", Sentence("Une fraise plus longue", "A longer bit"), "mill"),
    ),
    "perhaps-inches": (_times(25.4, Sentence("C'est en pouces", "It is in inches")),),
    "perhaps-metres": (_times(1000.0, Sentence("C'est en mètres", "It is in metres")),),
}
"""By the code of a sentence; what no setting mends has no entry."""
