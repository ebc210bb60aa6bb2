"""Compares what a program leaves of the sheet with the drawing: no gouge, outlines through, tabs standing.

It knows nothing of how the program was made; it runs the program through a simulated sheet.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from jobs.arrays import BoolArray, FloatArray
from jobs.cam.drawing import MARGIN_MM, Drawing, Role
from jobs.cam.plan import MillPlan
from jobs.cam.regions import cut_rings, filled, nesting, pocket_floor, polygons
from jobs.cam.relief import Relief
from jobs.cam.stock import Stock
from jobs.errors import ProgramRefusedError, Sentence

_STEP_MM: Final = 0.25
_SLACK_MM: Final = 0.05
_THINNEST_TAB_MM: Final = 0.5
_CLEARED_SHARE: Final = 0.98
_LOOKED_AT: Final = 500


def verify(stock: Stock, drawing: Drawing, plan: MillPlan) -> None:
    """Refuse what a program leaves of the sheet when it is not what was drawn.

    Raises:
        ProgramRefusedError: `gouged`: cut where, or deeper than, nothing was drawn; `outline_not_cut`: a part
            or a hole is not free; `tabs_missing`: a part is not held; `tabs_too_low`, `pocket_left`.
    """
    rings = [] if plan.tool.pointed else cut_rings(drawing)
    floors = [] if plan.tool.pointed else pocket_floor(drawing)
    _refuse_gouges(stock, drawing, plan, (rings, floors))
    for ring, depth in zip(rings, nesting(rings), strict=True):
        _check_outline(stock, ring, plan, outer=depth % 2 == 0)
    for floor in floors:
        _check_floor(stock, floor, plan)


def verify_relief(stock: Stock, planned: Relief) -> None:
    """Refuse a program that cuts deeper than a picture asks for.

    Raises:
        ProgramRefusedError: `gouged`.
    """
    rows, columns = np.indices(stock.heights_um.shape)
    places = (np.column_stack([columns.ravel(), rows.ravel()]) + 0.5) * stock.cell_mm - MARGIN_MM
    cells = np.floor(places / planned.cell_mm).astype(np.int64)
    lowest = np.full(stock.heights_um.size, np.inf)
    around = np.pad(planned.heights_mm, 3)
    limits = np.array(planned.heights_mm.shape[::-1]) + 4
    for up in (0, 1, 2):
        for right in (0, 1, 2):
            column, row = np.clip(cells + np.array([right + 2, up + 2]), 0, limits + 1).T
            lowest = np.minimum(lowest, around[row, column])
    gouged = np.flatnonzero(stock.heights_um.ravel() / 1000.0 < lowest - _SLACK_MM)
    if len(gouged):
        x_mm, y_mm = (places[gouged[0]] + MARGIN_MM).tolist()
        raise _refused("gouged", x_mm, y_mm)


def _refuse_gouges(
    stock: Stock, drawing: Drawing, plan: MillPlan, wanted: tuple[list[Polygon], list[Polygon]]
) -> None:
    slack_mm = 1.5 * stock.cell_mm + _SLACK_MM
    grounds = _grounds(drawing, plan, wanted, slack_mm)
    allowed_um = np.zeros(stock.heights_um.shape, np.int16)
    for shapes, depth_mm in grounds:
        _dig(allowed_um, stock, shapes, depth_mm)
    gouged = np.argwhere(stock.heights_um < allowed_um - np.int16(_SLACK_MM * 1000))
    for row, column in gouged[:: max(1, len(gouged) // _LOOKED_AT)]:
        x_mm, y_mm = ((np.array([column, row]) + 0.5) * stock.cell_mm + stock.corner_mm).tolist()
        depth_mm = -float(stock.heights_um[row, column]) / 1000.0 - _SLACK_MM
        # A painted polygon may lack a pixel of its own: the shape itself has the last word.
        if not any(
            shapely.contains_xy(shapes, x_mm, y_mm).any() for shapes, deep in grounds if deep >= depth_mm
        ):
            raise _refused("gouged", x_mm, y_mm)


def _grounds(
    drawing: Drawing, plan: MillPlan, wanted: tuple[list[Polygon], list[Polygon]], slack_mm: float
) -> list[tuple[list[BaseGeometry], float]]:
    """Return where the sheet may be cut, with how deep."""
    lines = _lines(drawing, Role.ENGRAVE, plan.tool.radius_mm(plan.engrave_mm) + slack_mm)
    if plan.tool.pointed:
        carved = [shape.buffer(slack_mm) for shape in filled(drawing, Role.ENGRAVE)]
        return [(lines + carved, plan.engrave_mm)]
    rings, floors = wanted
    bands = [ring.exterior.buffer(plan.tool.diameter_mm + slack_mm) for ring in rings]
    waste = shapely.union_all(bands).difference(_parts(rings).buffer(-slack_mm)) if bands else Polygon()
    open_cuts = _lines(drawing, Role.CUT, plan.tool.diameter_mm / 2 + slack_mm, closed=False)
    return [
        (lines, plan.engrave_mm),
        ([floor.buffer(slack_mm) for floor in floors], plan.pocket_mm),
        ([waste, *open_cuts], plan.through_mm),
    ]


def _lines(drawing: Drawing, role: Role, reach_mm: float, *, closed: bool = True) -> list[BaseGeometry]:
    """Return the ground a tool covers that follows the lines of a role."""
    return [
        LineString([*line.points_mm, *line.points_mm[:1]] if line.closed else line.points_mm).buffer(
            reach_mm, 4
        )
        for line in drawing.outlines
        if line.role is role and (closed or not line.closed)
    ]


def _parts(rings: list[Polygon]) -> BaseGeometry:
    """Return the parts that rings enclose: what lies in an odd number of them."""
    whole: BaseGeometry = Polygon()
    for ring in sorted(rings, key=lambda each: -each.area):
        whole = whole.symmetric_difference(ring)
    return whole


def _dig(
    allowed_um: npt.NDArray[np.int16], stock: Stock, shapes: Iterable[BaseGeometry], depth_mm: float
) -> None:
    """Allow a depth on the ground of shapes."""
    rows, columns = allowed_um.shape
    for polygon in [part for shape in shapes for part in polygons(shape)]:
        picture = Image.new("1", (columns, rows))
        pen = ImageDraw.Draw(picture)
        for ring, inside in ((polygon.exterior, 1), *((hole, 0) for hole in polygon.interiors)):
            corners = (np.asarray(ring.coords)[:, :2] - stock.corner_mm) / stock.cell_mm - 0.5
            pen.polygon([tuple(corner) for corner in corners.tolist()], fill=inside)
        allowed_um[np.asarray(picture)] = np.minimum(
            allowed_um[np.asarray(picture)], np.int16(-depth_mm * 1000)
        )


def _check_outline(stock: Stock, ring: Polygon, plan: MillPlan, *, outer: bool) -> None:
    """Stand with the tool beside the outline, all along it: it is cut through there, or there is a tab."""
    radius_mm = plan.tool.diameter_mm / 2
    centres = _beside(ring, radius_mm if outer else -radius_mm)
    reachable = shapely.distance(ring.exterior, shapely.points(centres)) >= radius_mm - 0.02
    centres, height_mm = centres[reachable], stock.height_mm(centres[reachable])
    if not len(centres):
        return
    bottom_mm = -plan.material.thickness_mm
    left = height_mm > bottom_mm + _SLACK_MM
    tab_top_mm = bottom_mm + plan.tab_height_mm
    x_mm, y_mm = centres[int(np.argmax(height_mm))].tolist()
    if (height_mm > tab_top_mm + _SLACK_MM).any() or np.mean(left) > 0.6 or (left.any() and not plan.tabs):
        raise _refused("outline_not_cut", x_mm, y_mm)
    if not outer or not plan.tabs:
        return
    tabs = _runs(left, centres)
    if len(tabs) < min(2, plan.tabs) or min(tabs) < _THINNEST_TAB_MM:
        raise _refused("tabs_missing", x_mm, y_mm)
    if height_mm[left].max() < tab_top_mm - _SLACK_MM:
        raise _refused("tabs_too_low", x_mm, y_mm)


def _beside(ring: Polygon, away_mm: float) -> FloatArray:
    """Return points along a ring, moved out (or in, when negative) at a right angle."""
    corners = shapely.get_coordinates(shapely.segmentize(ring.exterior, _STEP_MM))
    if not ring.exterior.is_ccw:
        corners = corners[::-1]
    way = np.diff(corners, axis=0)
    length_mm = np.hypot(*way.T)
    way, middle = way[length_mm > 0], (corners[:-1] + np.diff(corners, axis=0) / 2)[length_mm > 0]
    normal = np.column_stack([way[:, 1], -way[:, 0]]) / length_mm[length_mm > 0][:, None]
    points: FloatArray = middle + normal * away_mm
    return points


def _runs(left: BoolArray, centres: FloatArray) -> list[float]:
    """Return the length of each stretch that was left, going round."""
    if left.all() or not left.any():
        return []
    first = int(np.argmin(left))
    turned, places = np.roll(left, -first), np.roll(centres, -first, axis=0)
    edges = np.flatnonzero(np.diff(turned.astype(np.int8)))
    starts, ends = edges[::2] + 1, np.append(edges[1::2], len(turned) - 1)[: len(edges[::2])]
    lengths = np.hypot(*np.diff(places, axis=0).T)
    return [float(lengths[start:end].sum()) + _STEP_MM for start, end in zip(starts, ends, strict=True)]


def _check_floor(stock: Stock, floor: Polygon, plan: MillPlan) -> None:
    """Look at the ground of a pocket wherever the tool fits."""
    radius_mm = plan.tool.diameter_mm / 2
    slack_mm = 1.5 * stock.cell_mm
    reached = floor.buffer(-radius_mm).buffer(radius_mm - slack_mm)
    ground = np.zeros(stock.heights_um.shape, np.int16)
    _dig(ground, stock, [reached], plan.pocket_mm)
    seen = ground < 0
    deep = stock.heights_um[seen] <= (_SLACK_MM - plan.pocket_mm) * 1000
    if seen.any() and deep.mean() < _CLEARED_SHARE:
        x_mm, y_mm = shapely.get_coordinates(floor.representative_point())[0].tolist()
        raise _refused("pocket_left", x_mm, y_mm)


def _refused(code: str, x_mm: float, y_mm: float) -> ProgramRefusedError:
    where = f"x {x_mm:.1f}, y {y_mm:.1f} mm"
    return ProgramRefusedError(
        code,
        Sentence(
            f"Le programme ne donne pas ce qui est dessiné ({where} : {code}). Préviens le médiateur.",
            f"The program does not make what is drawn ({where}: {code}). Tell the mediator.",
        ),
    )
