"""How wheels cover a leg: fast, then slowly to its end, and what was too much is paid back by the next."""

import math
from dataclasses import dataclass, replace
from typing import Final

from drivers.robots.body import Pose
from drivers.robots.types import STILL, Drive, Gauge

CREEP_S: Final = 0.1
"""The end of a leg is driven slowly for so long: a call that comes late then hardly matters."""
CREEPS_FROM_MM: Final = 30.0
SLIVER_MM: Final = 0.05
"""A leg shorter than that is left to the next one."""
MOST_MENDS: Final = 3
TOO_FAR_MM: Final = 1.0
TOO_FAR_ROUND_MM: Final = 0.5
"""A wheel that went further than that, because the call came late, goes back slowly."""
EDGE_MM: Final = 20.0
"""So much before the edge of the area a robot is stopped: nobody calls in time to the millisecond."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A way still to go for each wheel, in millimetres, and how each turns: 1 or -1."""

    left: int
    right: int
    rest_mm: float
    fast_mm_s: float
    slow_mm_s: float
    is_cut: bool = False
    mends: int = 0

    @property
    def speed_mm_s(self) -> float:
        """Fast, and slowly at the end of a long one."""
        return self.fast_mm_s if self._before_creep_mm > SLIVER_MM else self.slow_mm_s

    @property
    def lasts_s(self) -> float:
        """How long to go on at this speed."""
        before_mm = self._before_creep_mm
        return max(0.0, before_mm if before_mm > SLIVER_MM else self.rest_mm) / self.speed_mm_s

    @property
    def drive(self) -> Drive:
        """The wheels for now."""
        return Drive(self.left * self.speed_mm_s, self.right * self.speed_mm_s)

    @property
    def _before_creep_mm(self) -> float:
        if self.slow_mm_s >= self.fast_mm_s:
            return self.rest_mm
        return self.rest_mm - self.slow_mm_s * CREEP_S


class Driving:
    """Reckons where the robot is from what its wheels were told, and makes legs that keep it in its area.

    The area is a square of `half_mm` to each side of where it began. Every instant is passed in.
    """

    def __init__(self, gauge: Gauge, half_mm: float, now_s: float) -> None:
        self.pose = Pose(0.0, 0.0, 90.0)
        self.wheels = STILL
        self.leg: Leg | None = None
        self._gauge = gauge
        self._half_mm = half_mm - EDGE_MM
        self._owed_mm = 0.0
        self._owed_deg = 0.0
        self._is_on_line = True
        self._since_s = now_s

    @property
    def deadline_s(self) -> float:
        """When the wheels want to be told something else; infinity without a leg."""
        return math.inf if self.leg is None else self._since_s + self.leg.lasts_s

    def ahead(self, distance_mm: float, speed_mm_s: float) -> Leg:
        """Begin a leg straight on, as far as the area allows."""
        wanted_mm = distance_mm - (self._owed_mm if self._is_on_line else 0.0)
        sign = -1 if wanted_mm < 0 else 1
        free_mm = self._free_mm(self.pose.heading_deg + (180 if sign < 0 else 0))
        is_cut = free_mm < abs(wanted_mm)
        self._owed_mm, self._is_on_line = -wanted_mm, True
        return self._begin(sign, sign, min(abs(wanted_mm), free_mm), speed_mm_s, is_cut=is_cut)

    def around(self, angle_deg: float, speed_mm_s: float) -> Leg:
        """Begin a turn on the spot."""
        wanted_deg = angle_deg - self._owed_deg
        sign = -1 if wanted_deg < 0 else 1
        self._owed_deg, self._is_on_line = -wanted_deg, False
        way_mm = math.radians(abs(wanted_deg)) * self._gauge.track_mm / 2
        return self._begin(-sign, sign, way_mm, speed_mm_s, is_cut=False)

    def mend(self) -> Leg | None:
        """Begin the way back after a leg that went too far; None when it did not, or not by much."""
        leg = self.leg
        if leg is None or leg.mends >= MOST_MENDS:
            return None
        is_turn = leg.left != leg.right
        is_long = leg.slow_mm_s < leg.fast_mm_s or leg.mends > 0
        if -leg.rest_mm <= (TOO_FAR_ROUND_MM if is_turn else TOO_FAR_MM) or not (is_turn or is_long):
            return None
        self.leg = replace(
            leg,
            left=-leg.left,
            right=-leg.right,
            rest_mm=-leg.rest_mm,
            fast_mm_s=leg.slow_mm_s,
            mends=leg.mends + 1,
        )
        return self.leg

    def reckon(self, now_s: float) -> None:
        """Move on to an instant, as the wheels were told."""
        duration_s, self._since_s = max(0.0, now_s - self._since_s), max(now_s, self._since_s)
        left_mm, right_mm = self.wheels.left_mm_s * duration_s, self.wheels.right_mm_s * duration_s
        way_mm = (left_mm + right_mm) / 2
        turn_deg = math.degrees((right_mm - left_mm) / self._gauge.track_mm)
        x_mm, y_mm = self.pose.ahead(way_mm)
        self.pose = Pose(x_mm, y_mm, self.pose.heading_deg + turn_deg)
        self._owed_mm += way_mm
        self._owed_deg += turn_deg
        if self.leg is not None:
            done_mm = (left_mm * self.leg.left + right_mm * self.leg.right) / 2
            self.leg = replace(self.leg, rest_mm=self.leg.rest_mm - done_mm)

    def told(self, wheels: Drive) -> None:
        """The wheels turn so from the instant reckoned last."""
        self.wheels = wheels

    def _begin(self, left: int, right: int, way_mm: float, speed_mm_s: float, *, is_cut: bool) -> Leg:
        fast_mm_s = min(speed_mm_s, self._gauge.top_mm_s)
        slow_mm_s = min(fast_mm_s, self._gauge.slow_mm_s) if way_mm >= CREEPS_FROM_MM else fast_mm_s
        self.leg = Leg(left, right, way_mm, fast_mm_s, slow_mm_s, is_cut)
        return self.leg

    def _free_mm(self, heading_deg: float) -> float:
        """Return how far the edge of the area is in a direction."""
        angle = math.radians(heading_deg)
        spans = ((self.pose.x_mm, math.cos(angle)), (self.pose.y_mm, math.sin(angle)))
        ways = [(math.copysign(self._half_mm, step) - at) / step for at, step in spans if abs(step) > 1e-9]
        return max(0.0, min(ways))
