"""Where a program ends and how far it reaches, by its text alone."""

import pytest

from drivers.gcode import Program
from drivers.grbl.reckoning import Bounds, Reckoning, bounds_of
from drivers.types import Position

START = Position(1, 2, 3)


def reckon(*lines: bytes) -> Reckoning:
    """Follow lines from the start."""
    reckoning = Reckoning()
    reckoning.begin(START)
    for line in lines:
        reckoning.follow(line)
    return reckoning


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ((), (1, 2, 3)),
        ((b"G90 G0 X5", b"Y-7.25"), (5, -7.25, 3)),
        ((b"g91 g1 x5 f100", b"x-.5 y 1 0"), (5.5, 12, 3)),
        ((b"G20 G90 G0 Z1",), (1, 2, 25.4)),
        ((b"G91 G0 X5", b"M2", b"X5"), (5, 2, 3)),
        ((b"G4 P2", b"G1 Y8 F10"), (1, 8, 3)),
        ((b"G2 X3 Y2 I1 J0 F10",), (3, 2, 3)),
        ((b"G92 X0", b"G90 G0 X4 Y4 Z4"), (4, 4, 4)),
        ((b"G17 G94 M3 S10000 T1",), (1, 2, 3)),
    ],
)
def test_end_of_a_program(lines: tuple[bytes, ...], end: tuple[float, float, float]):
    """Units, distances, arcs and rests lead to the end that GRBL reports; a step aside is a miss."""
    reckoning = reckon(*lines)
    assert not reckoning.misses(Position(*end))
    for axis in range(3):
        aside = list(end)
        aside[axis] += 0.1
        assert reckoning.misses(Position(*aside))


@pytest.mark.parametrize(
    "line", [b"G28", b"G30", b"G92 X0", b"G10 L20 P1 X0", b"G55", b"G38.2 Z-5 F9", b"G49"]
)
def test_unknown_places_are_never_a_miss(line: bytes):
    """After a move or an offset that the text does not tell, nothing is claimed until a place is named."""
    reckoning = reckon(line)
    assert not reckoning.misses(Position(70, 80, 90))
    assert not reckoning.strays(Position(70, 80, 90))
    reckoning.follow(b"G90 G0 X1")
    assert reckoning.misses(Position(2, 80, 90))


def test_machine_coordinates_hide_only_their_axes():
    """G53 G0 Z0 leaves X and Y known."""
    reckoning = reckon(b"G53 G0 Z0")
    assert not reckoning.misses(Position(1, 2, 99))
    assert reckoning.misses(Position(1.2, 2, 99))


def test_straying_is_being_outside_of_all_that_was_sent():
    """Anywhere between start and ends is fine, an arc may bulge by its diameter, beyond it is astray."""
    reckoning = reckon(b"G90 G1 X10 F100")
    assert reckoning.strays(Position(6, 2, 3.1))
    assert reckoning.strays(Position(10.1, 2, 3))
    reckoning.follow(b"G2 X12 I1 J0")
    assert not reckoning.strays(Position(6, 2, 3))
    assert not reckoning.strays(Position(11, 3, 3))
    assert reckoning.strays(Position(15, 2, 3))


def test_unknown_start_cannot_be_strayed_from():
    """Before the first report nothing is known of where the tool comes from."""
    reckoning = Reckoning()
    reckoning.begin(None)
    reckoning.follow(b"G90 G0 X5 Y5 Z5")
    assert not reckoning.strays(Position(-40, 200, 7))
    assert reckoning.misses(Position(-40, 200, 7))


def test_modes_outlive_a_program():
    """G91 of one program still holds in the next, as it does in GRBL."""
    reckoning = reckon(b"G91 G0 X1")
    reckoning.begin(START)
    reckoning.follow(b"X1")
    assert not reckoning.misses(Position(2, 2, 3))


def test_bounds():
    """Bounds hold every absolute place, and are unknown where the text does not tell."""
    lines = [b"G90 G21", b"G0 X10 Y5", b"G1 X40 Y25 F500", b"M2"]
    assert bounds_of(Program.from_lines(lines)) == Bounds(10, 5, 40, 25)
    assert bounds_of(Program.from_lines([b"G21", b"G54", *lines])) == Bounds(10, 5, 40, 25)
    assert bounds_of(Program.from_lines([*lines, b"G54"])) is None
    assert bounds_of(Program.from_lines([b"G55", *lines])) is None
    assert bounds_of(Program.from_lines([b"G91", b"G0 X10 Y5"])) is None
    assert bounds_of(Program.from_lines([b"M5"])) is None
