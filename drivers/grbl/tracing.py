"""The outline of a program drawn in the air, so that a person sees that it fits before anything turns."""

import math
from typing import Final

from drivers.errors import DriverError
from drivers.gcode import Program
from drivers.grbl.reckoning import Bounds
from drivers.types import Position

FEED_MM_MIN: Final = 1000.0
"""Slow enough for the eye and for the hand at the stop."""
NO_BOUNDS: Final = "The outline has no bounds: this program does not tell where it works."


class TraceRefusedError(DriverError):
    """The outline cannot be drawn in the air."""


def outline(bounds: Bounds | None, at: Position | None, safe_z_mm: float) -> Program:
    """Spindle off, up, once round the bounds and back in X and Y; the tool never goes down.

    Raises:
        TraceRefusedError: the bounds make no sense, or where the tool is now is not known.
    """
    if bounds is None:
        raise TraceRefusedError(NO_BOUNDS)
    left, front, right, back = bounds.x_min_mm, bounds.y_min_mm, bounds.x_max_mm, bounds.y_max_mm
    if not all(map(math.isfinite, (left, front, right, back, safe_z_mm))) or left > right or front > back:
        raise TraceRefusedError(NO_BOUNDS)
    if at is None:
        raise TraceRefusedError("The mill has not yet told where its tool is: wait a moment.")
    corners = ((left, front), (right, front), (right, back), (left, back), (left, front))
    return Program.from_lines(
        [
            b"M5",
            b"G21 G90 G94 G17",
            b"G0 Z%.3f" % max(safe_z_mm, at.z_mm),
            *(b"G1 X%.3f Y%.3f F%.0f" % (x_mm, y_mm, FEED_MM_MIN) for x_mm, y_mm in corners),
            b"G0 X%.3f Y%.3f" % (at.x_mm, at.y_mm),
        ]
    )
