"""What a robot's pen leaves on the floor."""

from collections import deque
from typing import Final

from drivers.robots.field import Point

MOST_POINTS: Final = 20_000
"""A robot that draws all day keeps its latest lines."""


class Trace:
    """Strokes of points; a straight leg is one line, however often it is looked at on the way."""

    def __init__(self) -> None:
        self._strokes: deque[list[Point]] = deque()
        self._count = 0
        self._is_straight = False

    @property
    def strokes(self) -> list[list[Point]]:
        """A copy of all that is drawn, the oldest stroke first."""
        return [list(stroke) for stroke in self._strokes if len(stroke) > 1]

    def lower(self, at: Point) -> None:
        """Begin a stroke."""
        self._strokes.append([at])
        self._count += 1
        self.bend()

    def bend(self) -> None:
        """What comes next is no straight continuation of what was drawn last."""
        self._is_straight = False

    def draw(self, at: Point, *, is_straight: bool) -> None:
        """Draw on to a point, with the pen down."""
        stroke = self._strokes[-1]
        if at == stroke[-1]:
            return
        if is_straight and self._is_straight:
            stroke[-1] = at
        else:
            stroke.append(at)
            self._count += 1
        self._is_straight = is_straight
        while self._count > MOST_POINTS:
            self._forget()

    def _forget(self) -> None:
        oldest = self._strokes[0]
        if len(self._strokes) > 1:
            self._strokes.popleft()
            self._count -= len(oldest)
        else:
            del oldest[0]
            self._count -= 1
