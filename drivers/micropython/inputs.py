"""What a micro:bit feels, in neutral units."""

import math
from dataclasses import replace
from typing import Final

from drivers.micropython.lines import Status
from drivers.robots.types import Abilities, Button, Senses, Sensor
from drivers.robots.wiring import FULL_PCT, Wiring

BRIGHTEST: Final = 255


def abilities(wiring: Wiring, *, feels_light: bool) -> Abilities:
    """Return what the robot can do: the board itself has two buttons, a display and a sense of tilt."""
    own = {Sensor.TILT, Sensor.LIGHT} if feels_light else {Sensor.TILT}
    found = wiring.abilities
    return replace(
        found, has_light=True, sensors=found.sensors | own, buttons=found.buttons | {Button.A, Button.B}
    )


def others(wiring: Wiring, *, feels_light: bool) -> int:
    """Return how many readings the robot has beside the board's own."""
    return len(wiring.sensors) + len(wiring.contacts) + feels_light


def senses(status: Status, wiring: Wiring, now_s: float, *, feels_light: bool) -> Senses:
    """Return what a status means."""
    values = {Sensor.LIGHT: FULL_PCT * status.rest[-1] / BRIGHTEST} if feels_light else {}
    if (tilt_deg := tilt(status.axes)) is not None:
        values[Sensor.TILT] = tilt_deg
    for sensor, raw in zip(wiring.sensors, status.rest, strict=False):
        values[sensor.sensor] = sensor.curve.value(raw)
    pressed = {button for button, is_down in _own(status) if is_down}
    for contact, level in zip(wiring.contacts, status.rest[len(wiring.sensors) :], strict=False):
        if contact.is_pressed(bool(level)):
            pressed.add(contact.button)
    return Senses(now_s, values, frozenset(pressed))


def tilt(axes: tuple[int, int, int]) -> float | None:
    """Return the degrees away from lying with the display upwards; None in free fall.

    Source: micro:bit MicroPython documentation, accelerometer: z is negative with the display upwards.
    """
    length = math.hypot(*axes)
    if length == 0:
        return None
    return math.degrees(math.acos(max(-1.0, min(1.0, -axes[2] / length))))


def _own(status: Status) -> tuple[tuple[Button, bool], ...]:
    return (Button.A, status.pressed_a), (Button.B, status.pressed_b)
