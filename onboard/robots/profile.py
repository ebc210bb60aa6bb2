"""The only reader of kit profiles: how a robot is built, every number bounded, unknown words refused."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from drivers.robots.types import Button, Gauge, Sensor
from drivers.robots.wiring import (
    AnalogSensor,
    BridgeWheel,
    Contact,
    Curve,
    Lamp,
    PenServo,
    ServoWheel,
    Wheel,
    Wiring,
)
from onboard.config import Section, read

Pin = Annotated[int, Field(ge=0, le=69)]
Pulse = Annotated[int, Field(ge=544, le=2400)]
Speed = Annotated[float, Field(ge=10, le=1000)]
Raw = Annotated[float, Field(ge=0, le=1023)]
Value = Annotated[float, Field(ge=-10_000, le=10_000)]

LEAST_SPAN_US = 50


class ServoWheelSection(Section):
    """A servo that turns for ever."""

    kind: Literal["servo"]
    pin: Pin
    still_us: Pulse = 1500
    full_us: Pulse
    top_mm_s: Speed

    @model_validator(mode="after")
    def _spans(self) -> "ServoWheelSection":
        if abs(self.full_us - self.still_us) < LEAST_SPAN_US:
            raise ValueError(f"full_us must be at least {LEAST_SPAN_US} away from still_us")
        return self

    def wheel(self) -> Wheel:
        """Return what the driver knows of it."""
        return ServoWheel(self.pin, self.still_us, self.full_us, self.top_mm_s)


class BridgeWheelSection(Section):
    """A motor behind an H-bridge."""

    kind: Literal["bridge"]
    pwm_pin: Pin
    forward_pin: Pin | None = None
    backward_pin: Pin | None = None
    inverts: bool = False
    least_pct: Annotated[float, Field(ge=0, le=90)] = 0.0
    top_mm_s: Speed

    @model_validator(mode="after")
    def _directed(self) -> "BridgeWheelSection":
        pins = [pin for pin in (self.forward_pin, self.backward_pin) if pin is not None]
        if not pins:
            raise ValueError("forward_pin, backward_pin or both say which way it turns")
        if self.inverts and len(pins) > 1:
            raise ValueError("only a bridge with one direction pin inverts")
        return self

    def wheel(self) -> Wheel:
        """Return what the driver knows of it."""
        return BridgeWheel(
            self.pwm_pin, self.forward_pin, self.backward_pin, self.top_mm_s, self.least_pct, self.inverts
        )


WheelSection: TypeAlias = Annotated[ServoWheelSection | BridgeWheelSection, Field(discriminator="kind")]


class PenSection(Section):
    """A servo that lifts the pen."""

    pin: Pin
    up_us: Pulse
    down_us: Pulse


class LampSection(Section):
    """Up to three lights; `common_anode` where a light is on while its pin is low."""

    red_pin: Pin | None = None
    green_pin: Pin | None = None
    blue_pin: Pin | None = None
    common_anode: bool = False

    @model_validator(mode="after")
    def _shines(self) -> "LampSection":
        if self.red_pin is None and self.green_pin is None and self.blue_pin is None:
            raise ValueError("red_pin, green_pin or blue_pin is missing")
        return self


class BuzzerSection(Section):
    """Something that sounds while its pin is high, or at the pitch of the board's power sharing."""

    pin: Pin


class SensorSection(Section):
    """A sensor on an analogue input, and what its raw readings (0 to 1023) mean."""

    input: Annotated[int, Field(ge=0, le=15)]
    curve: Annotated[list[tuple[Raw, Value]], Field(min_length=2, max_length=50)]

    @model_validator(mode="after")
    def _rises(self) -> "SensorSection":
        if any(low >= high for (low, _), (high, _) in pairwise(self.curve)):
            raise ValueError("the raw readings of a curve must rise from point to point")
        return self


class ButtonSection(Section):
    """A push button to ground, or one whose pin is high while it is pressed."""

    pin: Pin
    pulled_up: bool = True


class Profile(Section):
    """One robot."""

    track_mm: Annotated[float, Field(ge=20, le=1000)] | None = None
    left: WheelSection | None = None
    right: WheelSection | None = None
    pen: PenSection | None = None
    lamp: LampSection | None = None
    buzzer: BuzzerSection | None = None
    sensors: dict[Sensor, SensorSection] = Field(default_factory=dict)
    buttons: dict[Button, ButtonSection] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> "Profile":
        if (self.left is None) is not (self.right is None):
            raise ValueError("a robot has two wheels, left and right, or none")
        if self.left is not None and self.track_mm is None:
            raise ValueError("track_mm, from the middle of one wheel to the middle of the other, is missing")
        pins = _pins(self.wiring())
        if twice := {pin for pin in pins if pins.count(pin) > 1}:
            raise ValueError(f"pin {min(twice)} is used twice")
        if not pins and not self.sensors:
            raise ValueError("it names no part")
        return self

    def wiring(self) -> Wiring:
        """Return what the driver knows of it."""
        lamp = self.lamp
        return Wiring(
            track_mm=self.track_mm or 0.0,
            left=self.left.wheel() if self.left else None,
            right=self.right.wheel() if self.right else None,
            pen=PenServo(self.pen.pin, self.pen.up_us, self.pen.down_us) if self.pen else None,
            lamp=Lamp(lamp.red_pin, lamp.green_pin, lamp.blue_pin, lamp.common_anode) if lamp else None,
            buzzer_pin=self.buzzer.pin if self.buzzer else None,
            sensors=tuple(
                AnalogSensor(name, sensor.input, Curve(tuple(sensor.curve)))
                for name, sensor in self.sensors.items()
            ),
            contacts=tuple(
                Contact(name, button.pin, button.pulled_up) for name, button in self.buttons.items()
            ),
        )


class Measures(Section):
    """What differs from one robot to the next where all are built alike."""

    track_mm: Annotated[float, Field(ge=20, le=1000)]
    top_mm_s: Speed


def load_gauge(path: Path) -> Gauge:
    """Read the measures of one robot that is bought as it is, such as a Thymio.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds a value that is not allowed.
    """
    measures = read(path, Measures)
    return Gauge(measures.track_mm, measures.top_mm_s)


def load_wiring(path: Path) -> Wiring:
    """Read one profile.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds a value that is not allowed.
    """
    return read(path, Profile).wiring()


def _pins(wiring: Wiring) -> list[int]:
    pens = [wiring.pen.pin] if wiring.pen else []
    buzzers = [] if wiring.buzzer_pin is None else [wiring.buzzer_pin]
    lights = list(wiring.lamp.pins) if wiring.lamp else []
    wheels = [pin for wheel in wiring.wheels for pin in wheel.pins]
    return [*wheels, *pens, *buzzers, *lights, *(contact.pin for contact in wiring.contacts)]
