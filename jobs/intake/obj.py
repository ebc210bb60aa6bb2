"""OBJ: corners and faces only; materials, names and comments are not read."""

from itertools import pairwise
from typing import Final

import numpy as np

from jobs.intake.mesh import Triangles
from jobs.intake.refusals import TRIANGLE_LIMIT, refused

CORNER_LIMIT: Final = 3 * TRIANGLE_LIMIT


def looks_like_obj(data: bytes) -> bool:
    """Whether text holds corners and faces."""
    head = b"\n" + data[:1_000_000]
    return b"\0" not in head and b"\nv " in head and (b"\nf " in head or b"\nf " in data)


def read_obj(data: bytes) -> Triangles:
    """Read an OBJ; polygons become fans of triangles."""
    corners: list[tuple[float, float, float]] = []
    faces: list[tuple[int, int, int]] = []
    try:
        for line in data.splitlines():
            if line.startswith(b"v "):
                x, y, z = line.split()[1:4]
                corners.append((float(x), float(y), float(z)))
            elif line.startswith(b"f "):
                faces.extend(_fan(line, len(corners)))
            if len(faces) > TRIANGLE_LIMIT or len(corners) > CORNER_LIMIT:
                raise refused("too-detailed")
    except ValueError as error:
        raise refused("broken") from error
    indices = np.array(faces, dtype=np.int64).reshape(-1, 3)
    if indices.size and (indices.min() < 0 or indices.max() >= len(corners)):
        raise refused("broken")
    return np.array(corners, dtype=np.float32).reshape(-1, 3)[indices]


def _fan(line: bytes, corners: int) -> list[tuple[int, int, int]]:
    """Triangles of one face; indices count from 1, or back from the newest corner when negative."""
    numbers = [int(word.split(b"/", 1)[0]) for word in line.split()[1:]]
    if len(numbers) < 3 or 0 in numbers:
        raise refused("broken")
    indices = [number - 1 if number > 0 else corners + number for number in numbers]
    return [(indices[0], second, third) for second, third in pairwise(indices[1:])]
