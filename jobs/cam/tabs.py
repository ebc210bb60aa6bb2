"""Places the tabs that hold a part in its sheet until it is broken out."""

from itertools import pairwise
from typing import Final

from shapely.geometry import LineString
from shapely.ops import substring

from jobs.cam.drawing import Role
from jobs.cam.paths import ToolPath
from jobs.cam.plan import MillPlan
from jobs.errors import DesignRefusedError, Sentence

Piece = tuple[list[tuple[float, ...]], bool]
"""Points of a stretch, with whether the tool climbs over a tab there."""

_LOOSE_HOLE_MM: Final = 30.0
"""Way round the waste of a hole that may come loose: it is too small to jam the bit."""

_THINNEST_TAB_MM: Final = 0.8


def tab_pieces(path: ToolPath, plan: MillPlan) -> list[Piece]:
    """Cut a ring into pieces, alternately free and tab; none when this ring needs no tab.

    Raises:
        DesignRefusedError: A part is too small to be held.
    """
    if path.role is not Role.CUT or not plan.tabs or plan.tab_height_mm <= 0.0:
        return []
    if not path.outer and path.line.length < _LOOSE_HOLE_MM:
        return []
    return _with_tabs(path.line, plan)


def _with_tabs(line: LineString, plan: MillPlan) -> list[Piece]:
    """Space tabs evenly; tabs that would touch become fewer, then narrower."""
    tool_mm = plan.tool.diameter_mm
    width_mm = plan.tab_width_mm + tool_mm
    count = max(min(2, plan.tabs), min(plan.tabs, int(line.length / (3 * width_mm))))
    width_mm = min(width_mm, line.length / (2 * count))
    if width_mm - tool_mm < _THINNEST_TAB_MM:
        raise _part_too_small(line.length)
    middles = [(tab + 0.5) * line.length / count for tab in range(count)]
    edges = [0.0, *(edge for middle in middles for edge in (middle - width_mm / 2, middle + width_mm / 2))]
    spans = pairwise([*edges, line.length])
    return [(list(substring(line, *span).coords), row % 2 == 1) for row, span in enumerate(spans)]


def _part_too_small(around_mm: float) -> DesignRefusedError:
    return DesignRefusedError(
        "part_too_small",
        Sentence(
            f"Une pièce est trop petite pour être tenue ({around_mm:.0f} mm de tour de fraise). Agrandis-la.",
            f"A part is too small to be held (the bit goes {around_mm:.0f} mm around it). Make it larger.",
        ),
    )
