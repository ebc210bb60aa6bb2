"""The small picture of a shape."""

import time
import zlib

import numpy as np

from jobs.intake.mesh import Mesh
from jobs.intake.reading import read_mesh
from jobs.prepare.mesh_picture import HEIGHT_PX, WIDTH_PX, picture_png
from tests.jobs import meshes


def pixels(png: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Red, green, blue and opacity of each pixel of a picture of ours."""
    start = png.index(b"IDAT") + 4
    length = int.from_bytes(png[start - 8 : start - 4], "big")
    rows = np.frombuffer(zlib.decompress(png[start : start + length]), np.uint8)
    return rows.reshape(HEIGHT_PX, 1 + 4 * WIDTH_PX)[:, 1:].reshape(HEIGHT_PX, WIDTH_PX, 4)


def test_a_cube_shows_three_faces_without_gaps() -> None:
    """Three shades, each over a good part of the picture, and every row one unbroken run."""
    picture = pixels(picture_png(read_mesh(meshes.cube())))
    opaque = picture[:, :, 3] > 0
    _, counts = np.unique(picture[opaque], axis=0, return_counts=True)
    large = counts > 3000
    assert large.sum() == 3
    assert counts[large].sum() > 0.98 * opaque.sum()
    assert all(np.ptp(np.flatnonzero(row)) + 1 == row.sum() for row in opaque if row.any())


def test_slivers_and_clutter_are_painted_in_time() -> None:
    """50,000 large triangles over each other take no more than seconds."""
    random = np.random.default_rng(1)
    clutter = Mesh((random.random((50_000, 3, 3)) * 100).astype(np.float32))
    started_s = time.process_time()
    assert picture_png(clutter).startswith(b"\x89PNG")
    assert time.process_time() - started_s < 20
