"""Where the topics of a mind map stand: the first in the middle, the others to its right and left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.designs.topics import Topic

LINE: Final = 1.55
"""From line to line, in heights of a capital; so are all lengths here."""
_PAD: Final = 0.35
ABOVE: Final = 0.3
BELOW: Final = 0.6
_GAPS: Final = (0.4, 1.0, 2.0, 4.0)
_AS_GOOD: Final = 1.02
"""How much smaller words may become for more air between them."""
_ROOT_PAD: Final = 0.5
_REACH: Final = 1.8
_ROOT: Final = 1.3
_WRAPS: Final = (7, 10, 14, 20, 30, 90)
_CURVE: Final = 12


WidthOf = Callable[[str], float]
"""How long a line of text is, in heights of a capital."""


@dataclass(frozen=True, slots=True)
class Box:
    """Words at their place: the middle of the box, its size and how much larger than usual they are."""

    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """All boxes, the first topic's first, and the curves that lead to the others and underline them."""

    boxes: tuple[Box, ...]
    curves: tuple[FloatArray, ...]

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of all boxes."""
        return (
            min(box.x - box.width / 2 for box in self.boxes),
            min(box.y - box.height / 2 for box in self.boxes),
            max(box.x + box.width / 2 for box in self.boxes),
            max(box.y + box.height / 2 for box in self.boxes),
        )

    def size(self) -> tuple[float, float]:
        """Width and height."""
        left, bottom, right, top = self.bounds()
        return right - left, top - bottom


def lay_out(topic: Topic, width_of: WidthOf, shape: float) -> Layout:
    """Lay out a mind map so that its words become largest on a plate whose width / height is `shape`."""
    found = []
    for gap in _GAPS:
        for wrap in _WRAPS:
            layout = _Setter(width_of, wrap, gap).whole(topic)
            width, height = layout.size()
            found.append((max(width / shape, height), gap, layout))
    smallest = min(size for size, _gap, _layout in found)
    airy = [each for each in found if each[0] <= _AS_GOOD * smallest]
    return max(airy, key=lambda each: (each[1], -each[0]))[2]


class _Setter:
    """Places topics with lines of at most so many letters and so much air between branches."""

    def __init__(self, width_of: WidthOf, wrap: int, gap: float) -> None:
        self._width_of = width_of
        self._wrap = wrap
        self._gap = gap
        self._boxes: list[Box] = []
        self._curves: list[FloatArray] = []

    def whole(self, root: Topic) -> Layout:
        """Place the first topic, then its branches on both sides."""
        box = self._box(root, 0.0, 0.0, _ROOT)
        box = Box(box.lines, 0.0, 0.0, box.width + 2 * _ROOT_PAD, box.height + _ROOT_PAD, _ROOT)
        self._boxes.append(box)
        cut = _halved([self._height(child) for child in root.children])
        for direction, branches in ((1, root.children[:cut]), (-1, root.children[cut:])):
            self._branches(branches, box, (direction * box.width / 2, 0.0), direction)
        return Layout(tuple(self._boxes), tuple(self._curves))

    def _branches(
        self, topics: tuple[Topic, ...], parent: Box, start: tuple[float, float], direction: int
    ) -> None:
        """Place topics under each other beside their parent."""
        heights = [self._height(topic) for topic in topics]
        y = parent.y + (sum(heights) + self._gap * (len(topics) - 1)) / 2
        for topic, height in zip(topics, heights, strict=True):
            box = self._box(topic, 0.0, y - height / 2)
            near = start[0] + direction * _REACH
            box = Box(box.lines, near + direction * box.width / 2, box.y, box.width, box.height)
            line = box.y - box.height / 2
            far = near + direction * box.width
            self._boxes.append(box)
            self._curves.append(_curve(start, (near, line), far))
            self._branches(topic.children, box, (far, line), direction)
            y -= height + self._gap

    def _box(self, topic: Topic, x: float, y: float, scale: float = 1.0) -> Box:
        lines = _wrapped(topic.text, self._wrap)
        width = max(self._width_of(line) for line in lines)
        height = (len(lines) - 1) * LINE + ABOVE + 1.0 + BELOW
        return Box(lines, x, y, scale * (width + 2 * _PAD), scale * height, scale)

    def _height(self, topic: Topic) -> float:
        """How much room a topic takes with all its branches."""
        under = [self._height(child) for child in topic.children]
        return max(self._box(topic, 0.0, 0.0).height, sum(under) + self._gap * (len(under) - 1))


def _halved(heights: list[float]) -> int:
    """How many branches go to the right so that both sides are about as high."""
    right = np.cumsum([0.0, *heights])
    return int(np.abs(2 * right - right[-1] - 1e-6).argmin())


def _wrapped(text: str, most: int) -> tuple[str, ...]:
    """Lines of whole words, of at most so many letters where words allow it."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _curve(start: tuple[float, float], end: tuple[float, float], far: float) -> FloatArray:
    """From the parent to the near end of a topic's line, then along the line."""
    t = np.linspace(0.0, 1.0, _CURVE)
    smooth = t * t * (3 - 2 * t)
    x = start[0] + (end[0] - start[0]) * t
    y = start[1] + (end[1] - start[1]) * smooth
    return np.vstack([np.column_stack((x, y)), [[far, end[1]]]])
