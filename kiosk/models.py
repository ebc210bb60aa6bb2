"""What the forms of the pages may say."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from drivers.types import DeviceKind
from jobs.designs.settings import Setting, SettingKind
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import Design, DesignKind, Parameter
from kiosk.participant.knobs import changed, machines_for, settings_of
from onboard.control.messages import Key

DEVICE: Final = "device"
SET: Final = "set"
"""A button that sets one value: `name=value`, after the fields."""
_OTHER_FIELDS: Final = frozenset({"key", DEVICE, SET})
_KEY: Final[TypeAdapter[str]] = TypeAdapter(Key)

_MESH = (DesignKind.MESH, DeviceKind.PRINTER)
_KINDS: dict[str, tuple[DesignKind, DeviceKind]] = {
    ".stl": _MESH,
    ".3mf": _MESH,
    ".obj": _MESH,
    ".svg": (DesignKind.DRAWING, DeviceKind.MILL),
}
_UNKNOWN: Final = Sentence("Ce réglage n'existe pas ici.", "There is no such setting here.")
_NO_NUMBER: Final = Sentence("Écris un nombre.", "Write a number.")
_NO_WORDS: Final = Sentence(
    "Écris quelque chose de court que l'on peut lire.", "Write something short that can be read."
)


class FormModel(BaseModel):
    """A form: closed to unknown fields; `key` makes sending it twice the same as once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key


class FileForm(FormModel):
    """What comes beside an uploaded file."""


def key_of(fields: Mapping[str, str]) -> str:
    """The idempotency key of a form of settings.

    Raises:
        DesignRefusedError: it has none that is one.
    """
    try:
        return _KEY.validate_python(fields.get("key"))
    except ValidationError as error:
        raise DesignRefusedError("key", _UNKNOWN) from error


def wished(fields: Mapping[str, str], design: Design) -> Design:
    """A design as a form of settings wishes it.

    Raises:
        DesignRefusedError: a field is unknown, or what stands in it is no value of its setting.
    """
    fields = {**fields, **_set_by_button(fields.get(SET, ""))}
    device = _device(fields.get(DEVICE, design.device), design.kind)
    known: dict[str, list[Setting]] = {}
    for machine in machines_for(design.kind):
        for setting in settings_of(Design(design.kind, machine, design.source)):
            known.setdefault(setting.key, []).append(setting)
    if fields.keys() - known.keys() - _OTHER_FIELDS:
        raise DesignRefusedError("parameters", _UNKNOWN)
    wishes = {key: _value(known[key], text) for key, text in fields.items() if key in known}
    return changed(design, device, wishes)


def _set_by_button(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split("&") if "=" in part)


def _device(name: str, kind: DesignKind) -> DeviceKind:
    if name not in machines_for(kind):
        raise DesignRefusedError("parameters", _UNKNOWN)
    return DeviceKind(name)


def _value(settings: list[Setting], text: str) -> Parameter:
    """What stands in a field; whether a number lies within its bounds is judged where it is used.

    A form that changes the machine still has the fields of the other one: `settings` has one a machine.
    """
    match settings[0].kind:
        case SettingKind.NUMBER:
            return _number(text)
        case SettingKind.TEXT:
            return tidy(text, int(settings[0].low), int(settings[0].high))
        case SettingKind.CHOICE:
            if text not in {option.value for setting in settings for option in setting.options}:
                raise DesignRefusedError("choice", _UNKNOWN)
            return text


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError as error:
        raise DesignRefusedError("numbers", _NO_NUMBER) from error
    if not math.isfinite(number):
        raise DesignRefusedError("numbers", _NO_NUMBER)
    return number


def tidy(text: str, shortest: int, longest: int) -> str:
    """One line, composed letters, single spaces; what remains must be visible.

    Raises:
        DesignRefusedError: it is too long, nothing can be seen, or it would change how the rest is read.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not shortest <= len(line) <= longest or not line.isprintable():
        raise DesignRefusedError("text", _NO_WORDS)
    return line


def brought(suffix: str) -> tuple[DesignKind, DeviceKind]:
    """What a file is by its ending, and the machine that makes it.

    Raises:
        DesignRefusedError: we do not take such files.
    """
    if suffix not in _KINDS:
        raise DesignRefusedError(
            "unknown-file",
            Sentence(
                "Je ne connais pas ce fichier. Choisis un fichier STL, 3MF, OBJ ou SVG.",
                "I do not know this file. Choose an STL, 3MF, OBJ or SVG file.",
            ),
        )
    return _KINDS[suffix]
