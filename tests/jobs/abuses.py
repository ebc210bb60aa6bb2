"""A folder of files that nobody should bring, each with what has to become of it."""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tests.jobs import meshes

MARK: Final = "mark-of-an-escape"
"""A file of this name beside the abuses would mean that something inside one of them was run."""


@dataclass(frozen=True, slots=True)
class Abuse:
    """How to put one file into a folder; the code of its refusal, or of the warning it is made with."""

    name: str
    machine: str
    put: Callable[[Path], None]
    refused: str = ""
    flagged: str = ""


def _bytes(data: Callable[[Path], bytes] | bytes) -> Callable[[Path], None]:
    """Write a file; some have to know where they stand."""

    def put(path: Path) -> None:
        path.write_bytes(data if isinstance(data, bytes) else data(path))

    return put


def _mark(path: Path) -> str:
    return str(path.parent / MARK)


def _mesh(name: str, data: Callable[[Path], bytes] | bytes, refused: str = "", flagged: str = "") -> Abuse:
    return Abuse(name, "i3", _bytes(data), refused, flagged)


def _svg(name: str, inside: str, refused: str = "", prolog: str = "") -> Abuse:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    text = f'<?xml version="1.0"?>{prolog}{head} width="60mm" height="40mm">{inside}</svg>'
    return Abuse(name, "mill", _bytes(text.encode()), refused)


def _program(name: str, text: bytes, refused: str) -> Abuse:
    return Abuse(name, "i3", _bytes(text), refused)


def crowded() -> bytes:
    """Two cubes that share one edge: no object can be so."""
    corners, faces = meshes.box_parts(20, 20, 20)
    one = corners[np.array(faces)]
    return meshes.stl(np.concatenate((one, one + np.array([20.0, 20.0, 0.0]))))


def not_a_number() -> bytes:
    """A cube, one of whose corners is nowhere."""
    corners, faces = meshes.box_parts(20, 20, 20)
    triangles = corners[np.array(faces)]
    triangles[0, 0, 0] = np.nan
    return meshes.stl(triangles)


def nested_zip(levels: int = 6) -> bytes:
    """A bomb in a package in a package."""
    data = meshes.bomb_3mf(60)
    for _ in range(levels):
        data = meshes.package({"3D/3dmodel.model": data, "inner.zip": data})
    return data


