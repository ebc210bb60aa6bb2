"""Shapes as the bytes of files, whole and broken, for every test that needs something to bring."""

import io
import zipfile

import numpy as np
from numpy.typing import NDArray

_QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
Faces = list[tuple[int, int, int]]
HOOK = "/bin/touch"


def box_parts(x_mm: float, y_mm: float, z_mm: float) -> tuple[NDArray[np.float64], Faces]:
    """Corners and triangles of a closed box."""
    corners = np.array([[x, y, z] for x in (0, x_mm) for y in (0, y_mm) for z in (0, z_mm)], dtype=float)
    faces = [face for a, b, c, d in _QUADS for face in ((a, b, c), (a, c, d))]
    return corners, faces


def stl(triangles: NDArray[np.float64], header: bytes = b"", count: int | None = None) -> bytes:
    """A binary STL; `count` may lie."""
    declared = len(triangles) if count is None else count
    records = [np.concatenate((np.zeros(3), corners.ravel())) for corners in triangles]
    body = b"".join(record.astype("<f4").tobytes() + b"\0\0" for record in records)
    return header.ljust(80, b" ") + declared.to_bytes(4, "little") + body


def box(x_mm: float = 20.0, y_mm: float = 20.0, z_mm: float = 20.0) -> bytes:
    """A closed box as binary STL."""
    corners, faces = box_parts(x_mm, y_mm, z_mm)
    return stl(corners[np.array(faces)])


def cube(side_mm: float = 20.0) -> bytes:
    """A closed cube as binary STL."""
    return box(side_mm, side_mm, side_mm)


def open_box(side_mm: float = 20.0) -> bytes:
    """A cube without its lid, as binary STL: 4 open edges."""
    corners, faces = box_parts(side_mm, side_mm, side_mm)
    return stl(corners[np.array(faces[:-2])])


def ascii_cube(side_mm: float = 20.0) -> bytes:
    """A closed cube as ASCII STL, with a name that must not travel on."""
    corners, faces = box_parts(side_mm, side_mm, side_mm)
    lines = ["solid Zoe-Martin"]
    for face in faces:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += ["vertex " + " ".join(f"{value:e}" for value in corners[corner]) for corner in face]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid Zoe-Martin"]).encode()


def obj_cube(side_mm: float = 20.0) -> bytes:
    """A closed cube as OBJ, of quadrangles, one of them counted backwards."""
    corners, _ = box_parts(side_mm, side_mm, side_mm)
    lines = ["# Zoe-Martin", *(f"v {x} {y} {z}" for x, y, z in corners)]
    lines += ["f " + " ".join(f"{corner + 1}//1" for corner in quad) for quad in _QUADS[:-1]]
    lines.append("f " + " ".join(str(corner - 8) for corner in _QUADS[-1]))
    return "\n".join(lines).encode()


def model(side: float = 20.0, *, unit: str = "millimeter", build: str = "", prolog: str = "") -> str:
    """The model part of a 3MF with one cube; `build` replaces its one item."""
    corners, faces = box_parts(side, side, side)
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in corners)
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in faces)
    return (
        f'<?xml version="1.0"?>{prolog}<model unit="{unit}" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">'
        '<metadata name="Designer">Zoe-Martin</metadata>'
        f'<resources><object id="1" type="model" name="Zoe-Martin"><mesh><vertices>{vertices}</vertices>'
        f"<triangles>{triangles}</triangles></mesh></object></resources>"
        f"<build>{build or '<item objectid=' + chr(34) + '1' + chr(34) + '/>'}</build></model>"
    )


def package(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP of parts."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def three_mf(text: str | None = None) -> bytes:
    """A 3MF with one cube, or with the model part given."""
    return package({"3D/3dmodel.model": text or model()})


def scripted_3mf(mark: str) -> bytes:
    """A 3MF whose slicer settings would run a program that leaves a mark.

    Source: CVE-2023-47268, reproduced on PrusaSlicer 2.5.
    """
    config = f"; post_process = {HOOK} {mark}\n; start_gcode = M500\n"
    return package(
        {"3D/3dmodel.model": model(), "Metadata/Slic3r_PE.config": config, "Metadata/Zoe-Martin.png": "x"}
    )


def bomb_3mf(megabytes: int = 300) -> bytes:
    """A small 3MF that unfolds into hundreds of megabytes."""
    blank = b" " * 1_000_000
    whole = io.BytesIO()
    with (
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("3D/3dmodel.model", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(blank)
    return whole.getvalue()


def lying_bomb_3mf(megabytes: int = 300) -> bytes:
    """The same bomb, whose directory declares 1,000 bytes."""
    data = bytearray(bomb_3mf(megabytes))
    size = (megabytes * 1_000_000).to_bytes(4, "little")
    central = data.rindex(b"PK\x01\x02")
    assert data[central + 24 : central + 28] == size
    data[central + 24 : central + 28] = (1000).to_bytes(4, "little")
    return bytes(data)
