"""Writes milling moves as G-code words GRBL understands."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from jobs.cam.plan import MillPlan
from jobs.machines import MillProfile

_CLEARANCE_MM: Final = 1.0
"""Height above the stock down to which a rapid may go."""

_SPIN_UP_S: Final = 2


class Writer:
    """Collects lines; keeps the tool above the stock whenever it travels."""

    def __init__(self, profile: MillProfile, plan: MillPlan) -> None:
        self._safe_z_mm = profile.safe_z_mm
        self._feed_mm_min = min(plan.feed_mm_min, profile.max_feed_mm_min)
        self._plunge_mm_min = min(plan.plunge_mm_min, profile.max_plunge_mm_min)
        self._rpm = min(plan.material.rpm, profile.spindle_rpm)
        self._lines: list[str] = []
        self._at: dict[str, str] = {}
        self._feed = ""

    def begin(self) -> None:
        """Set the modes, rise, and start the spindle."""
        self._lines += ["G21", "G90", "G94", "G17", "G54"]
        self._go("G0", Z=self._safe_z_mm)
        self._lines += [f"M3 S{self._rpm}", f"G4 P{_SPIN_UP_S}"]

    def approach(self, point_mm: Sequence[float]) -> None:
        """Travel at safe height to above a point and come down close to the stock."""
        self._go("G0", Z=self._safe_z_mm)
        self._go("G0", X=point_mm[0], Y=point_mm[1])
        self._go("G0", Z=_CLEARANCE_MM)

    def plunge(self, z_mm: float) -> None:
        """Go straight down into the stock, or up over a tab, at plunging speed."""
        self._go("G1", self._plunge_mm_min, Z=z_mm)

    def follow(self, points_mm: Iterable[Sequence[float]]) -> None:
        """Cut along points; the first may be where the tool stands."""
        for point_mm in points_mm:
            self._go("G1", self._feed_mm_min, X=point_mm[0], Y=point_mm[1])

    def carve(self, points_mm: Iterable[Sequence[float]]) -> None:
        """Cut along points of x, y, z; where it goes down, no faster than plunging."""
        before: Sequence[float] | None = None
        for x, y, z in points_mm:
            feed = self._feed_mm_min
            if before is not None and z < before[2]:
                way_mm = math.dist(before, (x, y, z))
                # A tenth less: rounding to micrometres must not make the way steeper than allowed.
                feed = min(feed, max(1.0, 0.9 * self._plunge_mm_min * way_mm / (before[2] - z)))
            self._go("G1", round(feed), X=x, Y=y, Z=z)
            before = (x, y, z)

    def retract(self) -> None:
        """Rise to safe height."""
        self._go("G0", Z=self._safe_z_mm)

    def finish(self) -> None:
        """Stop the spindle, come home at safe height, end."""
        self.retract()
        self._lines.append("M5")
        self._go("G0", X=0.0, Y=0.0)
        self._lines.append("M2")

    def program(self) -> bytes:
        """Return all lines."""
        return ("\n".join(self._lines) + "\n").encode("ascii")

    def _go(self, code: str, feed_mm_min: float | None = None, **axes_mm: float) -> None:
        """Write a move of the axes that change; a feed only when it is new."""
        places = {axis: _number(value) for axis, value in axes_mm.items()}
        moved = {axis: place for axis, place in places.items() if self._at.get(axis) != place}
        if not moved:
            return
        self._at |= moved
        words = [code, *(axis + place for axis, place in moved.items())]
        feed = "" if feed_mm_min is None else f"F{_number(feed_mm_min)}"
        if feed not in {"", self._feed}:
            words.append(feed)
            self._feed = feed
        self._lines.append(" ".join(words))


def _number(value: float) -> str:
    """Write at most three decimals, no trailing zeros, no minus zero."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
