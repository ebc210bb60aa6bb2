"""The motion planner against answers worked out by hand and against a plain loop."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.gcode import Program
from jobs.errors import ProgramRefusedError
from jobs.estimate.cost import estimate
from jobs.estimate.lookahead import look_ahead
from jobs.estimate.timeline import plan_program
from jobs.machines import I3, MILL, MachineProfile

FEED_MM_S = 10.0
ACCEL = 30.0
HEAD = ["G21", "G90", "F600"]


def seconds(lines: list[str], profile: MachineProfile = MILL) -> float:
    """Time the moves of a few lines."""
    return float(plan_program(Program.from_lines(line.encode() for line in lines), profile).times_s.sum())


def trapezoid_s(length_mm: float, cruise: float, entry: float, leave: float, accel: float) -> float:
    """Time one move that is long enough to cruise."""
    ramps_mm = (2 * cruise**2 - entry**2 - leave**2) / (2 * accel)
    assert ramps_mm < length_mm
    return (2 * cruise - entry - leave) / accel + (length_mm - ramps_mm) / cruise


def test_one_line_is_a_trapezoid():
    """A line from rest to rest takes its length over its speed, plus one ramp."""
    assert seconds([*HEAD, "G1 X100"]) == pytest.approx(100 / FEED_MM_S + FEED_MM_S / ACCEL)


def test_a_line_too_short_to_cruise_is_a_triangle():
    """A move shorter than both ramps takes twice the root of length over acceleration."""
    assert seconds([*HEAD, "G1 X1"]) == pytest.approx(2 * math.sqrt(1 / ACCEL))


def test_a_line_in_a_thousand_pieces_takes_as_long_as_one():
    """GRBL looks ahead: straight joints cost nothing."""
    pieces = [f"G1 X{0.1 * (step + 1):.1f}" for step in range(1000)]
    assert seconds([*HEAD, *pieces]) == pytest.approx(seconds([*HEAD, "G1 X100"]), rel=1e-9)


def test_a_square_slows_down_to_the_junction_speed_of_its_corners():
    """A right angle allows v² = a·d·s/(1−s), with the acceleration both axes give together."""
    sine = math.sin(math.pi / 4)
    corner = math.sqrt(ACCEL * math.sqrt(2) * 0.01 * sine / (1 - sine))
    by_hand = (
        trapezoid_s(50, FEED_MM_S, 0, corner, ACCEL)
        + 2 * trapezoid_s(50, FEED_MM_S, corner, corner, ACCEL)
        + trapezoid_s(50, FEED_MM_S, corner, 0, ACCEL)
    )
    assert seconds([*HEAD, "G1 X50", "G1 Y50", "G1 X0", "G1 Y0"]) == pytest.approx(by_hand, rel=1e-9)


def test_a_circle_of_720_sides_runs_at_its_feed():
    """Turns of half a degree do not brake a slow circle; only start and end have ramps."""
    angles = [2 * math.pi * side / 720 for side in range(1, 721)]
    sides = [f"G1 X{30 * math.cos(angle):.5f} Y{30 * math.sin(angle):.5f}" for angle in angles]
    timeline = plan_program(
        Program.from_lines(line.encode() for line in [*HEAD, "G0 X30 Y0", "G4 P0", *sides]), MILL
    )
    circle_s = float(timeline.times_s[1:].sum())
    perimeter_mm = 720 * 2 * 30 * math.sin(math.pi / 720)
    assert circle_s == pytest.approx(perimeter_mm / FEED_MM_S + FEED_MM_S / ACCEL, rel=1e-4)


def test_an_arc_is_as_long_as_its_circle():
    """A G2 by centre, a G3 by radius and a full circle have the length geometry gives them."""
    for line, turns in (("G2 X10 Y0 I5 J0", 0.5), ("G3 X10 Y0 R5", 0.5), ("G2 X0 Y0 I5 J0", 1.0)):
        moves = plan_program(Program.from_lines([b"G90", b"F600", line.encode()]), MILL).moves
        length_mm = float(np.hypot(moves.delta_mm[:, 0], moves.delta_mm[:, 1]).sum())
        assert length_mm == pytest.approx(turns * 2 * math.pi * 5, rel=1e-3)
        side = moves.end_mm[: len(moves.end_mm) // 2, 1]
        assert (side >= -1e-9).all() if line.startswith("G2") else (side <= 1e-9).all()


def test_rapids_of_grbl_ignore_the_feed():
    """G0 goes as fast as the slowest axis allows."""
    assert seconds([*HEAD, "G0 X100"]) == pytest.approx(trapezoid_s(100, 33.3, 0, 0, ACCEL))


def test_marlin_takes_the_larger_speed_on_a_reversal():
    """Turning back at 50 mm/s passes the joint at the jerk of 8 mm/s, not at half of it."""
    by_hand = 2 * trapezoid_s(20, 50, 8, 8, 1000)
    assert seconds(["G90", "F3000", "G1 X20", "G1 X0"], I3) == pytest.approx(by_hand)


def test_a_pause_stops_the_machine():
    """Two halves of a line with a dwell between take one more pair of ramps."""
    whole = seconds([*HEAD, "G1 X50", "G1 X100"])
    assert seconds([*HEAD, "G1 X50", "G4 P0", "G1 X100"]) == pytest.approx(whole + FEED_MM_S / ACCEL)


def test_an_axis_at_its_limit_slows_the_whole_move():
    """Z of the printer climbs at 12 mm/s whatever the feed asks for."""
    assert seconds(["G90", "F6000", "G1 Z120"], I3) > 120 / 12


def test_relative_moves_and_offsets_end_where_they_should():
    """G91, G92 and M83 are followed: what is moved does not depend on how it is written."""
    lines = [
        b"G90",
        b"M83",
        b"G1 X10 E1 F600",
        b"G91",
        b"G1 X5 Y2",
        b"G90",
        b"M83",
        b"G92 E0 X0",
        b"G1 X1 E2",
    ]
    moves = plan_program(Program.from_lines(lines), I3).moves
    assert moves.delta_mm[:, [0, 1, 3]].tolist() == [[10, 0, 1], [5, 2, 0], [1, 0, 2]]


def test_an_unreadable_number_is_refused():
    """Garbage is a sentence, not a traceback."""
    with pytest.raises(ProgramRefusedError):
        plan_program(Program.from_lines([b"G1 X1.2.3-4"]), MILL)


def test_a_feed_of_zero_is_slow_but_ends():
    """Nothing is divided by zero."""
    assert 100 < seconds(["G90", "G1 X10 F0"]) < 1000


@settings(max_examples=200)
@given(st.lists(st.text("GMXYZEFIJRPS0123489.- ", max_size=20), max_size=12))
def test_no_line_ends_in_a_traceback(lines: list[str]):
    """Whatever the words, a program is timed or refused with a sentence."""
    for profile in (I3, MILL):
        try:
            found = estimate(Program.from_lines(line.encode() for line in lines), profile)
        except ProgramRefusedError:
            continue
        assert math.isfinite(found.duration_s)
        assert math.isfinite(found.energy_wh)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0.01, 300)), min_size=2, max_size=40))
def test_both_passes_equal_the_plain_loops(joints: list[tuple[float, float]]):
    """The running minimum gives what the firmware's backward and forward loops give."""
    limit_sq = np.array([0.0, *(joint for joint, _ in joints), 0.0])
    gain_sq = np.array([gain for _, gain in joints] + [5.0])
    plain = limit_sq.copy()
    for row in range(len(plain) - 2, -1, -1):
        plain[row] = min(plain[row], plain[row + 1] + gain_sq[row])
    for row in range(1, len(plain)):
        plain[row] = min(plain[row], plain[row - 1] + gain_sq[row - 1])
    assert np.allclose(look_ahead(limit_sq, gain_sq), plain, atol=1e-8)
