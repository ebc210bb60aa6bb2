"""A robot's body to simulate: two wheels, a pen, a lamp and its senses, on a floor with walls.

Source: the exact arc of a differential drive, e.g. Siegwart, Introduction to Autonomous Mobile Robots, 3.2.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from drivers.robots.field import Field, Point
from drivers.robots.trace import Trace
from drivers.robots.types import STILL, Button, Drive, Gauge, Light, Senses, Sensor
from drivers.simulator import BlackBox

STEP_MM: Final = 5.0
"""Walls are felt, and bends are drawn, every so many millimetres."""
STEP_DEG: Final = 10.0
STRAIGHT_DEG_MM: Final = 1e-7
DARK: Final = Light(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the middle between the wheels is and where the robot looks: 0 is to the right, 90 away.

    Turning left (counter-clockwise) counts upwards, beyond a whole turn too.
    """

    x_mm: float
    y_mm: float
    heading_deg: float

    def ahead(self, forward_mm: float, left_mm: float = 0.0) -> Point:
        """Return the point of the floor so far before the robot and to its left."""
        angle = math.radians(self.heading_deg)
        x_mm = self.x_mm + forward_mm * math.cos(angle) - left_mm * math.sin(angle)
        return x_mm, self.y_mm + forward_mm * math.sin(angle) + left_mm * math.cos(angle)


