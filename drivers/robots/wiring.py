"""How a robot is built: which pin turns what, how fast, and what a reading means."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from drivers.robots.types import Abilities, Button, Gauge, Light, Sensor

FULL_PCT: Final = 100.0
LIT_PCT: Final = 50.0
"""A lamp that can only be on or off is on from here."""


@dataclass(frozen=True, slots=True)
class ServoWheel:
    """A servo that turns for ever: the length of its pulse is its speed, on either side of `still_us`."""

    pin: int
    still_us: float
    full_us: float
    """The pulse of full speed forwards; shorter than `still_us` for a servo mounted the other way round."""
    top_mm_s: float

    def pulse_us(self, speed_mm_s: float) -> int:
        """Return the pulse for a speed."""
        return round(self.still_us + (self.full_us - self.still_us) * speed_mm_s / self.top_mm_s)

    def speed_mm_s(self, pulse_us: float) -> float:
        """Return the speed that a pulse makes, no faster than the servo can."""
        share = (pulse_us - self.still_us) / (self.full_us - self.still_us)
        return min(max(share, -1.0), 1.0) * self.top_mm_s

    @property
    def pins(self) -> tuple[int, ...]:
        """Every pin of the wheel."""
        return (self.pin,)


@dataclass(frozen=True, slots=True)
class BridgeWheel:
    """A motor behind an H-bridge: one pin gives the share of full power, the others the direction.

    The pin of the direction wanted is high, the other low; a bridge with one such pin has no other. With
    `inverts` power counts downwards while the direction pin is high (bridges with two inputs a motor).
    """

    pwm_pin: int
    forward_pin: int | None
    backward_pin: int | None
    top_mm_s: float
    least_pct: float = 0.0
    """With less the wheel does not begin to turn."""
    inverts: bool = False

    def share_pct(self, speed_mm_s: float) -> float:
        """Return the power for a speed, whatever its direction."""
        if speed_mm_s == 0:
            return 0.0
        share = min(abs(speed_mm_s) / self.top_mm_s, 1.0)
        return self.least_pct + (FULL_PCT - self.least_pct) * share

    def speed_mm_s(self, share_pct: float) -> float:
        """Return the speed that a share of power makes."""
        above_pct = max(0.0, share_pct - self.least_pct)
        return self.top_mm_s * above_pct / (FULL_PCT - self.least_pct)

    def levels(self, speed_mm_s: float) -> dict[int, bool]:
        """Return the level of each direction pin for a speed; all are low when it stands still."""
        wanted = {self.forward_pin: speed_mm_s > 0, self.backward_pin: speed_mm_s < 0}
        return {pin: level for pin, level in wanted.items() if pin is not None}

    @property
    def pins(self) -> tuple[int, ...]:
        """Every pin of the wheel."""
        return tuple(pin for pin in (self.pwm_pin, self.forward_pin, self.backward_pin) if pin is not None)


Wheel: TypeAlias = ServoWheel | BridgeWheel


@dataclass(frozen=True, slots=True)
class PenServo:
    """A servo that lifts and lowers the pen."""

    pin: int
    up_us: int
    down_us: int


@dataclass(frozen=True, slots=True)
class Lamp:
    """Up to three lights; with only one of them the lamp shows how bright the colour is."""

    red_pin: int | None = None
    green_pin: int | None = None
    blue_pin: int | None = None
    is_common_anode: bool = False
    """The light is on while its pin is low."""

    def shares_pct(self, light: Light) -> dict[int, float]:
        """Return how bright each pin's light shall be."""
        wanted = {self.red_pin: light.red_pct, self.green_pin: light.green_pct, self.blue_pin: light.blue_pct}
        pins = [pin for pin in wanted if pin is not None]
        if len(pins) == 1:
            return {pins[0]: max(light.red_pct, light.green_pct, light.blue_pct)}
        return {pin: wanted[pin] for pin in pins}

    @property
    def pins(self) -> tuple[int, ...]:
        """Every pin of the lamp."""
        return tuple(pin for pin in (self.red_pin, self.green_pin, self.blue_pin) if pin is not None)


@dataclass(frozen=True, slots=True)
class Curve:
    """What raw readings mean: straight lines between points, and the outermost value beyond them."""

    points: tuple[tuple[float, float], ...]
    """Raw readings in rising order, each with its value."""

    def value(self, raw: float) -> float:
        """Return what a raw reading means."""
        if raw <= self.points[0][0]:
            return self.points[0][1]
        for (low, begin), (high, end) in pairwise(self.points):
            if raw <= high:
                return begin + (end - begin) * (raw - low) / (high - low)
        return self.points[-1][1]

    def raw(self, value: float) -> float:
        """Return a raw reading that means a value; of a curve that bends back, the lowest."""
        for (low, begin), (high, end) in pairwise(self.points):
            if min(begin, end) <= value <= max(begin, end) and begin != end:
                return low + (high - low) * (value - begin) / (end - begin)
        return min(self.points, key=lambda point: abs(point[1] - value))[0]


@dataclass(frozen=True, slots=True)
class AnalogSensor:
    """A sensor whose voltage is its reading."""

    sensor: Sensor
    channel: int
    """The analogue input: 0 is A0 of an Arduino, or pin 0 of a micro:bit."""
    curve: Curve


@dataclass(frozen=True, slots=True)
class Contact:
    """A push button between a pin and ground, pulled up by the board, or wired to give a level of its own."""

    button: Button
    pin: int
    is_pulled_up: bool = True

    def is_pressed(self, level: bool) -> bool:  # noqa: FBT001 - an electrical level is nothing else
        """Whether this level means that somebody presses it."""
        return level is not self.is_pulled_up


@dataclass(frozen=True, slots=True)
class Wiring:
    """All that hangs on a board."""

    track_mm: float = 0.0
    left: Wheel | None = None
    right: Wheel | None = None
    pen: PenServo | None = None
    lamp: Lamp | None = None
    buzzer_pin: int | None = None
    sensors: tuple[AnalogSensor, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """The wheels there are, the left one first."""
        return tuple(wheel for wheel in (self.left, self.right) if wheel is not None)

    @property
    def gauge(self) -> Gauge | None:
        """The measures of a body with two wheels; the slower one says how fast it is."""
        if self.left is None or self.right is None:
            return None
        return Gauge(self.track_mm, min(self.left.top_mm_s, self.right.top_mm_s))

    @property
    def abilities(self) -> Abilities:
        """What a board can do with all this, whatever it has of its own."""
        return Abilities(
            self.gauge,
            has_pen=self.pen is not None,
            has_light=self.lamp is not None,
            has_sound=self.buzzer_pin is not None,
            sensors=frozenset(sensor.sensor for sensor in self.sensors),
            buttons=frozenset(contact.button for contact in self.contacts),
        )
