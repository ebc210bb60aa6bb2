"""STL, binary and ASCII; the plain binary form is also the one we write."""

import re
from typing import Final

import numpy as np

from jobs.intake.mesh import Mesh, Triangles
from jobs.intake.refusals import TRIANGLE_LIMIT, refused

HEADER_BYTES: Final = 80
RECORD: Final = np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"vertex[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)")


def binary_count(data: bytes) -> int | None:
    """Triangles that a binary STL declares, None when the bytes are too short for a header."""
    if len(data) < HEADER_BYTES + 4:
        return None
    return int.from_bytes(data[HEADER_BYTES : HEADER_BYTES + 4], "little")


def binary_length(count: int) -> int:
    """Bytes that a binary STL with so many triangles has."""
    return HEADER_BYTES + 4 + count * RECORD.itemsize


def read_binary(data: bytes) -> Triangles:
    """Read a binary STL whose count was found to fit its length."""
    count = binary_count(data) or 0
    if count > TRIANGLE_LIMIT:
        raise refused("too-detailed")
    records = np.frombuffer(data, dtype=RECORD, count=count, offset=HEADER_BYTES + 4)
    return np.ascontiguousarray(records["corners"], dtype=np.float32)


def read_ascii(data: bytes) -> Triangles:
    """Read an ASCII STL; facets must be whole and the file must reach its end."""
    lowered = data.lower()
    facets = lowered.count(b"endfacet")
    if facets > TRIANGLE_LIMIT:
        raise refused("too-detailed")
    corners = _VERTEX.findall(lowered)
    if len(corners) != 3 * facets or b"endsolid" not in lowered[-400:]:
        raise refused("broken")
    try:
        numbers = [[float(x), float(y), float(z)] for x, y, z in corners]
    except ValueError as error:
        raise refused("numbers") from error
    return np.array(numbers, dtype=np.float32).reshape(-1, 3, 3)


def write_stl(mesh: Mesh) -> bytes:
    """Write a mesh as plain binary STL with an empty header: nothing of the upload but its shape."""
    records = np.zeros(len(mesh.triangles), dtype=RECORD)
    records["corners"] = mesh.triangles
    edges = mesh.triangles[:, 1:] - mesh.triangles[:, :1]
    normals = np.cross(edges[:, 0], edges[:, 1])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records["normal"] = normals / np.where(lengths > 0, lengths, 1)
    return bytes(HEADER_BYTES) + len(records).to_bytes(4, "little") + records.tobytes()
