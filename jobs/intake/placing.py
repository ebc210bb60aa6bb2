"""Where a shape stands on the bed, turned if only that fits."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh, open_edges

BORDER_MM: Final = 6.0
"""Room on each side for the brim and for the line that primes the nozzle."""
TOP_MM: Final = 5.0
THIN_MM: Final = 0.4


@dataclass(frozen=True, slots=True)
class Placed:
    """A mesh on the bed, its size before being turned, and what a person should know about it."""

    mesh: Mesh
    warnings: tuple[Sentence, ...]
    open_edges: int


def place(mesh: Mesh, bed_mm: tuple[float, float, float]) -> Placed:
    """Centre a shape on the bed at z = 0, turned 90° if only that fits.

    Raises:
        DesignRefusedError: it is too large, and by how much.
    """
    room = (bed_mm[0] - 2 * BORDER_MM, bed_mm[1] - 2 * BORDER_MM, bed_mm[2] - TOP_MM)
    warnings = [*_warnings(mesh)]
    if not _fits(mesh.size_mm, room):
        turned = mesh.turned()
        if not _fits(turned.size_mm, room):
            raise _too_large(mesh.size_mm, room)
        mesh = turned
        warnings.append(
            Sentence("La forme est tournée d'un quart de tour.", "The shape is turned by a quarter.")
        )
    edges = open_edges(mesh)
    if edges:
        warnings.append(_not_closed(edges))
    middle = (mesh.low_mm + mesh.high_mm) / 2
    target = np.array([bed_mm[0] / 2, bed_mm[1] / 2, 0.0])
    return Placed(
        mesh.moved(target - np.array([middle[0], middle[1], mesh.low_mm[2]])), tuple(warnings), edges
    )


def _fits(size_mm: tuple[float, float, float], room_mm: tuple[float, float, float]) -> bool:
    return all(size <= room for size, room in zip(size_mm, room_mm, strict=True))


def _too_large(
    size_mm: tuple[float, float, float], room_mm: tuple[float, float, float]
) -> DesignRefusedError:
    size, room = _dimensions(size_mm), _dimensions(room_mm)
    return DesignRefusedError(
        "too-large",
        Sentence(
            f"Ta forme fait {size} : c'est trop grand. La machine va jusqu'à {room}.",
            f"Your shape measures {size}: that is too large. The machine goes up to {room}.",
        ),
    )


def _not_closed(edges: int) -> Sentence:
    return Sentence(
        f"La forme n'est pas fermée ({edges} bords ouverts) : le résultat peut surprendre.",
        f"The shape is not closed ({edges} open edges): the result may surprise.",
    )


def _warnings(mesh: Mesh) -> list[Sentence]:
    """What looks wrong about the size."""
    size = _dimensions(mesh.size_mm)
    largest = max(mesh.size_mm)
    if largest < 1:
        return [
            Sentence(
                f"La forme est minuscule ({size}). Est-elle en mètres ? Alors agrandis-la 1000 fois.",
                f"The shape is tiny ({size}). Is it in metres? Then enlarge it 1000 times.",
            )
        ]
    if largest < 10:
        return [
            Sentence(
                f"La forme est très petite ({size}). Est-elle en pouces ? Alors agrandis-la 25,4 fois.",
                f"The shape is very small ({size}). Is it in inches? Then enlarge it 25.4 times.",
            )
        ]
    if min(mesh.size_mm) < THIN_MM:
        return [Sentence(f"La forme est très fine ({size}).", f"The shape is very thin ({size}).")]
    return []


def _dimensions(size_mm: tuple[float, float, float]) -> str:
    """Write a size for people."""
    return " × ".join(f"{value:.0f}" if value >= 10 else f"{value:.2g}" for value in size_mm) + " mm"
