"""From the lines of a picture to the steps of a robot that draws them."""

import math
from collections.abc import Sequence
from typing import Final

from shapely import LineString

from drivers.robots.field import Point
from drivers.robots.program import Move, RobotProgram, SetPen, Step, Turn
from drivers.robots.refusals import Refusal, RobotProgramError
from drivers.robots.shape import MOST_STEPS

SHORTEST_MM: Final = 1.0
"""A leg that is shorter is drawn by the next."""
FINEST_MM: Final = 0.5
COARSEST_MM: Final = 20.0
COARSER: Final = 1.3
LONGEST_MM: Final = 2000.0
STEPS_A_LINE: Final = 2
"""At least: where one line ends at the next, the pen stays down."""


def plotted(lines: Sequence[Sequence[Point]], size_mm: float) -> RobotProgram:
    """Return a program that draws lines as large as `size_mm`, y away, around where the robot stands.

    The robot begins in the middle and looks away from who watches. Bends are drawn as coarsely as a program's
    number of steps asks for.

    Raises:
        RobotProgramError: there is nothing to draw, or too much.
    """
    if len(lines) > MOST_STEPS // STEPS_A_LINE:
        raise RobotProgramError(Refusal.TOO_MANY, most=MOST_STEPS)
    fitted = _fitted([line for line in lines if len(line) > 1], size_mm)
    tolerance_mm = FINEST_MM
    while tolerance_mm <= COARSEST_MM:
        coarse = [_coarse(line, tolerance_mm) for line in fitted]
        steps = _Plotter().draw(coarse)
        if len(steps) <= MOST_STEPS:
            return RobotProgram(tuple(steps))
        tolerance_mm *= COARSER
    raise RobotProgramError(Refusal.TOO_MANY, most=MOST_STEPS)


def _fitted(lines: Sequence[Sequence[Point]], size_mm: float) -> list[list[Point]]:
    """Scale to the size and move the middle to 0, 0."""
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    if not xs or not all(map(math.isfinite, (*xs, *ys))):
        raise RobotProgramError(Refusal.NO_LINES)
    largest = max(max(xs) - min(xs), max(ys) - min(ys))
    if largest <= 0:
        raise RobotProgramError(Refusal.NO_LINES)
    scale, middle = size_mm / largest, ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    return [[((x - middle[0]) * scale, (y - middle[1]) * scale) for x, y in line] for line in lines]


def _coarse(line: Sequence[Point], tolerance_mm: float) -> list[Point]:
    return [(x_mm, y_mm) for x_mm, y_mm in LineString(line).simplify(tolerance_mm).coords]


class _Plotter:
    """Knows where its rounded steps have led, so that no rounding adds up."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._at: Point = (0.0, 0.0)
        self._heading_deg = 90.0
        self._is_down = False

    def draw(self, lines: list[list[Point]]) -> list[Step]:
        """Draw the nearest line next, from whichever of its ends is nearer, and end with the pen up."""
        left = [line for line in lines if len(line) > 1]
        while left:
            nearest = min(left, key=lambda line: min(self._far_mm(line[0]), self._far_mm(line[-1])))
            left.remove(nearest)
            from_end = self._far_mm(nearest[-1]) < self._far_mm(nearest[0])
            self._follow(nearest[::-1] if from_end else nearest)
        self._lower(is_down=False)
        return self._steps

    def _far_mm(self, point: Point) -> float:
        return math.dist(self._at, point)

    def _follow(self, line: list[Point]) -> None:
        if self._far_mm(line[0]) >= SHORTEST_MM:
            self._lower(is_down=False)
            self._go(line[0])
        self._lower(is_down=True)
        for point in line[1:-1]:
            if self._far_mm(point) >= SHORTEST_MM:
                self._go(point)
        self._go(line[-1])

    def _lower(self, *, is_down: bool) -> None:
        if is_down != self._is_down:
            self._is_down = is_down
            self._steps.append(SetPen(is_down))

    def _go(self, point: Point) -> None:
        """Turn the shorter way, then go; both in tenths, as a person would write them."""
        ahead = math.degrees(math.atan2(point[1] - self._at[1], point[0] - self._at[0]))
        turn_deg = round((ahead - self._heading_deg + 180) % 360 - 180, 1)
        way_mm = min(round(self._far_mm(point), 1), LONGEST_MM)
        if way_mm <= 0:
            return
        if turn_deg:
            self._steps.append(Turn(turn_deg))
        self._steps.append(Move(way_mm))
        self._heading_deg += turn_deg
        angle = math.radians(self._heading_deg)
        self._at = (self._at[0] + way_mm * math.cos(angle), self._at[1] + way_mm * math.sin(angle))
