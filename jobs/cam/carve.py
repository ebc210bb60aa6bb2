"""Carves a filled shape with a V-bit: the tool follows the middle of each stroke, as deep as it is wide."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from jobs.arrays import BoolArray, FloatArray
from jobs.cam.regions import polygons
from jobs.cam.tools import Tool

_SAMPLE_MM: Final = 0.2
_MOST_SAMPLES: Final = 6000
_STRAIGHT_OUT: Final = 0.9
"""Where the room shrinks faster than this share of the way, a piece of skeleton only leads to the edge."""

_CLEAR_STEP_MM: Final = 0.4
_SIMPLIFY_MM: Final = 0.01
_SHORTEST_MM: Final = 0.05


def carved(shape: Polygon, tool: Tool, deepest_mm: float) -> Iterator[FloatArray]:
    """Yield ways of x, y, z that carve a shape; where it is too wide for the bit, its floor is flat."""
    widest_mm = tool.radius_mm(deepest_mm)
    yield from _skeleton(shape, tool, widest_mm)
    wide = shape.buffer(-widest_mm, quad_segs=8).simplify(_SIMPLIFY_MM)
    while not wide.is_empty:
        for part in polygons(wide):
            for ring in (part.exterior, *part.interiors):
                yield _level(ring, -deepest_mm)
        wide = wide.buffer(-_CLEAR_STEP_MM, quad_segs=4).simplify(_SIMPLIFY_MM)


def _level(line: BaseGeometry, z_mm: float) -> FloatArray:
    corners = shapely.get_coordinates(line)
    return np.column_stack([corners, np.full(len(corners), z_mm)])


def _skeleton(shape: Polygon, tool: Tool, widest_mm: float) -> Iterator[FloatArray]:
    """Yield the middle lines of a shape where it is narrower than the bit."""
    step_mm = max(_SAMPLE_MM, shape.length / _MOST_SAMPLES)
    edge = shapely.segmentize(shape.boundary, step_mm)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(shapely.get_coordinates(edge)), only_edges=True)
    pieces = shapely.get_parts(cells)
    ends = shapely.get_coordinates(pieces).reshape(-1, 2, 2)
    middle = _middle_lines(shape, edge, ends, widest_mm)
    if not middle.any():
        return
    # The ends of pieces differ in their last bits: without rounding they do not meet.
    joined = shapely.line_merge(shapely.MultiLineString(list(ends[middle].round(6))))
    for line in shapely.get_parts(joined):
        if line.length >= _SHORTEST_MM:
            yield _at_depth(line, edge, tool, widest_mm)


def _middle_lines(shape: Polygon, edge: BaseGeometry, ends: FloatArray, widest_mm: float) -> BoolArray:
    """Say which edges between the cells of the boundary's points are middle lines of the shape."""
    within = shapely.contains_xy(shape, ends.reshape(-1, 2)).reshape(-1, 2).all(axis=1)
    clearance_mm = np.zeros(ends.shape[:2])
    clearance_mm[within] = _clearance_mm(ends[within].reshape(-1, 2), edge).reshape(-1, 2)
    length_mm = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    steep = np.abs(np.diff(clearance_mm, axis=1)[:, 0]) > _STRAIGHT_OUT * length_mm
    narrow = clearance_mm.min(axis=1) < widest_mm
    found: BoolArray = within & ~steep & narrow & (length_mm > 0.0)
    return found


def _clearance_mm(points_mm: FloatArray, edge: BaseGeometry) -> FloatArray:
    """Return how far each point is from the edge of the shape."""
    corners = shapely.get_coordinates(edge)
    near = shapely.STRtree(shapely.get_parts(shapely.multipoints(corners)))
    pairs, distance = near.query_nearest(shapely.points(points_mm), return_distance=True, all_matches=False)
    found = np.zeros(len(points_mm))
    found[pairs[0]] = distance
    return found


def _at_depth(line: LineString, edge: BaseGeometry, tool: Tool, widest_mm: float) -> FloatArray:
    """Give each point of a middle line the depth at which the bit just touches both sides."""
    corners = shapely.get_coordinates(line)
    room_mm = np.minimum(_clearance_mm(corners, edge), widest_mm)
    depth_mm = np.array([tool.depth_mm(float(room)) for room in room_mm])
    points_mm = np.column_stack([corners, -depth_mm])
    return points_mm[needed(points_mm)]


def needed(points_mm: FloatArray) -> BoolArray:
    """Say which points a way in space cannot do without, within the tolerance."""
    keep = np.zeros(len(points_mm), np.bool_)
    keep[[0, -1]] = True
    spans = [(0, len(points_mm) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        way = points_mm[last] - points_mm[first]
        inner = points_mm[first + 1 : last] - points_mm[first]
        length2 = float(way @ way)
        share = np.clip(inner @ way / length2, 0.0, 1.0) if length2 else np.zeros(len(inner))
        away_mm = np.linalg.norm(inner - share[:, None] * way, axis=1)
        farthest = int(np.argmax(away_mm))
        if away_mm[farthest] > _SIMPLIFY_MM:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return keep