def overlapping_zip(entries: int = 400) -> bytes:
    """One block of 600 kB that every entry of the directory claims as its own.

    Source: D. Fifield, "A better zip bomb", 2019.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("3D/3dmodel.model", meshes.model() + " " * 600_000)
        first = archive.infolist()[0]
        for number in range(entries):
            again = zipfile.ZipInfo(f"3D/part{number}.model")
            for key in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(again, key, getattr(first, key))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    return whole.getvalue()


_CUBE = meshes.cube()


def declaring(count: int, data: bytes = _CUBE) -> bytes:
    """An STL that says how many triangles it has."""
    return data[:80] + count.to_bytes(4, "little") + data[84:]


def soup(count: int) -> bytes:
    """Triangles anywhere in a cube of 150 mm: nothing fits anything."""
    return meshes.stl(np.random.default_rng(3).random((count, 3, 3)) * 150)


_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_USES = (
    '<defs><rect id="u0" width="9" height="9" stroke="red"/>'
    + "".join(f'<g id="u{n + 1}">' + f'<use xlink:href="#u{n}"/>' * 10 + "</g>" for n in range(9))
    + '</defs><use xlink:href="#u9"/>'
)

ABUSES: Final = (
    _mesh("empty.stl", b"", "empty"),
    _mesh("empty.3mf", b"", "empty"),
    _mesh("garbage.stl", bytes(range(256)) * 40, "not-a-shape"),
    _mesh("text.obj", b"Bonjour !\n" * 90, "not-a-shape"),
    _mesh("truncated.stl", _CUBE[:-70], "broken"),
    _mesh("truncated-ascii.stl", meshes.ascii_cube()[:-120], "broken"),
    _mesh("truncated.3mf", meshes.three_mf()[:-30], "broken"),
    _mesh("count-too-high.stl", declaring(13), "broken"),
    _mesh(
        "count-of-billions.stl",
        declaring(4_000_000_000),
        "not-a-shape",
    ),
    _mesh("not-a-number.stl", not_a_number(), "numbers"),
    _mesh("flat.stl", meshes.box(20, 20, 0), "flat"),
    _mesh("metres.stl", meshes.box(0.9, 0.9, 0.9), flagged="perhaps-metres"),
    _mesh("open.stl", meshes.open_box(), flagged="open"),
    _mesh("without-a-side.stl", meshes.open_box(missing=0), "open"),
    _mesh("centimetres-as-metres.stl", meshes.box(0.02, 0.02, 0.02), "perhaps-metres"),
    _mesh("not-manifold.stl", crowded(), flagged="not-manifold"),
    _mesh("too-tall.stl", meshes.box(211, 211, 300), "too-large"),
    _mesh("program.stl", b"\x7fELF" + _CUBE[4:], "not-a-shape"),
    _mesh("script.stl", lambda path: f"#!/bin/sh\ntouch {_mark(path)}\n".encode() * 9, "not-a-shape"),
    _mesh("zip-bomb.3mf", lambda _path: meshes.bomb_3mf(300), "too-heavy"),
    _mesh("zip-bomb-that-lies.3mf", lambda _path: meshes.lying_bomb_3mf(300), "broken"),
    _mesh("zip-in-zip.3mf", lambda _path: nested_zip(), "broken"),
    _mesh("zip-that-overlaps.3mf", lambda _path: overlapping_zip(), "broken"),
    _mesh("zip-of-501.3mf", meshes.package({str(n): "" for n in range(501)}), "too-heavy"),
    _mesh("post-process.3mf", lambda path: meshes.scripted_3mf(_mark(path)), flagged="settings-ignored"),
    _mesh("doctype.3mf", meshes.three_mf(meshes.model(prolog="<!DOCTYPE model>")), "doctype"),
    _mesh("entity-bomb.3mf", meshes.three_mf(meshes.model(prolog=_LAUGHS)), "doctype"),
    _mesh("sixty-megabytes.stl", lambda _path: bytes(60_000_001), "too-heavy"),
    _mesh(
        "600001-triangles.stl",
        lambda _path: declaring(600_001, bytes(84 + 50 * 600_001)),
        "too-detailed",
    ),
    _svg("use-bomb.svg", _USES, "svg"),
    _svg("use-of-itself.svg", '<g id="a"><use xlink:href="#a"/></g>', "svg"),
    _svg("entity-bomb.svg", "<text>&i;</text>", "svg_doctype", _LAUGHS),
    _svg("doctype.svg", '<rect width="9" height="9" stroke="red"/>', "svg_doctype", "<!DOCTYPE svg>"),
    _svg(
        "outside-entity.svg",
        "<text>&e;</text>",
        "svg_doctype",
        '<!DOCTYPE s [<!ENTITY e SYSTEM "/etc/passwd">]>',
    ),
    _svg(
        "script.svg",
        '<script>alert(1)</script><rect width="9" height="9" stroke="red" onload="alert(1)"/>',
        "svg",
    ),
    Abuse("garbage.svg", "mill", _bytes(bytes(range(256)) * 9), "svg"),
    Abuse("empty.svg", "mill", _bytes(b""), "svg"),
    _program("save-settings.gcode", b"G28\nM500\n", "command"),
    _program("too-hot.gcode", b"M104 S300\nG28\n", "range"),
    Abuse("realtime-bytes.nc", "mill", _bytes("G21\nG90\nG1 X1 F100 (à)\n!\n".encode()), "bytes"),
    Abuse("settings.nc", "mill", _bytes(b"G21\nG90\n$N0=M3\n"), "setting"),
    _mesh("soup.stl", lambda _path: soup(3000), "slicer"),
    Abuse("folder.stl", "i3", lambda path: path.mkdir(), "no-file"),
    Abuse("pipe.stl", "i3", os.mkfifo, "no-file"),
    Abuse("dangling.stl", "i3", lambda path: path.symlink_to("nowhere"), "no-file"),
    Abuse("device.stl", "i3", lambda path: path.symlink_to("/dev/zero"), "no-file"),
    Abuse("passwords.stl", "i3", lambda path: path.symlink_to("/etc/passwd"), "not-a-shape"),
)
"""`refused` begins the code of the refusal; a row without one is made, with the warning `flagged`."""
