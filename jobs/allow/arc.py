"""The room an arc takes in the plane."""

import math

Point = tuple[float, float]


def arc_reach(
    start: Point, end: Point, centre: Point, *, clockwise: bool
) -> tuple[float, float, float, float]:
    """Bounds (x_min, y_min, x_max, y_max) of an arc in millimetres; equal ends make a full circle."""
    radius = math.dist(start, centre)
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    last = math.atan2(end[1] - centre[1], end[0] - centre[0])
    if clockwise:
        first, last = last, first
    sweep = (last - first) % math.tau
    if sweep < 1e-9 or math.dist(start, end) < 1e-9:
        sweep = math.tau
    points = [start, end]
    for quarter in range(4):
        angle = quarter * math.pi / 2
        if (angle - first) % math.tau <= sweep:
            points.append((centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)))
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
