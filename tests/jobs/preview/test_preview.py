"""The path stream and its picture: what is drawn is what the program does."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.gcode import Program
from jobs.arrays import IntArray
from jobs.machines import I3, MILL
from jobs.preview.layers import paths_of
from jobs.preview.paths import Kind, Layer, PathStreamError, Run, read_paths, write_paths
from jobs.preview.picture import HEIGHT_PX, WIDTH_PX, layers_png
from jobs.preview.varint import packed, unpacked

PRINTING = b"""G28\nG90\nM83\nG1 Z0.2 F600\nG1 X10 Y10 F6000\nG1 X30 E1 F1800\nG1 Y30 E1\nG1 E-1 F2400
G1 Z0.4\nG1 X10 Y10 F6000\nG1 X20.5 E.5\n"""
COORDINATES = st.integers(-(2**27), 2**27)


@st.composite
def streams(draw: st.DrawFn) -> list[Layer]:
    """Any layers: each run begins where the one before ended."""
    layers = []
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.tuples(COORDINATES, COORDINATES))
        runs = []
        for _ in range(draw(st.integers(1, 4))):
            points = [place, *draw(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=6))]
            runs.append(Run(draw(st.sampled_from(Kind)), np.array(points)))
            place = points[-1]
        layers.append(Layer(draw(COORDINATES), tuple(runs)))
    return layers


def plain(layers: list[Layer]) -> list[object]:
    """Layers as lists, which can be compared."""
    return [(layer.z, [(run.kind, run.points.tolist()) for run in layer.runs]) for layer in layers]


@settings(max_examples=200)
@given(streams())
def test_what_is_written_is_read(layers: list[Layer]):
    """Round trip of any layers."""
    assert plain(read_paths(write_paths(layers))) == plain(layers)


@settings(max_examples=200)
@given(st.binary(max_size=80), streams(), st.integers(0, 60))
def test_damaged_streams_are_an_error_and_nothing_else(noise: bytes, layers: list[Layer], cut: int):
    """Noise, or a stream cut off anywhere, is read or refused."""
    for data in (noise, write_paths(layers)[:-cut], b"DIPP\1\0\n\0" + noise):
        try:
            read_paths(data)
        except PathStreamError:
            continue


@given(st.lists(st.integers(-(2**33), 2**33)))
def test_numbers_take_few_bytes_and_come_back(values: list[int]):
    """Small steps, which are most, take one byte."""
    data = packed(np.array(values, np.int64))
    assert unpacked(data).tolist() == values
    assert len(data) <= 5 * len(values)
    assert len(packed(np.array([-64, 63, 0]))) == 3


def test_a_print_is_its_lines_by_layer():
    """Two layers, travels told from plastic, in hundredths of a millimetre."""
    first, second = read_paths(paths_of(Program.from_bytes(PRINTING), I3))
    assert (first.z, second.z) == (20, 40)
    assert plain([first])[0] == (
        20,
        [
            (Kind.TRAVEL, [[0, 0], [1000, 1000]]),
            (Kind.EXTRUDE, [[1000, 1000], [3000, 1000], [3000, 3000]]),
            (Kind.TRAVEL, [[3000, 3000], [1000, 1000]]),
        ],
    )
    assert plain([second])[0][1] == [(Kind.EXTRUDE, [[1000, 1000], [2050, 1000]])]


def test_a_mill_cuts():
    """Each depth is a layer; arcs are drawn as arcs."""
    lines = b"G21\nG90\nG0 Z3\nG0 X10 Y10\nM3 S9000\n"
    lines += b"G1 Z-1 F200\nG2 X20 Y10 I5 J0 F600\nG1 Z-2\nG1 X10\nG0 Z3\nM5\n"
    shallow, deep = read_paths(paths_of(Program.from_bytes(lines), MILL))
    assert (shallow.z, deep.z) == (-100, -200)
    cut = shallow.runs[-1]
    assert cut.kind is Kind.CUT
    assert np.hypot(cut.points[:, 0] - 1500, cut.points[:, 1] - 1000) == pytest.approx(500, abs=1.5)


def test_a_huge_program_stays_small():
    """Detail goes first, then travels and layers; the shape stays where it is."""
    program = spiral(20_000)
    whole = paths_of(program, I3)
    for most_bytes in (40_000, 12_000, 3_000):
        small = paths_of(program, I3, most_bytes=most_bytes)
        assert len(small) <= most_bytes < len(whole)
        assert reach(read_paths(small)) == pytest.approx(reach(read_paths(whole)), rel=0.03)


def test_a_program_of_nothing_is_an_empty_stream():
    """No moves, no layers, and a picture of nothing."""
    layers = read_paths(paths_of(Program.from_bytes(b"G28\nG21\n"), I3))
    assert layers == []
    assert not alpha(layers_png(layers)).any()


def test_the_picture_shows_what_is_made():
    """A PNG with paint where the ring is and none in its middle; travels are not painted."""
    paint = alpha(layers_png(read_paths(paths_of(spiral(4000), I3))))
    assert paint.shape == (HEIGHT_PX, WIDTH_PX)
    assert 0.01 < paint.mean() < 0.6
    assert not paint[HEIGHT_PX // 2 - 4 : HEIGHT_PX // 2 + 4, WIDTH_PX // 2 - 4 : WIDTH_PX // 2 + 4].any()
    assert paint[:, : WIDTH_PX // 2].any()
    assert paint[:, WIDTH_PX // 2 :].any()


def spiral(steps: int) -> Program:
    """A low ring in a vase's spiral."""
    angles = np.arange(steps) * 2 * np.pi / 200
    lines = ["G28", "G90", "M83", "G1 Z0.2 F600", "G1 X140 Y110 F6000"]
    lines += [
        f"G1 X{110 + 30 * np.cos(a):.3f} Y{110 + 30 * np.sin(a):.3f} Z{0.2 + a * 0.002:.3f} E.02"
        for a in angles
    ]
    return Program.from_lines(line.encode() for line in lines)


def reach(layers: list[Layer]) -> list[int]:
    """The box of what is made."""
    points: IntArray = np.concatenate(
        [run.points for layer in layers for run in layer.runs if run.kind is not Kind.TRAVEL]
    )
    return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]


def alpha(png: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where a PNG of ours has paint."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at = png.index(b"IDAT")
    size = struct.unpack(">I", png[at - 4 : at])[0]
    rows = np.frombuffer(zlib.decompress(png[at + 4 : at + 4 + size]), np.uint8).reshape(HEIGHT_PX, -1)
    return rows[:, 1:].reshape(HEIGHT_PX, WIDTH_PX, 4)[:, :, 3] > 0
