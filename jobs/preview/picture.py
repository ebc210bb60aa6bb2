"""A small picture of a path stream, for lists and where a browser cannot draw it."""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

from jobs.arrays import FloatArray
from jobs.preview.paths import UNIT_UM, Kind, Layer

WIDTH_PX: Final = 320
HEIGHT_PX: Final = 240
MARGIN_PX: Final = 10
_TILT: Final = np.radians(50.0)
_TURN: Final = np.radians(-30.0)
_LOW: Final = np.array([28, 78, 92])
_HIGH: Final = np.array([120, 205, 214])
_MOST_DOTS: Final = 3_000_000


def layers_png(layers: list[Layer]) -> bytes:
    """Paint what is made, later layers over earlier ones; returns a PNG file with a transparent ground."""
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 4), np.uint8)
    segments = _segments(layers)
    if segments.size:
        _paint(pixels, _on_screen(segments), segments[:, 0, 2])
    return _png(pixels)


def _segments(layers: list[Layer]) -> FloatArray:
    """Return what is made as (n, 2, 3) segments in millimetres, in the order of the program."""
    found = [
        np.stack(
            [
                np.column_stack((points, np.full(len(points), layer.z)))
                for points in (run.points[:-1], run.points[1:])
            ],
            axis=1,
        )
        for layer in layers
        for run in layer.runs
        if run.kind is not Kind.TRAVEL
    ]
    return np.concatenate(found) * (UNIT_UM / 1000) if found else np.empty((0, 2, 3))


def _on_screen(segments: FloatArray) -> FloatArray:
    """Project onto the picture: (n, 2, 2) columns and rows."""
    x, y, z = np.moveaxis(segments, 2, 0)
    right = x * np.cos(_TURN) - y * np.sin(_TURN)
    back = x * np.sin(_TURN) + y * np.cos(_TURN)
    flat = np.stack((right, -(back * np.sin(_TILT) + z * np.cos(_TILT))), axis=2)
    low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
    room = np.array([WIDTH_PX, HEIGHT_PX]) - 2 * MARGIN_PX
    scale = float(np.min(room / np.maximum(high - low, 1e-6)))
    placed: FloatArray = (flat - (low + high) / 2) * scale + np.array([WIDTH_PX, HEIGHT_PX]) / 2
    return placed


def _paint(pixels: npt.NDArray[np.uint8], screen: FloatArray, height_mm: FloatArray) -> None:
    """Dot each segment, at most some millions of dots, brighter the higher."""
    length_px = np.abs(screen[:, 1] - screen[:, 0]).max(axis=1)
    dots = np.maximum(np.ceil(length_px * 1.2), 1).astype(np.int64)
    dots = np.maximum(dots // max(1, int(dots.sum()) // _MOST_DOTS), 1)
    row = np.repeat(np.arange(dots.size), dots)
    share = (np.arange(row.size) - np.repeat(np.cumsum(dots) - dots, dots)) / dots[row]
    spots = (screen[row, 0] + (screen[row, 1] - screen[row, 0]) * share[:, None]).astype(np.int64)
    level = (height_mm - height_mm.min()) / max(float(np.ptp(height_mm)), 1e-6)
    colour = (_LOW + (_HIGH - _LOW) * level[:, None]).astype(np.uint8)
    inside = ((spots >= 0) & (spots < np.array([WIDTH_PX, HEIGHT_PX]))).all(axis=1)
    spots, row = spots[inside], row[inside]
    pixels[spots[:, 1], spots[:, 0], :3] = colour[row]
    pixels[spots[:, 1], spots[:, 0], 3] = 255


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    rows = np.concatenate(
        (np.zeros((HEIGHT_PX, 1), np.uint8), pixels.reshape(HEIGHT_PX, -1)), axis=1
    ).tobytes()
    head = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
