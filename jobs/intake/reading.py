"""What may enter: a shape, whose type is read from the content, never from a name."""

from typing import Final

import numpy as np

from jobs.intake.mesh import Mesh, Triangles, is_flat
from jobs.intake.obj import looks_like_obj, read_obj
from jobs.intake.refusals import COORDINATE_LIMIT_MM, SIZE_LIMIT_BYTES, refused
from jobs.intake.stl import binary_count, binary_length, read_ascii, read_binary
from jobs.intake.threemf import read_3mf

_FOREIGN: Final = (
    b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"#!", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b", b"<", b"\xef\xbb\xbf<", b"RIFF", b"BM6", b"\xca\xfe\xba\xbe", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
"""How programs, pictures, archives and documents begin: refused even when the rest would pass as STL."""


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
