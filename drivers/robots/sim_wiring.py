"""What a virtual robot makes of the pins of its board."""

from typing import Protocol, assert_never

from drivers.robots.types import Drive, Light
from drivers.robots.wiring import FULL_PCT, BridgeWheel, PenServo, ServoWheel, Wheel, Wiring


class Pins(Protocol):
    """The outputs of a virtual board."""

    def share_pct(self, number: int) -> float:
        """Return for how much of the time a pin is high."""

    def is_high(self, number: int) -> bool:
        """Whether an output is high and stays so."""

    def pulse_us(self, number: int) -> float:
        """Return the pulse that a servo gets, 0 for none."""


def wheels(wiring: Wiring, pins: Pins) -> Drive:
    """Return how the wheels turn."""
    if wiring.left is None or wiring.right is None:
        return Drive(0.0, 0.0)
    return Drive(_speed(wiring.left, pins), _speed(wiring.right, pins))


def _speed(wheel: Wheel, pins: Pins) -> float:
    match wheel:
        case ServoWheel():
            pulse_us = pins.pulse_us(wheel.pin)
            return wheel.speed_mm_s(pulse_us) if pulse_us else 0.0
        case BridgeWheel():
            return _bridge_speed(wheel, pins)
        case _:
            assert_never(wheel)


def _bridge_speed(wheel: BridgeWheel, pins: Pins) -> float:
    """Both inputs alike brake; with one direction pin the motor turns as soon as it has power."""
    forward = wheel.forward_pin is not None and pins.is_high(wheel.forward_pin)
    backward = wheel.backward_pin is not None and pins.is_high(wheel.backward_pin)
    if wheel.forward_pin is None:
        forward = not backward
    elif wheel.backward_pin is None:
        backward = not forward
    if forward is backward:
        return 0.0
    directed = wheel.forward_pin if wheel.backward_pin is None else wheel.backward_pin
    share_pct = pins.share_pct(wheel.pwm_pin)
    if wheel.inverts and directed is not None and pins.is_high(directed):
        share_pct = FULL_PCT - share_pct
    speed_mm_s = wheel.speed_mm_s(share_pct)
    return speed_mm_s if forward else -speed_mm_s


def is_down(pen: PenServo, pins: Pins, *, before: bool) -> bool:
    """Return where the pen is; a servo without pulses stays where it was."""
    pulse_us = pins.pulse_us(pen.pin)
    return abs(pulse_us - pen.down_us) < abs(pulse_us - pen.up_us) if pulse_us else before


def light(wiring: Wiring, pins: Pins) -> Light:
    """Return the lamp's colour; a single light is white."""
    lamp = wiring.lamp
    if lamp is None:
        return Light(0.0, 0.0, 0.0)

    def share_pct(number: int | None) -> float:
        if number is None:
            return 0.0
        pct = pins.share_pct(number)
        return FULL_PCT - pct if lamp.is_common_anode else pct

    if len(lamp.pins) == 1:
        white_pct = share_pct(lamp.pins[0])
        return Light(white_pct, white_pct, white_pct)
    return Light(share_pct(lamp.red_pin), share_pct(lamp.green_pin), share_pct(lamp.blue_pin))
