"""Reads a picture or a photo of a drawing as how dark it is, without ever trusting it."""

import io
import struct
import warnings
from typing import Final

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from jobs.arrays import BoolArray, FloatArray
from jobs.errors import DesignRefusedError, Sentence

MAX_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 40_000_000
_FORMATS: Final = ("PNG", "JPEG")
_MAGIC: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_LONGEST_PX: Final = 1200
_ROUNDS: Final = 2
_NEIGHBOURHOOD: Final = 10
_INK: Final = 0.12
"""How much darker than the paper around it something must be to be ink."""

_PICTURE_ERRORS: Final = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""What Pillow raises on damaged files."""


def is_picture(data: bytes) -> bool:
    """Say whether data begins like a PNG or a JPEG file."""
    return data.startswith(_MAGIC)


def read_picture(data: bytes, *, ink: bool) -> FloatArray:
    """Return how dark each pixel is, 0 to 1, y downwards, at most 1,200 pixels a side.

    Args:
        data: A PNG or a JPEG file.
        ink: Look for drawn lines on paper, whatever the light: 1 where there is ink and 0 elsewhere.

    Raises:
        DesignRefusedError: It is no picture, damaged, too large or empty.
    """
    if len(data) > MAX_BYTES:
        raise _refused()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            grey = _grey(data)
    except (*_PICTURE_ERRORS, Image.DecompressionBombWarning) as error:
        raise _refused() from error
    dark = _inked(grey) if ink else 1.0 - np.asarray(ImageOps.autocontrast(grey), np.float64) / 255.0
    if not (dark > _INK).any():
        raise DesignRefusedError(
            "picture_empty",
            Sentence("Je ne vois rien de dessiné sur cette image.", "I see nothing drawn on this picture."),
        )
    return dark


def _grey(data: bytes) -> Image.Image:
    """Return a picture in shades of grey on white, the right way up."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("L", (_LONGEST_PX, _LONGEST_PX))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    upright.thumbnail((_LONGEST_PX, _LONGEST_PX))
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    return paper.convert("L")


def _inked(grey: Image.Image) -> FloatArray:
    """Compare each pixel with the paper around it: a shadow over the sheet is not ink."""
    seen = np.asarray(grey.filter(ImageFilter.MedianFilter(3)), np.float64)
    ink = np.zeros(seen.shape, np.bool_)
    for _ in range(_ROUNDS):
        # What was found to be ink says nothing of the paper under it.
        ink = (_paper(seen, ~ink) - seen) / 255.0 > _INK
    thicker = Image.fromarray(np.where(ink, 255, 0).astype(np.uint8)).filter(ImageFilter.MaxFilter(3))
    return np.asarray(thicker, np.float64) / 255.0


def _paper(seen: FloatArray, clear: BoolArray) -> FloatArray:
    """Return how bright the paper is around each pixel, from the pixels that are clear of ink."""
    radius = max(4, max(seen.shape) // _NEIGHBOURHOOD)
    light, weight = (
        _sum_around(np.where(clear, seen, 0.0), radius),
        _sum_around(clear.astype(np.float64), radius),
    )
    # Amid a blot with no paper in sight, the brightest of the picture stands for it.
    return np.where(weight > 0.5, light / np.maximum(weight, 0.5), float(seen.max()))


def _sum_around(values: FloatArray, radius: int) -> FloatArray:
    """Return the sum over the square around each pixel."""
    total = values
    for axis in (0, 1):
        sums = np.cumsum(np.insert(total, 0, 0.0, axis=axis), axis=axis)
        places = np.arange(total.shape[axis])
        after = np.minimum(places + radius + 1, len(places))
        total = sums.take(after, axis) - sums.take(np.maximum(places - radius, 0), axis)
    return total


def _refused() -> DesignRefusedError:
    return DesignRefusedError(
        "picture_unreadable",
        Sentence(
            "Cette image ne se lit pas ou est trop grande. Apporte un PNG ou un JPEG de moins de 20 Mo.",
            "This picture cannot be read, or is too large. Bring a PNG or JPEG of less than 20 MB.",
        ),
    )
