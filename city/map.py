"""A drawn map of Île-de-France: our own simple outline, its two rivers, and one mark a bike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians
from typing import Final

from city.places import find, slug
from city.views import BikeView, Presence

WIDTH: Final = 640
_WEST, _NORTH, _EAST, _SOUTH = 1.38, 49.28, 3.62, 48.06
_SCALE: Final = WIDTH / (_EAST - _WEST)
_STRETCH: Final = 1 / cos(radians(48.8))
_BESIDE: Final = 12
_SQUARE: Final = 2 * _BESIDE

Degrees = tuple[float, float]
_OUTLINE: Final[tuple[Degrees, ...]] = (
    (1.61, 49.08), (1.69, 49.15), (1.79, 49.18), (1.99, 49.18), (2.10, 49.19), (2.25, 49.15), (2.45, 49.14),
    (2.59, 49.08), (2.73, 49.06), (2.83, 49.09), (2.95, 49.08), (3.08, 49.11), (3.17, 49.10), (3.17, 49.01),
    (3.27, 48.94), (3.38, 48.87), (3.49, 48.81), (3.41, 48.73), (3.45, 48.64), (3.56, 48.61), (3.47, 48.49),
    (3.39, 48.48), (3.42, 48.41), (3.36, 48.37), (3.05, 48.36), (3.03, 48.25), (2.94, 48.16), (2.74, 48.16),
    (2.70, 48.12), (2.54, 48.14), (2.51, 48.24), (2.40, 48.32), (2.24, 48.30), (2.00, 48.29), (1.99, 48.40),
    (1.93, 48.44), (1.78, 48.47), (1.80, 48.55), (1.68, 48.56), (1.58, 48.70), (1.61, 48.76), (1.52, 48.83),
    (1.45, 48.92), (1.50, 48.98),
)  # fmt: skip
_PARIS: Final[tuple[Degrees, ...]] = (
    (2.28, 48.88), (2.32, 48.90), (2.39, 48.90), (2.41, 48.88), (2.41, 48.83), (2.36, 48.815), (2.30, 48.83),
    (2.25, 48.835), (2.25, 48.85),
)  # fmt: skip
_SEINE: Final[tuple[Degrees, ...]] = (
    (3.40, 48.49), (3.10, 48.42), (2.95, 48.385), (2.80, 48.38), (2.73, 48.43), (2.66, 48.54), (2.48, 48.61),
    (2.38, 48.69), (2.41, 48.76), (2.415, 48.815), (2.35, 48.855), (2.30, 48.865), (2.27, 48.84),
    (2.22, 48.825), (2.225, 48.87), (2.28, 48.915), (2.335, 48.94), (2.25, 48.945), (2.17, 48.89),
    (2.13, 48.87), (2.15, 48.95), (2.09, 48.99), (2.05, 48.93), (1.91, 49.00), (1.72, 48.99), (1.61, 49.08),
)  # fmt: skip
_MARNE: Final[tuple[Degrees, ...]] = (
    (2.407, 48.813), (2.46, 48.79), (2.51, 48.80), (2.48, 48.83), (2.54, 48.855), (2.71, 48.88),
    (2.88, 48.96), (3.13, 48.95), (3.17, 49.01),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A bike on the map, in the picture's own units; `place` is empty where names would overlap."""

    bike: BikeView
    place: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """All bikes at one commune; `presence` is the most usual of those that speak, else silence."""

    city: str
    place: str
    bikes: int
    silent: int
    presence: Presence
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the picture that is shown; `unit` keeps marks and letters at one size on the screen."""

    x: float
    y: float
    width: float
    height: float

    @property
    def unit(self) -> float:
        """One part in 640 of the width."""
        return self.width / WIDTH

    def holds(self, mark: Mark | Cluster) -> bool:
        """Whether a mark lies well inside."""
        return (
            self.x + 20 * self.unit < mark.x < self.x + self.width - 60 * self.unit
            and self.y + 20 * self.unit < mark.y < self.y + self.height - 40 * self.unit
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture without its bikes."""

    outline: str
    paris: str
    rivers: tuple[str, ...]
    paris_name: tuple[float, float]


