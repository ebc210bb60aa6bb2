"""Masks of ink: what a browser paints of an SVG, what we read of it, and how far the two agree."""

import io
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from jobs.cam.drawing import Drawing, Outline

PX_PER_MM = 10.0
FINER = 4
Mask = npt.NDArray[np.bool_]


def filled(outlines: Iterable[Outline], size_mm: tuple[float, float]) -> Mask:
    """Paint closed outlines: shapes over each other, holes inside a shape."""
    shapes: dict[int, list[Outline]] = {}
    for outline in outlines:
        if outline.closed:
            shapes.setdefault(outline.shape, []).append(outline)
    width, height = (round(side * PX_PER_MM) for side in size_mm)
    whole = np.zeros((height, width), np.bool_)
    for rings in shapes.values():
        shape = np.zeros_like(whole)
        for ring in rings:
            shape ^= _ring(ring, width, height)
        whole |= shape
    return whole


def _ring(ring: Outline, width: int, height: int) -> Mask:
    """Paint one ring four times finer than asked, and keep the pixels that are mostly covered."""
    picture = Image.new("L", (width * FINER, height * FINER))
    scale = PX_PER_MM * FINER
    corners = [(x * scale - 0.5, height * FINER - y * scale - 0.5) for x, y in ring.points_mm]
    ImageDraw.Draw(picture).polygon(corners, fill=255)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX)) > 127


def room_mm(drawing: Drawing) -> tuple[float, float]:
    """Return a sheet that holds a drawing with a margin on every side."""
    return drawing.width_mm + 10.0, drawing.height_mm + 10.0


def blue(png: bytes) -> Mask:
    """Return the blue pixels of a screenshot."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int16)
    return (pixels[..., 2] - pixels[..., 0] > 110) & (pixels[..., 1] < 140)


def cropped(mask: Mask) -> Mask:
    """Return the part of a mask that holds all of its ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return mask[:0, :0]
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def agreement(one: Mask, other: Mask) -> float:
    """Return intersection over union of two masks laid corner on corner."""
    rows, columns = np.maximum(one.shape, other.shape)
    first, second = (
        np.pad(each, ((0, rows - each.shape[0]), (0, columns - each.shape[1]))) for each in (one, other)
    )
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 0.0
