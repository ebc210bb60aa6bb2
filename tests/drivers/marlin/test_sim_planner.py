"""The virtual planner held to figures worked out by hand."""

import math

import pytest

from drivers.marlin.sim_planner import BLOCKS, FIRST_MOVE_S, Block, Planner

A = 1000.0
ALONG_X = (1.0, 0.0, 0.0, 0.0)
ALONG_Y = (0.0, 1.0, 0.0, 0.0)
JERK = 10.0


def planner(starved: list[float] | None = None) -> Planner:
    """Make a planner of 1000 mm/s²."""
    told = starved if starved is not None else []
    return Planner(A, lambda _at_s, seconds: told.append(seconds))


def ended_s(subject: Planner) -> float:
    """Return when everything has ended."""
    subject.advance(1e9)
    assert subject.is_idle
    return subject.rested_s


def test_one_long_move_speeds_up_cruises_and_brakes():
    """From jerk speed up to 50 mm/s and down again over 100 mm."""
    subject = planner()
    subject.add(Block(100.0, 50.0, ALONG_X), 0.0)
    ramp_s = (50 - JERK) / A
    ramp_mm = (50**2 - JERK**2) / (2 * A)
    assert ended_s(subject) == pytest.approx(FIRST_MOVE_S + 2 * ramp_s + (100 - 2 * ramp_mm) / 50)


def test_a_short_move_never_cruises():
    """Over 1 mm at 300 mm/s there is only up and down."""
    subject = planner()
    subject.add(Block(1.0, 300.0, ALONG_X), 0.0)
    top = math.sqrt((2 * A * 1.0 + 2 * JERK**2) / 2)
    assert ended_s(subject) == pytest.approx(FIRST_MOVE_S + 2 * (top - JERK) / A)


def test_moves_in_line_are_one_move():
    """Look-ahead: ten pieces take as long as the whole."""
    pieces, whole = planner(), planner()
    for _ in range(10):
        pieces.add(Block(1.0, 50.0, ALONG_X), 0.0)
    whole.add(Block(10.0, 50.0, ALONG_X), 0.0)
    assert ended_s(pieces) + FIRST_MOVE_S == pytest.approx(ended_s(whole), abs=1e-6)


def test_a_corner_costs_what_the_jerk_leaves():
    """Round a right angle no axis may jump by more than 10 mm/s."""
    subject = planner()
    for way in (ALONG_X, ALONG_Y, ALONG_X):
        subject.add(Block(50.0, 40.0, way), 0.0)
    ramp_s, ramp_mm = (40 - JERK) / A, (40**2 - JERK**2) / (2 * A)
    assert ended_s(subject) == pytest.approx(3 * (2 * ramp_s + (50 - 2 * ramp_mm) / 40))


def test_fifteen_blocks_fit_and_one_leaves_when_it_ends():
    """A ring of 16 holds 15."""
    subject = planner()
    for _ in range(BLOCKS):
        assert subject.free
        subject.add(Block(10.0, 50.0, ALONG_X), 0.0)
    assert subject.free == 0
    subject.advance(subject.next_s)
    assert subject.free == 1


def test_standing_still_in_a_run_is_starving():
    """What comes too late is counted from the end of the move before it."""
    starved: list[float] = []
    subject = planner(starved)
    subject.add(Block(10.0, 50.0, ALONG_X), 0.0)
    subject.advance(5.0)
    ended = subject.rested_s
    for _ in range(3):
        subject.add(Block(10.0, 50.0, ALONG_X), 5.0)
    assert starved == pytest.approx([5.0 - ended])


def test_standing_still_between_runs_starves_nobody():
    """After M400 the planner may rest."""
    starved: list[float] = []
    subject = planner(starved)
    subject.add(Block(10.0, 50.0, ALONG_X), 0.0)
    subject.end_run()
    subject.advance(5.0)
    subject.add(Block(10.0, 50.0, ALONG_X), 5.0)
    ended_s(subject)
    assert starved == []


def test_a_full_planner_never_starves():
    """Short segments, always in time, run through at full speed."""
    starved: list[float] = []
    subject = planner(starved)
    now_s = 0.0
    for _ in range(500):
        while not subject.free:
            now_s = subject.next_s
            subject.advance(now_s)
        subject.add(Block(0.25, 60.0, ALONG_X), now_s)
    assert starved == []
    assert ended_s(subject) == pytest.approx(500 * 0.25 / 60, rel=0.08)
