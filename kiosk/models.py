"""What the forms of the pages may say."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from drivers.types import DeviceKind
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import DesignKind
from onboard.control.messages import Key

LONGEST_TEXT = 16
"""What a name tag holds; a test compares it with the design's own limit, which this process does not load."""

TAG_MM = 70.0
LETTER_MM = 6.5
"""Sixteen letters need 80 mm in small letters and 104 mm in capitals, measured with the tag's own font."""

_MESH = (DesignKind.MESH, DeviceKind.PRINTER)
_KINDS: dict[str, tuple[DesignKind, DeviceKind]] = {
    ".stl": _MESH,
    ".3mf": _MESH,
    ".obj": _MESH,
    ".svg": (DesignKind.DRAWING, DeviceKind.MILL),
}


def _tidy(text: str) -> str:
    """One line, composed letters, single spaces; what remains must be visible."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if not tidy or not tidy.isprintable():
        raise ValueError("nothing to write")
    return tidy


class FormModel(BaseModel):
    """A form: closed to unknown fields; `key` makes sending it twice the same as once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key


class TagForm(FormModel):
    """The word of a name tag."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_tidy)]

    @property
    def width_mm(self) -> float:
        """How wide the tag must be so that the strokes of a long word still print."""
        return max(TAG_MM, LETTER_MM * len(self.text))


class FileForm(FormModel):
    """What comes beside an uploaded file."""


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
