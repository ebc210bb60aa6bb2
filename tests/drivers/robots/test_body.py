"""The simulated body drives as two wheels do, draws what it drives, and feels what is around it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.robots.body import Body, Pose, retraced
from drivers.robots.field import Box, Field
from drivers.robots.types import STILL, Button, Drive, Gauge, Light, Sensor
from drivers.simulator import BlackBox
from tests.drivers.robots.drawn import square_error

GAUGE = Gauge(track_mm=95.0, top_mm_s=200.0)
QUARTER_S = math.radians(90) * 95.0 / 2 / 100
"""So long a quarter turn on the spot takes at 100 mm/s."""

finite = st.floats(-500, 500)


def drive_square(body: Body, side_mm: float) -> None:
    """Drive a square with the pen down, the wheels at 100 mm/s."""
    now_s = 0.0
    body.set_pen(is_down=True, now_s=now_s)
    for _ in range(4):
        body.drive(Drive(100, 100), now_s)
        now_s += side_mm / 100
        body.drive(Drive(-100, 100), now_s)
        now_s += QUARTER_S
    body.drive(STILL, now_s)
    body.set_pen(is_down=False, now_s=now_s)


def test_a_square_is_drawn_as_five_points() -> None:
    """Straight legs are one line each, and the last meets the first."""
    body = Body(GAUGE)
    drive_square(body, 200)
    assert len(body.strokes) == 1
    assert len(body.strokes[0]) == 5
    assert square_error(body.strokes, 200) < 1e-6
    assert square_error(body.strokes, 210) > 0.01


def test_a_black_box_tells_the_drawing() -> None:
    """Another body that does what the black box says draws the same."""
    box = BlackBox()
    drive_square(Body(GAUGE, black_box=box), 150)
    assert square_error(retraced(box.entries, Body(GAUGE)), 150) < 1e-4


def test_an_arc_is_round() -> None:
    """One wheel still: a circle round it, of the track's radius."""
    body = Body(GAUGE, start=Pose(500, 500, 0))
    body.set_pen(is_down=True, now_s=0)
    body.drive(Drive(0, 100), 0)
    body.advance(2 * math.pi * 95 / 100)
    assert body.pose.x_mm == pytest.approx(500)
    assert body.pose.y_mm == pytest.approx(500)
    assert body.pose.heading_deg == pytest.approx(360)
    radii = [math.dist(point, (500, 500 + 95 / 2)) for point in body.strokes[0]]
    assert radii == pytest.approx([95 / 2] * len(radii), rel=1e-6)


def test_walls_and_boxes_hold_it() -> None:
    """A robot that drives against a wall stays before it, and its wheels slip."""
    body = Body(GAUGE, Field(boxes=(Box(0, 100, 1000, 50),)), Pose(500, 500, 90))
    body.drive(Drive(200, 200), 0)
    body.advance(60)
    assert body.pose.y_mm == pytest.approx(940)
    assert body.is_blocked
    body.drive(Drive(-200, -200), 60)
    body.advance(120)
    assert 210 <= body.pose.y_mm < 216
    assert body.is_blocked


def test_it_feels_walls_boxes_and_lines() -> None:
    """The distance is what is free before the hull; the floor is dark on a line."""
    field = Field(boxes=(Box(700, 450, 50, 100),), lines=(((500, 500), (500, 900)),))
    body = Body(GAUGE, field, Pose(500, 500, 0))
    assert body.distance_mm() == pytest.approx(200 - 60)
    assert body.distance_mm(90) == pytest.approx(500 - 60)
    assert body.ground_pct(0, 40) == 0
    assert body.ground_pct(40, 0) == 100
    body.tilt_deg, body.pressed = 12, frozenset({Button.A})
    body.advance(1.5)
    senses = body.feel({Sensor.DISTANCE, Sensor.TILT})
    assert senses.values == {Sensor.DISTANCE: pytest.approx(140), Sensor.TILT: 12}
    assert (senses.at_s, senses.pressed) == (1.5, frozenset({Button.A}))


def test_lamp_and_tone_are_kept_and_recorded() -> None:
    """The tone ends by itself; what changes is in the black box, what does not is not."""
    box = BlackBox()
    body = Body(GAUGE, black_box=box)
    for _ in range(2):
        body.shine(Light(100, 0, 0), 1)
    body.sing(440, 0.5, 1)
    body.advance(1.4)
    assert body.sound_hz == 440
    body.advance(1.6)
    assert body.sound_hz == 0
    assert [entry["kind"] for entry in box.entries] == ["lamp", "sound"]


@given(st.lists(st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True), st.floats(0, 2)), max_size=8))
def test_it_never_leaves_the_table(drives: list[tuple[float, float, float]]) -> None:
    """Whatever the wheels are told, the hull stays within the walls and no wheel is faster than it can."""
    body, now_s = Body(GAUGE), 0.0
    for left, right, duration_s in drives:
        body.drive(Drive(left, right), now_s)
        now_s += duration_s
        body.advance(now_s)
        assert max(abs(body.wheels.left_mm_s), abs(body.wheels.right_mm_s)) <= GAUGE.top_mm_s
        assert 60 <= body.pose.x_mm <= 940
        assert 60 <= body.pose.y_mm <= 940


@given(finite, finite, st.floats(0.01, 3), st.integers(1, 20))
def test_it_matters_not_how_often_it_is_looked_at(left: float, right: float, s: float, looks: int) -> None:
    """A drive ends at the same pose whether or not somebody looks on the way."""
    once, often = (Body(GAUGE, Field(10_000, 10_000)) for _ in range(2))
    once.drive(Drive(left, right), 0)
    often.drive(Drive(left, right), 0)
    once.advance(s)
    for look in range(1, looks + 1):
        often.advance(s * look / looks)
    assert math.dist((once.pose.x_mm, once.pose.y_mm), (often.pose.x_mm, often.pose.y_mm)) < 1e-6
