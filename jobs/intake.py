"""What may enter: the type is read from the content, never from a name, and the shape is put on the bed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake_3mf import read_3mf
from jobs.intake_mesh import Mesh, Triangles, is_flat, open_edges
from jobs.intake_obj import looks_like_obj, read_obj
from jobs.intake_refusals import COORDINATE_LIMIT_MM, SIZE_LIMIT_BYTES, refused
from jobs.intake_stl import binary_count, binary_length, read_ascii, read_binary

BORDER_MM: Final = 6.0
"""Room on each side for the brim and for the line that primes the nozzle."""
TOP_MM: Final = 5.0
SMALL_MM: Final = 5.0
THIN_MM: Final = 0.4

_FOREIGN: Final = (
    b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"#!", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b", b"<", b"\xef\xbb\xbf<", b"RIFF", b"BM6", b"\xca\xfe\xba\xbe", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
"""How programs, pictures, archives and documents begin: refused even when the rest would pass as STL."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mesh on the bed, its size before being turned, and what a person should know about it."""

    mesh: Mesh
    warnings: tuple[Sentence, ...]
    open_edges: int


def read_mesh(data: bytes) -> Mesh:
    """Read an uploaded shape.

    Raises:
        DesignRefusedError: it is no shape, malformed, hostile or too detailed.
    """
    try:
        triangles = _read(data)
    except OverflowError as error:
        raise refused("numbers") from error
    if not len(triangles):
        raise refused("no-triangles")
    if not np.isfinite(triangles).all() or np.abs(triangles).max() > COORDINATE_LIMIT_MM:
        raise refused("numbers")
    mesh = Mesh(triangles)
    if is_flat(mesh):
        raise refused("flat")
    return mesh


def _read(data: bytes) -> Triangles:
    """Choose the reader by content."""
    if not data:
        raise refused("empty")
    if len(data) > SIZE_LIMIT_BYTES:
        raise refused("too-heavy")
    if data.startswith(b"PK"):
        return read_3mf(data)
    if data.startswith(_FOREIGN):
        raise refused("not-a-shape")
    count = binary_count(data)
    if count is not None and len(data) == binary_length(count):
        return read_binary(data)
    if data[:200].lstrip().lower().startswith(b"solid") and b"\0" not in data[:200]:
        return read_ascii(data)
    if looks_like_obj(data):
        return read_obj(data)
    plausible = count is not None and 0 < count < 20_000_000 and not data[:400].isascii()
    raise refused("broken" if plausible else "not-a-shape")


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