class Body:
    """A round robot that moves while its clock is told: every instant is seconds of one clock, passed in.

    With a black box it records `wheels`, `pen`, `lamp`, `sound` as they change, with the pose. The pen sits
    in the middle between the wheels.
    """

    def __init__(
        self,
        gauge: Gauge,
        field: Field | None = None,
        start: Pose | None = None,
        *,
        radius_mm: float = 60.0,
        black_box: BlackBox | None = None,
    ) -> None:
        """Without a field it stands in the middle of a bare table and looks away from who watches."""
        self.field = field or Field()
        self.pose = start or Pose(self.field.width_mm / 2, self.field.depth_mm / 2, 90.0)
        self.wheels = STILL
        self.pen_is_down = False
        self.lamp = DARK
        self.sound_hz = 0.0
        self.tilt_deg = 0.0
        self.pressed: frozenset[Button] = frozenset()
        self.is_blocked = False
        self.way_mm = 0.0
        self.radius_mm = radius_mm
        self._gauge = gauge
        self._trace = Trace()
        self._black_box = black_box
        self._now_s = 0.0
        self._silent_s = math.inf

    @property
    def strokes(self) -> list[list[Point]]:
        """What the pen has drawn, as lines of points in millimetres."""
        return self._trace.strokes

    @property
    def is_moving(self) -> bool:
        """Whether a wheel turns."""
        return self.wheels != STILL

    def drive(self, drive: Drive, now_s: float) -> None:
        """Turn the wheels from now on, no faster than they can."""
        self.advance(now_s)
        wheels = Drive(self._possible(drive.left_mm_s), self._possible(drive.right_mm_s))
        if wheels != self.wheels:
            if _direction(wheels) == 0 or _direction(wheels) != _direction(self.wheels):
                self._trace.bend()
            self.wheels = wheels
            self._record("wheels", left_mm_s=wheels.left_mm_s, right_mm_s=wheels.right_mm_s)

    def set_pen(self, *, is_down: bool, now_s: float) -> None:
        """Lower or lift the pen."""
        self.advance(now_s)
        if is_down != self.pen_is_down:
            self.pen_is_down = is_down
            self._record("pen", down=is_down)
            if is_down:
                self._trace.lower((self.pose.x_mm, self.pose.y_mm))

    def shine(self, lamp: Light, now_s: float) -> None:
        """Give the lamp a colour."""
        self.advance(now_s)
        if lamp != self.lamp:
            self.lamp = lamp
            colour = {"red_pct": lamp.red_pct, "green_pct": lamp.green_pct, "blue_pct": lamp.blue_pct}
            self._record("lamp", **colour)

    def sing(self, pitch_hz: float, duration_s: float, now_s: float) -> None:
        """Sound for a while; a pitch of 0 is silence at once."""
        self.advance(now_s)
        self.sound_hz = pitch_hz
        self._silent_s = now_s + duration_s if pitch_hz else math.inf
        self._record("sound", hz=pitch_hz, s=duration_s)

    def advance(self, now_s: float) -> None:
        """Live up to an instant; one that is past changes nothing."""
        duration_s = now_s - self._now_s
        if duration_s <= 0:
            return
        self._now_s = now_s
        if now_s >= self._silent_s:
            self.sound_hz, self._silent_s = 0.0, math.inf
        if self.is_moving:
            self._move(duration_s)

    def distance_mm(self, bearing_deg: float = 0.0) -> float:
        """Return what is free before the hull, in a direction counted leftwards from straight ahead."""
        angle = math.radians(bearing_deg)
        edge = self.pose.ahead(self.radius_mm * math.cos(angle), self.radius_mm * math.sin(angle))
        return self.field.distance_mm(edge, self.pose.heading_deg + bearing_deg)

    def ground_pct(self, forward_mm: float = 40.0, left_mm: float = 0.0) -> float:
        """Return how bright the floor is below a sensor."""
        return self.field.brightness_pct(self.pose.ahead(forward_mm, left_mm))

    def feel(self, sensors: Iterable[Sensor]) -> Senses:
        """Return what a robot with these sensors feels now, in the neutral units."""
        readings = {
            Sensor.DISTANCE: self.distance_mm(),
            Sensor.GROUND: self.ground_pct(),
            Sensor.LIGHT: self.field.light_pct,
            Sensor.TILT: self.tilt_deg,
        }
        return Senses(self._now_s, {sensor: readings[sensor] for sensor in sensors}, self.pressed)

    def _possible(self, speed_mm_s: float) -> float:
        """A wheel that is told nonsense stands still."""
        if not math.isfinite(speed_mm_s):
            return 0.0
        return min(max(speed_mm_s, -self._gauge.top_mm_s), self._gauge.top_mm_s)

    def _move(self, duration_s: float) -> None:
        speed_mm_s = (self.wheels.left_mm_s + self.wheels.right_mm_s) / 2
        turn_deg_s = math.degrees((self.wheels.right_mm_s - self.wheels.left_mm_s) / self._gauge.track_mm)
        is_straight = abs(turn_deg_s) * duration_s < STRAIGHT_DEG_MM
        turns = 0.0 if speed_mm_s == 0 else abs(turn_deg_s) * duration_s / STEP_DEG
        steps = max(1, math.ceil(max(abs(speed_mm_s) * duration_s / STEP_MM, turns)))
        for _ in range(steps):
            self._step(speed_mm_s * duration_s / steps, turn_deg_s * duration_s / steps)
            if self.pen_is_down:
                self._trace.draw((self.pose.x_mm, self.pose.y_mm), is_straight=is_straight)

    def _step(self, way_mm: float, turn_deg: float) -> None:
        """Go along an arc as far as the walls let it; the wheels slip and the robot turns all the same."""
        half = math.radians(turn_deg) / 2
        chord_mm = way_mm * (math.sin(half) / half if abs(half) > STRAIGHT_DEG_MM else 1.0)
        before = (self.pose.x_mm, self.pose.y_mm)
        wanted = Pose(*before, self.pose.heading_deg + turn_deg / 2).ahead(chord_mm)
        reached = self.field.held(wanted, self.radius_mm)
        if self.field.is_taken(reached, self.radius_mm):
            reached = before
        self.is_blocked = math.dist(reached, wanted) > STRAIGHT_DEG_MM
        if self.is_blocked:
            self._trace.bend()
        self.way_mm += math.dist(before, reached)
        self.pose = Pose(*reached, self.pose.heading_deg + turn_deg)

    def _record(self, kind: str, **facts: object) -> None:
        if self._black_box is not None:
            pose = {"x_mm": self.pose.x_mm, "y_mm": self.pose.y_mm, "deg": self.pose.heading_deg}
            at = {name: round(value, 4) for name, value in pose.items()}
            self._black_box.record(self._now_s, kind, **facts, **at)


def _direction(wheels: Drive) -> int:
    """1 straight ahead, -1 straight back, 0 for all else."""
    if wheels.left_mm_s != wheels.right_mm_s:
        return 0
    return (wheels.left_mm_s > 0) - (wheels.left_mm_s < 0)


def retraced(entries: Iterable[dict[str, object]], body: Body) -> list[list[Point]]:
    """Return what the pen drew, from the `wheels` and `pen` of a black box, by moving a fresh body alike."""
    for entry in entries:
        at_s = float(str(entry["t"]))
        if entry["kind"] == "wheels":
            wheels = Drive(float(str(entry["left_mm_s"])), float(str(entry["right_mm_s"])))
            body.drive(wheels, at_s)
        elif entry["kind"] == "pen":
            body.set_pen(is_down=entry["down"] is True, now_s=at_s)
    return body.strokes
