"""A small shaded picture of a mesh for lists: painted by us, seen from the front, right and above."""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.intake.mesh import Mesh, Triangles

WIDTH_PX: Final = 320
HEIGHT_PX: Final = 240
MARGIN_PX: Final = 12
CHUNK_POINTS: Final = 1_000_000
DOT_LIMIT: Final = 15_000_000
_TILT: Final = np.radians(35.0)
_TURN: Final = np.radians(-32.0)
_LIGHT: Final = np.array([-0.35, -0.55, 0.76])
_COLOUR: Final = np.array([38, 139, 153])
Points = NDArray[np.float64]


def picture_png(mesh: Mesh) -> bytes:
    """Paint a mesh on a transparent ground; returns a PNG file."""
    shades = _shades(mesh.triangles)
    screen = _longest_side_first(_on_screen(mesh.triangles))
    nearest = np.zeros(WIDTH_PX * HEIGHT_PX, dtype=np.uint64)
    steps = _steps(screen)
    for along, across in np.unique(steps, axis=0).tolist():
        chosen = np.flatnonzero((steps[:, 0] == along) & (steps[:, 1] == across))
        weights = _weights(along, across)
        size = max(1, CHUNK_POINTS // len(weights))
        for first in range(0, len(chosen), size):
            part = chosen[first : first + size]
            _paint(nearest, np.einsum("pc,tcx->tpx", weights, screen[part]), shades[part])
    return _png(nearest.reshape(HEIGHT_PX, WIDTH_PX))


def _longest_side_first(screen: Points) -> Points:
    """Begin each triangle with its longest side, so that a sliver is dotted along it only."""
    sides = np.linalg.norm((np.roll(screen, -1, axis=1) - screen)[:, :, :2], axis=2)
    order = (sides.argmax(axis=1)[:, None] + np.arange(3)) % 3
    turned: Points = np.take_along_axis(screen, order[:, :, None], axis=1)
    return turned


def _on_screen(triangles: Triangles) -> Points:
    """Project onto the picture: X, Y in pixels, depth from 0 (far) to 1."""
    x, y, z = np.moveaxis(triangles.astype(np.float64), 2, 0)
    right = x * np.cos(_TURN) - y * np.sin(_TURN)
    back = x * np.sin(_TURN) + y * np.cos(_TURN)
    up = z * np.cos(_TILT) + back * np.sin(_TILT)
    near = z * np.sin(_TILT) - back * np.cos(_TILT)
    spans = [np.ptp(right), np.ptp(up)]
    scale = min((WIDTH_PX - 2 * MARGIN_PX) / spans[0], (HEIGHT_PX - 2 * MARGIN_PX) / spans[1])
    column = (right - right.min() - spans[0] / 2) * scale + WIDTH_PX / 2
    row = HEIGHT_PX / 2 - (up - up.min() - spans[1] / 2) * scale
    depth = (near - near.min()) / max(float(np.ptp(near)), 1e-9)
    return np.stack((column, row, depth), axis=2)


def _shades(triangles: Triangles) -> NDArray[np.uint64]:
    """Brightness of each triangle from 1 to 255, by its angle to the light; both sides are lit."""
    edges = (triangles[:, 1:] - triangles[:, :1]).astype(np.float64)
    normals = np.cross(edges[:, 0], edges[:, 1])
    lengths = np.linalg.norm(normals, axis=1)
    light = (normals @ _LIGHT) / np.where(lengths > 0, lengths, 1)
    shades: NDArray[np.uint64] = (70 + 180 * np.clip(0.5 + 0.5 * light, 0, 1)).astype(np.uint64)
    return shades


def _steps(screen: Points) -> NDArray[np.int64]:
    """How finely each triangle is dotted along its longest side and across it, in powers of two.

    Many large triangles over each other are dotted more coarsely: a picture may have gaps but ends in time.
    """
    side, other = (screen[:, 1:] - screen[:, :1])[:, :, :2].transpose(1, 0, 2)
    longest = np.linalg.norm(side, axis=1)
    height = np.abs(side[:, 0] * other[:, 1] - side[:, 1] * other[:, 0]) / np.maximum(longest, 1e-9)
    spans = np.stack((longest, height), axis=1) * 1.5
    dots = float(np.prod(np.maximum(spans, 1) * 1.5, axis=1).sum())
    fitted = spans * min(1.0, float(np.sqrt(DOT_LIMIT / dots)))
    steps: NDArray[np.int64] = 2 ** np.ceil(np.log2(np.maximum(fitted, 1))).astype(np.int64)
    return steps


def _weights(along: int, across: int) -> Points:
    """Barycentric points of a triangle in rows parallel to its first side, corners included."""
    s, t = np.meshgrid(np.linspace(0, 1, along + 1), np.linspace(0, 1, across + 1))
    first, third = ((1 - s) * (1 - t)).ravel(), t.ravel()
    return np.stack((first, 1 - first - third, third), axis=1)


def _paint(nearest: NDArray[np.uint64], points: Points, shades: NDArray[np.uint64]) -> None:
    """Keep for each pixel the nearest dot: depth in the high bits, shade in the low ones."""
    places = points[:, :, :2].astype(np.int64)
    pixels = places[:, :, 1] * WIDTH_PX + places[:, :, 0]
    keys = ((points[:, :, 2].clip(0, 1) * (2**32 - 1)).astype(np.uint64) << np.uint64(8)) | shades[:, None]
    np.maximum.at(nearest, pixels.ravel(), keys.ravel())


def _png(nearest: NDArray[np.uint64]) -> bytes:
    """Write shades as a PNG with transparency."""
    shade = (nearest & np.uint64(0xFF)).astype(np.float64)[..., None] / 255
    colour = np.where(shade < 0.6, _COLOUR * shade / 0.6, _COLOUR + (255 - _COLOUR) * (shade - 0.6) / 0.6)
    alpha = np.where(nearest > 0, 255, 0)[..., None]
    pixels = np.concatenate((colour.clip(0, 255), alpha), axis=2).astype(np.uint8)
    rows = np.concatenate((np.zeros((HEIGHT_PX, 1), np.uint8), pixels.reshape(HEIGHT_PX, -1)), axis=1)
    header = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 6, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
