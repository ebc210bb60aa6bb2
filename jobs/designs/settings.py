"""What a participant may choose of a shape: declared once, with bounds, and read strictly."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from jobs.errors import DesignRefusedError, Sentence
from jobs.types import Parameter


class SettingKind(StrEnum):
    """How a setting is asked for: a slider, a line of text, a few pictures to choose from."""

    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values of a choice."""

    value: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to choose; `low` and `high` bound a number, or the length of a text."""

    key: str
    kind: SettingKind
    label: Sentence
    default: str | float
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    unit: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """What was chosen: every setting of a shape, within its bounds."""

    numbers: Mapping[str, float]
    texts: Mapping[str, str]

    def number(self, key: str) -> float:
        """The value of a slider."""
        return self.numbers[key]

    def text(self, key: str) -> str:
        """The words of a text, or what was taken of a choice."""
        return self.texts[key]


def number(
    key: str, label: Sentence, default: float, bounds: tuple[float, float], step: float = 1.0
) -> Setting:
    """Declare a slider in millimetres."""
    low, high = bounds
    return Setting(key, SettingKind.NUMBER, label, default, low, high, step, "mm")


def text(key: str, label: Sentence, longest: int, shortest: int = 1) -> Setting:
    """Declare a line of text; one that may be empty has 0 as its shortest length."""
    return Setting(key, SettingKind.TEXT, label, "", shortest, longest)


def choice(key: str, label: Sentence, *options: Option) -> Setting:
    """Declare a choice, whose first option is the usual one."""
    return Setting(key, SettingKind.CHOICE, label, options[0].value, options=options)


def read_values(settings: tuple[Setting, ...], parameters: Mapping[str, Parameter]) -> Values:
    """Take each setting from what a form, a file or a command line says, or its default.

    Raises:
        DesignRefusedError: a parameter is unknown, of the wrong type or out of bounds.
    """
    unknown = parameters.keys() - {setting.key for setting in settings}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise DesignRefusedError(
            "parameters",
            Sentence(f"Ce réglage est inconnu ici : {names}.", f"This setting is unknown here: {names}."),
        )
    numbers: dict[str, float] = {}
    texts: dict[str, str] = {}
    for setting in settings:
        given = parameters.get(setting.key, setting.default)
        match setting.kind:
            case SettingKind.NUMBER:
                numbers[setting.key] = _number(setting, given)
            case SettingKind.TEXT:
                texts[setting.key] = _text(setting, given)
            case SettingKind.CHOICE:
                texts[setting.key] = _choice(setting, given)
            case _:
                assert_never(setting.kind)
    return Values(numbers, texts)


def _number(setting: Setting, given: Parameter) -> float:
    if isinstance(given, str | bool) or not math.isfinite(given) or not setting.low <= given <= setting.high:
        fr, en = setting.label.fr, setting.label.en
        bounds = (f"{setting.low:g}", f"{setting.high:g} {setting.unit}".rstrip())
        raise DesignRefusedError(
            "out-of-bounds",
            Sentence(
                "« {} » va de {} à {}.".format(fr, *bounds),
                "“{}” goes from {} to {}.".format(en, *bounds),
            ),
        )
    return float(given)


def _text(setting: Setting, given: Parameter) -> str:
    """One line, letters with their accents as one character each: tablets may send them apart."""
    if not isinstance(given, str):
        raise DesignRefusedError(
            "parameters", Sentence("Ce réglage est un texte.", "This setting is a text.")
        )
    tidy = " ".join(unicodedata.normalize("NFC", given).split())
    if not setting.low <= len(tidy) <= setting.high:
        least, most = f"{setting.low:.0f}", f"{setting.high:.0f}"
        raise DesignRefusedError(
            "text-length",
            Sentence(f"Écris de {least} à {most} lettres.", f"Write {least} to {most} letters."),
        )
    return tidy


def _choice(setting: Setting, given: Parameter) -> str:
    values = [option.value for option in setting.options]
    if given not in values:
        known = ", ".join(values)
        raise DesignRefusedError(
            "choice",
            Sentence(
                f"« {setting.label.fr} » : choisis parmi {known}.",
                f"“{setting.label.en}”: choose one of {known}.",
            ),
        )
    return str(given)
