"""Whether a board can be what a profile says of it."""

from collections.abc import Iterator

from drivers.firmata.messages import Mode
from drivers.robots.wiring import BridgeWheel, Wiring

NAMES = {
    Mode.INPUT: "read a level",
    Mode.OUTPUT: "be switched",
    Mode.ANALOG: "read a voltage",
    Mode.PWM: "give a share of power",
    Mode.SERVO: "move a servo",
}


def misfit(wiring: Wiring, pins: tuple[dict[int, int], ...]) -> str | None:
    """Return what is wrong, for the person who wrote the profile; None when all fits."""
    for pin, mode in _needs(wiring):
        if pin >= len(pins) or not pins[pin]:
            return f"This board has no pin {pin} that can be used: correct the robot's profile."
        if mode not in pins[pin]:
            return f"Pin {pin} of this board cannot {NAMES[mode]}: correct the robot's profile."
    inputs = sum(Mode.ANALOG in modes for modes in pins)
    for sensor in wiring.sensors:
        if sensor.channel >= inputs:
            return f"This board has no input A{sensor.channel}: correct the robot's profile."
    return None


def _needs(wiring: Wiring) -> Iterator[tuple[int, Mode]]:
    for wheel in wiring.wheels:
        if isinstance(wheel, BridgeWheel):
            yield wheel.pwm_pin, Mode.PWM
            yield from ((pin, Mode.OUTPUT) for pin in wheel.pins if pin != wheel.pwm_pin)
        else:
            yield wheel.pin, Mode.SERVO
    if wiring.pen is not None:
        yield wiring.pen.pin, Mode.SERVO
    for pin in wiring.lamp.pins if wiring.lamp else ():
        yield pin, Mode.OUTPUT
    if wiring.buzzer_pin is not None:
        yield wiring.buzzer_pin, Mode.OUTPUT
    for contact in wiring.contacts:
        yield contact.pin, Mode.INPUT
