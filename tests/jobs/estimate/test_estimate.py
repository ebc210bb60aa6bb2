"""Estimates of whole programs, and of the slicer's own against ours."""

import math
import time

import pytest

from drivers.gcode import Program
from jobs.estimate.cost import estimate
from jobs.machines import I3, MILL

PRINT = [
    b"M140 S60", b"M104 S210", b"G28", b"M190 S60", b"M109 S210", b"G90", b"M83", b"M106 S255",
    b"G1 Z0.2 F600", b"G1 X50 Y50 F6000", b"G1 X90 E2 F1800", b"G1 Y80 E2", b"G1 Z0.4", b"G1 X50 E2",
    b"G1 E-1 F2400", b"G1 X0 Y0 F6000", b"M104 S0", b"M140 S0", b"M84",
]  # fmt: skip


def test_a_print_is_weighed_measured_and_bounded():
    """Mass follows the filament, layers the heights, bounds the moves that extrude."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert found.length_mm == pytest.approx(6.0)
    assert found.mass_g == pytest.approx(6.0 * math.pi * 0.875**2 * 1.24 / 1000)
    assert found.layers == 2
    assert found.bounds_mm == pytest.approx((50, 50, 0.2, 90, 80, 0.4))


def test_the_heat_up_is_told_apart():
    """Heat-up ends where the first line is drawn and is part of the whole."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert 125 < found.heat_s < found.duration_s < found.heat_s + 20
    assert 0 < found.heat_wh < found.energy_wh


def test_estimates_are_ranges():
    """Every value lies inside its own range."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert found.duration_low_s < found.duration_s < found.duration_high_s
    assert found.energy_low_wh < found.energy_wh < found.energy_high_wh


def test_a_colder_room_costs_more():
    """The ambient temperature is an input."""
    program = Program.from_lines(PRINT)
    assert estimate(program, I3, ambient_c=5.0).energy_wh > estimate(program, I3, ambient_c=25.0).energy_wh


def test_a_program_of_nothing_costs_nothing():
    """No moves, no bounds, no error."""
    for profile in (I3, MILL):
        found = estimate(Program.from_lines([b"G21", b"G90"]), profile)
        assert (found.duration_s, found.energy_wh, found.bounds_mm, found.layers) == (0, 0, None, 0)


def test_the_mill_pays_for_spindle_and_cut():
    """A cut with the spindle on costs more than the same moves in the air."""
    cutting = [
        b"G90",
        b"G0 Z3",
        b"M3 S10000",
        b"G4 P2",
        b"G1 Z-0.8 F200",
        b"G1 X100 F600",
        b"G0 Z3",
        b"M5",
        b"M2",
    ]
    found = estimate(Program.from_lines(cutting), MILL)
    airy = estimate(Program.from_lines(line.replace(b"Z-0.8", b"Z0.8") for line in cutting), MILL)
    assert found.energy_wh > airy.energy_wh
    assert found.peak_w > airy.peak_w
    assert found.heat_s == 0
    assert found.bounds_mm is not None
    assert found.bounds_mm[2] == pytest.approx(-0.8)
    assert airy.bounds_mm is None


def test_two_hundred_thousand_lines_are_quick():
    """A long print is estimated in about a second of CPU, here with room for a busy machine."""
    lines = [b"G90", b"M83", b"F1800"]
    for row in range(200_000):
        angle = row * 2 * math.pi / 250
        lines.append(b"G1 X%.3f Y%.3f E0.02513" % (100 + 30 * math.cos(angle), 100 + 30 * math.sin(angle)))
    program = Program.from_lines(lines)
    began_s = time.process_time()
    found = estimate(program, I3)
    assert time.process_time() - began_s < 3.0
    assert found.duration_s > 200_000 * 0.75 / 30
