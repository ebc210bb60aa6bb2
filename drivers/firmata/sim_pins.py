"""The pins of a virtual Arduino as StandardFirmata treats them."""

from dataclasses import dataclass
from typing import Final

from drivers.firmata.messages import PINS_PER_PORT, Mode
from drivers.robots.wiring import FULL_PCT

SHARES: Final = frozenset({3, 5, 6, 9, 10, 11})
FIRST_FREE: Final = 2
FIRST_ANALOG: Final = 14
COUNT: Final = 20
SHORTEST_US: Final = 544
LONGEST_US: Final = 2400
"""Source: Servo.h of Arduino: MIN_PULSE_WIDTH, MAX_PULSE_WIDTH; a smaller number is an angle."""
ANGLE: Final = 180
MOST: Final = 255


@dataclass(slots=True)
class Pin:
    """One pin: what it is, what was written to it, and its level as an output."""

    mode: int = Mode.OUTPUT
    value: int = 0
    is_high: bool = False
    pulse_us: float = 0.0
    """0 while no servo is attached, and until its first frame of 20 ms begins."""


class Pins:
    """An Uno's: 0 and 1 are the line to the host."""

    def __init__(self, *, has_pullup: bool = True) -> None:
        """Without pull-ups as a mode it is the firmware of before 2.5."""
        self._has_pullup = has_pullup
        self.pins = [Pin() for _ in range(COUNT)]
        self.power_up()

    def power_up(self) -> None:
        """All that was is gone."""
        self.pins = [Pin() for _ in range(COUNT)]
        self.reset()

    def reset(self) -> None:
        """Do what SYSTEM_RESET does: a level that was high stays so, as in newer firmware."""
        for number in range(FIRST_FREE, COUNT):
            self.set_mode(number, Mode.ANALOG if number >= FIRST_ANALOG else Mode.OUTPUT)

    def abilities(self, number: int) -> dict[int, int]:
        """Return what a pin can be, with the bits of its values."""
        if number < FIRST_FREE:
            return {}
        can: dict[int, int] = {Mode.INPUT: 1, Mode.OUTPUT: 1, Mode.SERVO: 14}
        if self._has_pullup:
            can[Mode.PULLUP] = 1
        if number >= FIRST_ANALOG:
            can[Mode.ANALOG] = 10
        if number in SHARES:
            can[Mode.PWM] = 8
        return can

    def set_mode(self, number: int, mode: int) -> bool:
        """Make a pin something; False for what it cannot be."""
        if number >= COUNT or mode not in self.abilities(number):
            return False
        pin = self.pins[number]
        if pin.mode == Mode.PWM or mode != Mode.OUTPUT:
            pin.is_high = False
        pin.pulse_us = 0.0
        pin.mode, pin.value = mode, 0
        return True

    def write_port(self, port: int, levels: int) -> None:
        """Set the output pins of a port; on an input it switches the pull-up."""
        for bit in range(PINS_PER_PORT):
            number = port * PINS_PER_PORT + bit
            if FIRST_FREE <= number < COUNT and self.pins[number].mode in {Mode.OUTPUT, Mode.INPUT}:
                self.pins[number].is_high = bool(levels >> bit & 1)
                self.pins[number].value = levels >> bit & 1

    def write_analog(self, number: int, value: int) -> None:
        """Set a share of power or a pulse."""
        if number >= COUNT:
            return
        pin = self.pins[number]
        if pin.mode == Mode.PWM:
            pin.value = value
        elif pin.mode == Mode.SERVO:
            pin.value, pin.pulse_us = value, servo_us(value)

    def share_pct(self, number: int) -> float:
        """Return for how much of the time a pin is high."""
        pin = self.pins[number]
        if pin.mode == Mode.PWM:
            return FULL_PCT * min(pin.value, MOST) / MOST
        return FULL_PCT if self.is_high(number) else 0.0

    def pulse_us(self, number: int) -> float:
        """Return the pulse that a servo gets, 0 for none."""
        return self.pins[number].pulse_us

    def is_high(self, number: int) -> bool:
        """Whether an output is high."""
        return self.pins[number].mode == Mode.OUTPUT and self.pins[number].is_high


def servo_us(value: int) -> float:
    """Return the pulse that Arduino's Servo makes of a number."""
    if value < SHORTEST_US:
        return SHORTEST_US + (LONGEST_US - SHORTEST_US) * min(value, ANGLE) / ANGLE
    return float(min(value, LONGEST_US))