def frame_of(marks: Sequence[Mark | Cluster]) -> Frame:
    """The metropolis when every bike is there, else the whole region."""
    return _METROPOLIS if all(_METROPOLIS.holds(mark) for mark in marks) else _REGION


def place_bikes(bikes: Iterable[BikeView]) -> list[Mark]:
    """Each bike at the host city of its halt, else at home; neighbours stand side by side."""
    marks: list[Mark] = []
    taken = _Taken()
    beside: dict[tuple[float, float], float] = {}
    for bike in bikes:
        commune = (find(bike.state.halt.host_city) if bike.state.halt else None) or find(bike.city)
        if commune is None:
            continue
        x, y = _point((commune.longitude, commune.latitude))
        home = x, y
        x = beside.get(home, x)
        while taken.near(x, y, _BESIDE):
            x = round(x + _BESIDE, 1)
        beside[home] = x
        taken.add(x, y)
        marks.append(Mark(bike, commune.name, x, y))
    return [
        replace(mark, place="") if taken.near(mark.x, mark.y, 2 * _BESIDE) > 1 else mark for mark in marks
    ]


def cluster(bikes: Iterable[BikeView]) -> list[Cluster]:
    """One mark for each commune, those with most bikes last so that they lie on top."""
    at: dict[str, list[BikeView]] = {}
    for bike in bikes:
        where = slug(bike.state.halt.host_city) if bike.state.halt else bike.city
        at.setdefault(where if find(where) else bike.city, []).append(bike)
    found = [_cluster(city, there) for city, there in at.items()]
    return sorted((one for one in found if one is not None), key=lambda one: one.bikes)


def _cluster(city: str, bikes: Sequence[BikeView]) -> Cluster | None:
    commune = find(city)
    if commune is None:
        return None
    x, y = _point((commune.longitude, commune.latitude))
    speaking = Counter(bike.presence for bike in bikes if bike.presence is not Presence.SILENT)
    presence = speaking.most_common(1)[0][0] if speaking else Presence.SILENT
    return Cluster(city, commune.name, len(bikes), len(bikes) - speaking.total(), presence, x, y)


class _Taken:
    """Where marks stand, in squares, so that thousands of them are placed in a moment."""

    def __init__(self) -> None:
        self._squares: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)

    def add(self, x: float, y: float) -> None:
        """A mark stands here."""
        self._squares[int(x // _SQUARE), int(y // _SQUARE)].append((x, y))

    def near(self, x: float, y: float, within: float) -> int:
        """How many marks are nearer than so much in both directions."""
        column, row = int(x // _SQUARE), int(y // _SQUARE)
        return sum(
            abs(x - other_x) < within and abs(y - other_y) < within
            for beside in (-1, 0, 1)
            for below in (-1, 0, 1)
            for other_x, other_y in self._squares.get((column + beside, row + below), ())
        )


def _point(where: Degrees) -> tuple[float, float]:
    east, north = where
    return round((east - _WEST) * _SCALE, 1), round((_NORTH - north) * _SCALE * _STRETCH, 1)


def _shape(points: Iterable[Degrees]) -> str:
    """A closed line with corners."""
    return "M" + " L".join("{},{}".format(*_point(point)) for point in points) + " Z"


def _river(points: Sequence[Degrees]) -> str:
    """A soft line: each point only pulls it, halfway between two points it passes."""
    way = [_point(point) for point in points]
    bends = "".join(
        f" Q{x},{y} {(x + next_x) / 2:.1f},{(y + next_y) / 2:.1f}"
        for (x, y), (next_x, next_y) in pairwise(way[1:])
    )
    return "M{},{}".format(*way[0]) + bends + " L{},{}".format(*way[-1])


def _frame(west: float, north: float, east: float, south: float) -> Frame:
    (x, y), (right, bottom) = _point((west, north)), _point((east, south))
    return Frame(x, y, round(right - x, 1), round(bottom - y, 1))


_REGION: Final = _frame(_WEST, _NORTH, _EAST, _SOUTH)
_METROPOLIS: Final = _frame(2.02, 49.05, 2.72, 48.58)
DRAWING: Final = Drawing(
    _shape(_OUTLINE), _shape(_PARIS), (_river(_SEINE), _river(_MARNE)), _point((2.335, 48.885))
)
