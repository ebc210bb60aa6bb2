"""Where shapes stand on the bed: turned if only that fits, shrunk if that is wished, side by side."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh
from jobs.intake.refusals import TRIANGLE_LIMIT, refused

BORDER_MM: Final = 6.0
"""Room on each side for the brim and for the line that primes the nozzle."""
TOP_MM: Final = 5.0
GAP_MM: Final = 10.0
"""Between copies: room for two brims and the nozzle's cone."""
Size = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How many of a shape, and whether one that is too large may be shrunk."""

    copies: int = 1
    fit: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Shapes on the bed, and what a person should know about where they stand."""

    mesh: Mesh
    warnings: tuple[Sentence, ...] = ()


ONE: Final = Layout()


def place(mesh: Mesh, bed_mm: Size, layout: Layout = ONE) -> Placed:
    """Stand copies of a shape in the middle of the bed at z = 0.

    Raises:
        DesignRefusedError: it is too large, and by how much; or so many copies do not fit.
    """
    room = (bed_mm[0] - 2 * BORDER_MM, bed_mm[1] - 2 * BORDER_MM, bed_mm[2] - TOP_MM)
    warnings: list[Sentence] = []
    share = max(_share(mesh.size_mm, room), _share(mesh.turned().size_mm, room))
    if share < 1:
        if not layout.fit:
            raise _too_large(mesh.size_mm, room, share)
        mesh = mesh.scaled(share)
        warnings.append(_shrunk(share))
    if _rows(mesh.size_mm, room, layout.copies) is None:
        mesh = mesh.turned()
        warnings.append(_TURNED)
    rows = _rows(mesh.size_mm, room, layout.copies)
    if rows is None:
        raise _too_many(mesh, room)
    if layout.copies * len(mesh.triangles) > TRIANGLE_LIMIT:
        raise refused("too-detailed")
    whole = _copied(mesh, rows)
    middle = (whole.low_mm + whole.high_mm) / 2
    target = np.array([bed_mm[0] / 2, bed_mm[1] / 2, 0.0])
    shift = target - np.array([middle[0], middle[1], whole.low_mm[2]])
    return Placed(whole.moved(shift), tuple(warnings))


def _share(size_mm: Size, room_mm: Size) -> float:
    """By how much a shape may grow, or has to shrink, to fill the room."""
    return min(room / max(size, 1e-9) for size, room in zip(size_mm, room_mm, strict=True))


def _columns(size_mm: Size, room_mm: Size) -> tuple[int, int]:
    """How many fit side by side, and how many behind each other."""
    across, behind = (
        math.floor((room + GAP_MM) / (size + GAP_MM) + 1e-9)
        for size, room in zip(size_mm[:2], room_mm[:2], strict=True)
    )
    return across, behind


def _rows(size_mm: Size, room_mm: Size, copies: int) -> list[int] | None:
    """How many stand in each row, None when they do not fit."""
    across, behind = _columns(size_mm, room_mm)
    if size_mm[2] > room_mm[2] or across * behind < copies:
        return None
    wide = min(across, max(math.ceil(copies / behind), math.ceil(math.sqrt(copies))))
    return [min(wide, copies - first) for first in range(0, copies, wide)]


def _copied(mesh: Mesh, rows: list[int]) -> Mesh:
    """Shapes in rows, `GAP_MM` apart."""
    step = np.array(mesh.size_mm) + GAP_MM
    places = [(column, row) for row, wide in enumerate(rows) for column in range(wide)]
    copies = [mesh.moved(np.array([x * step[0], y * step[1], 0.0])).triangles for x, y in places]
    return Mesh(np.concatenate(copies))


def dimensions(size_mm: Size) -> str:
    """Write a size for people."""
    return " × ".join(f"{value:.0f}" if value >= 10 else f"{value:.2g}" for value in size_mm) + " mm"


def _too_large(size_mm: Size, room_mm: Size, share: float) -> DesignRefusedError:
    size, room, percent = dimensions(size_mm), dimensions(room_mm), math.floor(100 * share)
    return DesignRefusedError(
        "too-large",
        Sentence(
            f"Ta forme fait {size} : c'est trop grand. La machine va jusqu'à {room} : réduis-la à "
            f"{percent} %.",
            f"Your shape measures {size}: that is too large. The machine goes up to {room}: shrink it to "
            f"{percent} %.",
        ),
    )


def _shrunk(share: float) -> Sentence:
    percent = math.floor(100 * share)
    return Sentence(
        f"La forme était trop grande : elle est réduite à {percent} %.",
        f"The shape was too large: it is shrunk to {percent} %.",
        "shrunk",
    )


def _too_many(mesh: Mesh, room_mm: Size) -> DesignRefusedError:
    most = max(math.prod(_columns(one.size_mm, room_mm)) for one in (mesh, mesh.turned()))
    return DesignRefusedError(
        "too-many",
        Sentence(
            f"Il n'y a pas assez de place : {most} au plus.", f"There is not enough room: {most} at most."
        ),
    )


_TURNED: Final = Sentence(
    "La forme est tournée d'un quart de tour.", "The shape is turned by a quarter.", "turned"
)
