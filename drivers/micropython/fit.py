"""Whether a micro:bit can be what a profile says of it."""

from typing import Final

from drivers.micropython.program import outputs
from drivers.robots.wiring import Wiring

FREE: Final = frozenset({0, 1, 2, 8, 12, 13, 14, 15, 16})
"""Display, buttons and the board's own sensors have the others. Source: tech.microbit.org, edge connector."""
ANALOG: Final = frozenset({0, 1, 2})


def misfit(wiring: Wiring) -> str | None:
    """Return what is wrong, for the person who wrote the profile; None when all fits."""
    buzzers = () if wiring.buzzer_pin is None else (wiring.buzzer_pin,)
    inputs = tuple(sensor.channel for sensor in wiring.sensors)
    pins = outputs(wiring) + buzzers + inputs + tuple(contact.pin for contact in wiring.contacts)
    for pin in pins:
        if pin not in FREE:
            return f"Pin {pin} of a micro:bit is not free: correct the robot's profile."
        if pins.count(pin) > 1:
            return f"Pin {pin} is used twice: correct the robot's profile."
    for pin in inputs:
        if pin not in ANALOG:
            return f"Pin {pin} of a micro:bit reads no voltage: correct the robot's profile."
    return None
