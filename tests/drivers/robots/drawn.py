"""Judges what a robot's pen has drawn."""

import math
from collections.abc import Sequence

from shapely import LineString, MultiLineString

Stroke = Sequence[tuple[float, float]]


def square_error(strokes: Sequence[Stroke], side_mm: float) -> float:
    """How far the drawing and the ideal square are apart at worst, as a share of its side.

    The square begins where the drawing does and along its first leg, and goes round to either side.
    """
    first = strokes[0][0]
    corner = next(point for point in strokes[0] if math.dist(first, point) > side_mm / 2)
    heading = math.atan2(corner[1] - first[1], corner[0] - first[0])
    drawn = MultiLineString([list(stroke) for stroke in strokes])
    ideals = (_square(first, heading, side_mm, quarter) for quarter in (math.pi / 2, -math.pi / 2))
    return min(drawn.hausdorff_distance(ideal) for ideal in ideals) / side_mm


def _square(at: tuple[float, float], heading: float, side_mm: float, quarter: float) -> LineString:
    points = [at]
    for corner in range(4):
        angle = heading + corner * quarter
        x_mm, y_mm = points[-1]
        points.append((x_mm + side_mm * math.cos(angle), y_mm + side_mm * math.sin(angle)))
    return LineString(points).segmentize(side_mm / 100)
