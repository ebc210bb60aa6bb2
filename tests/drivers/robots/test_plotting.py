"""A robot draws the lines of a picture."""

import math

import pytest
from shapely import MultiLineString

from drivers.robots.interpreter import End, Limits
from drivers.robots.plotting import plotted
from drivers.robots.refusals import Refusal, RobotProgramError
from drivers.robots.rehearsal import rehearse
from tests.drivers.robots.programs import ABLE

LONG = Limits(duration_s=3600)


def star(points: int, radius: float) -> list[tuple[float, float]]:
    """A closed line of many corners."""
    angles = [math.tau * index / points for index in range(points + 1)]
    radii = [radius * (1 + index % 2) / 2 for index in range(points + 1)]
    return [(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]


@pytest.mark.parametrize(
    "lines",
    [
        [[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]],
        [[(0, 0), (0, 50)], [(40, 0), (40, 50)], [(10, 10), (30, 10)]],
        [star(10, 30)],
    ],
)
def test_the_drawing_is_the_picture(lines: list[list[tuple[float, float]]]) -> None:
    """As large as asked, in the middle, within a millimetre."""
    shown = rehearse(plotted(lines, 300), ABLE, LONG)
    assert shown.end is End.DONE
    middle = shown.field.width_mm / 2
    drawn = MultiLineString([[(x - middle, y - middle) for x, y in stroke] for stroke in shown.strokes])
    picture = MultiLineString(lines)
    low_x, low_y, high_x, high_y = picture.bounds
    scale = 300 / max(high_x - low_x, high_y - low_y)
    move = ((low_x + high_x) / 2, (low_y + high_y) / 2)
    wanted = MultiLineString(
        [[((x - move[0]) * scale, (y - move[1]) * scale) for x, y in line] for line in lines]
    )
    assert drawn.segmentize(2).hausdorff_distance(wanted.segmentize(2)) < 1.0
    assert len(shown.strokes) == len(lines)


def test_a_fine_picture_is_drawn_as_finely_as_a_program_allows() -> None:
    """A circle of ten thousand corners becomes less than 500 steps."""
    circle = [(math.cos(math.tau * i / 10_000), math.sin(math.tau * i / 10_000)) for i in range(10_001)]
    program = plotted([circle], 300)
    assert len(program.steps) < 500
    shown = rehearse(program, ABLE, LONG)
    middle = shown.field.width_mm / 2
    radii = [math.dist(point, (middle, middle)) for stroke in shown.strokes for point in stroke]
    assert min(radii) > 145
    assert max(radii) < 151


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], Refusal.NO_LINES),
        ([[(1, 1)]], Refusal.NO_LINES),
        ([[(1, 1), (1, 1)]], Refusal.NO_LINES),
        ([[(math.nan, 1), (2, 1)]], Refusal.NO_LINES),
        ([[(i % 37, i // 37), (i % 37 + 0.5, i // 37)] for i in range(600)], Refusal.TOO_MANY),
    ],
)
def test_what_cannot_be_drawn_is_told(lines: list[list[tuple[float, float]]], refusal: Refusal) -> None:
    """Nothing, nonsense, or more than a program holds."""
    with pytest.raises(RobotProgramError) as caught:
        plotted(lines, 300)
    assert caught.value.refusal is refusal
