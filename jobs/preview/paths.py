"""The path stream: what a browser needs to draw a program, layer by layer (docs/path-stream.md)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from jobs.arrays import IntArray
from jobs.preview.varint import packed, unpacked

MAGIC: Final = b"DIPP"
VERSION: Final = 1
HEAD: Final = struct.Struct("<4sBBHI")
LAYER: Final = struct.Struct("<iiiII")
UNIT_UM: Final = 10


class Kind(IntEnum):
    """What the tool does along a run of points."""

    TRAVEL = 0
    EXTRUDE = 1
    CUT = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One way of the tool; (n, 2) points in units of 0.01 mm, the first one where the run before ended."""

    kind: Kind
    points: IntArray


@dataclass(frozen=True, slots=True)
class Layer:
    """What happens at one height, in units of 0.01 mm."""

    z: int
    runs: tuple[Run, ...]


class PathStreamError(Exception):
    """The bytes are no path stream."""


def write_paths(layers: list[Layer]) -> bytes:
    """Write layers, each of at least one run."""
    return HEAD.pack(MAGIC, VERSION, 0, UNIT_UM, len(layers)) + b"".join(map(_layer_bytes, layers))


def read_paths(data: bytes) -> list[Layer]:
    """Read a stream back.

    Raises:
        PathStreamError: it is none, or it is cut off.
    """
    try:
        magic, version, _, unit_um, count = HEAD.unpack_from(data)
        if (magic, version, unit_um) != (MAGIC, VERSION, UNIT_UM):
            raise PathStreamError("These bytes are no path stream of this version.")
        layers = list(_layers(data, count))
    except (struct.error, ValueError, IndexError) as error:
        raise PathStreamError("The path stream is damaged.") from error
    return layers


def _layer_bytes(layer: Layer) -> bytes:
    first = layer.runs[0].points[0]
    numbers: list[IntArray] = []
    for run in layer.runs:
        steps = np.diff(run.points, axis=0)
        numbers += [np.array([run.kind, len(steps)]), steps.ravel()]
    body = packed(np.concatenate(numbers))
    return LAYER.pack(layer.z, *first.tolist(), len(layer.runs), len(body)) + body


def _layers(data: bytes, count: int) -> Iterator[Layer]:
    at = HEAD.size
    for _ in range(count):
        z, x, y, runs, size = LAYER.unpack_from(data, at)
        at += LAYER.size
        if at + size > len(data):
            raise ValueError("The last layer is cut off.")
        yield Layer(z, tuple(_runs(unpacked(data[at : at + size]), runs, np.array([x, y]))))
        at += size


def _runs(numbers: IntArray, count: int, place: IntArray) -> Iterator[Run]:
    at = 0
    for _ in range(count):
        kind, steps = Kind(int(numbers[at])), int(numbers[at + 1])
        at += 2
        if not 0 < steps <= (numbers.size - at) // 2:
            raise ValueError("A run is cut off.")
        moved = np.concatenate(([[0, 0]], numbers[at : at + 2 * steps].reshape(-1, 2)))
        points = place + np.cumsum(moved, axis=0)
        yield Run(kind, points)
        place, at = points[-1], at + 2 * steps
