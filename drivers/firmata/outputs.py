"""What the pins of an Arduino have to be for what the robot shall do."""

from collections.abc import Iterable
from typing import Final, assert_never

from drivers.firmata import messages as say
from drivers.firmata.messages import PINS_PER_PORT, Mode
from drivers.robots.types import STILL, Action, Drive, Light, Pen, Sound
from drivers.robots.wiring import FULL_PCT, LIT_PCT, BridgeWheel, ServoWheel, Wheel, Wiring

DARK: Final = Light(0.0, 0.0, 0.0)
SILENT: Final = Sound(0.0, 0.0)
PEN_UP: Final = Pen(is_down=False)
EVEN_PCT: Final = 50.0
"""High for as long as low: the loudest that a buzzer gets. `analogWrite` has one pitch, about 490 Hz."""


class Outputs:
    """Keeps the levels of all ports, since Firmata writes eight pins at a time.

    A servo wheel that stands still gets no pulse at all: one that is not quite adjusted would creep.
    """

    def __init__(self, wiring: Wiring, pins: tuple[dict[int, int], ...]) -> None:
        """Take what the board said that its pins can be."""
        self._wiring = wiring
        self._pins = pins
        self._levels = idle_levels(wiring)
        self._modes: dict[int, Mode] = {}

    @property
    def modes(self) -> dict[int, Mode]:
        """What each pin was made last."""
        return dict(self._modes)

    def setup(self) -> list[bytes]:
        """Make every pin what it is for; outputs are off, the pen is up."""
        wiring = self._wiring
        said = [self._idle_ports()]
        for wheel in wiring.wheels:
            said += self._still(wheel)
        for contact in wiring.contacts:
            said += self._input(contact.pin, is_pulled_up=contact.is_pulled_up)
        for pin in wiring.lamp.pins if wiring.lamp else ():
            said.append(self._mode(pin, Mode.PWM if self._can(pin, Mode.PWM) else Mode.OUTPUT))
        if wiring.buzzer_pin is not None:
            can_share = self._can(wiring.buzzer_pin, Mode.PWM)
            said.append(self._mode(wiring.buzzer_pin, Mode.PWM if can_share else Mode.OUTPUT))
        if wiring.pen is not None:  # a servo begins in its middle: it is told better at once
            said += [self._mode(wiring.pen.pin, Mode.SERVO), *self._lift(PEN_UP)]
        return [*said, *self.rest()]

    def act(self, action: Action) -> list[bytes]:
        """Return what to say for an action; the end of a sound is for who keeps the time."""
        match action:
            case Drive():
                speeds = (action.left_mm_s, action.right_mm_s)
                pairs = zip(self._wiring.wheels, speeds, strict=False)
                return [said for wheel, speed in pairs for said in self._turn(wheel, speed)]
            case Pen():
                pen = self._wiring.pen
                return (
                    [say.write_analog(pen.pin, pen.down_us if action.is_down else pen.up_us)] if pen else []
                )
            case Light():
                return self._shine(action)
            case Sound():
                pin = self._wiring.buzzer_pin
                return [] if pin is None else self._share(pin, EVEN_PCT if action.pitch_hz else 0.0)
            case _:
                assert_never(action)

    def rest(self) -> list[bytes]:
        """Return what to say so that everything is off and the pen is up; the wheels come first."""
        return [said for action in (STILL, SILENT, DARK, PEN_UP) for said in self.act(action)]

    def _turn(self, wheel: Wheel, speed_mm_s: float) -> list[bytes]:
        if speed_mm_s == 0:
            return self._still(wheel)
        match wheel:
            case ServoWheel():
                pulse = say.write_analog(wheel.pin, wheel.pulse_us(speed_mm_s))
                if self._modes.get(wheel.pin) is Mode.SERVO:
                    return [pulse]
                return [self._mode(wheel.pin, Mode.SERVO), pulse]
            case BridgeWheel():
                levels = wheel.levels(speed_mm_s)
                turns_back = any(self._level(pin) is not level for pin, level in levels.items())
                before = [*self._share(wheel.pwm_pin, 0.0), *self._set(levels)] if turns_back else []
                share_pct = wheel.share_pct(speed_mm_s)
                is_inverted = wheel.inverts and any(levels.values())
                return before + self._share(wheel.pwm_pin, FULL_PCT - share_pct if is_inverted else share_pct)
            case _:
                assert_never(wheel)

    def _still(self, wheel: Wheel) -> list[bytes]:
        match wheel:
            case ServoWheel():
                return [self._mode(wheel.pin, Mode.OUTPUT), *self._set({wheel.pin: False})]
            case BridgeWheel():
                levels = wheel.levels(0.0)
                modes = [self._mode(pin, Mode.OUTPUT) for pin in levels if pin not in self._modes]
                if self._modes.get(wheel.pwm_pin) is not Mode.PWM:
                    modes.append(self._mode(wheel.pwm_pin, Mode.PWM))
                if wheel.inverts and any(self._level(pin) for pin in levels):
                    return [*modes, *self._share(wheel.pwm_pin, FULL_PCT)]
                return [*modes, *self._share(wheel.pwm_pin, 0.0), *self._set(levels)]
            case _:
                assert_never(wheel)

    def _lift(self, action: Pen) -> list[bytes]:
        pen = self._wiring.pen
        if pen is None:
            return []
        return [say.write_analog(pen.pin, pen.down_us if action.is_down else pen.up_us)]

    def _shine(self, light: Light) -> list[bytes]:
        lamp = self._wiring.lamp
        if lamp is None:
            return []
        said: list[bytes] = []
        for pin, share_pct in lamp.shares_pct(light).items():
            said += self._share(pin, FULL_PCT - share_pct if lamp.is_common_anode else share_pct)
        return said

    def _share(self, pin: int, share_pct: float) -> list[bytes]:
        """Return what sets a pin to a share of the time, or to on or off where it can do no more."""
        if self._modes.get(pin) is not Mode.PWM:
            return self._set({pin: share_pct >= LIT_PCT})
        most = (1 << self._pins[pin][Mode.PWM]) - 1
        return [say.write_analog(pin, round(most * share_pct / FULL_PCT))]

    def _input(self, pin: int, *, is_pulled_up: bool) -> list[bytes]:
        if not is_pulled_up:
            return [self._mode(pin, Mode.INPUT)]
        if self._can(pin, Mode.PULLUP):
            return [self._mode(pin, Mode.PULLUP)]
        return [self._mode(pin, Mode.INPUT), *self._set({pin: True})]  # so it was done before 2.5

    def _mode(self, pin: int, mode: Mode) -> bytes:
        self._modes[pin] = mode
        return say.set_mode(pin, mode)

    def _can(self, pin: int, mode: Mode) -> bool:
        return mode in self._pins[pin]

    def _level(self, pin: int) -> bool:
        return bool(self._levels.get(pin // PINS_PER_PORT, 0) >> pin % PINS_PER_PORT & 1)

    def _set(self, levels: dict[int, bool]) -> list[bytes]:
        """Return what sets some pins and leaves the others of their ports as they are."""
        for pin, level in levels.items():
            port, bit = pin // PINS_PER_PORT, 1 << pin % PINS_PER_PORT
            before = self._levels.get(port, 0)
            self._levels[port] = before | bit if level else before & ~bit
        return [say.write_port(port, self._levels[port]) for port in _ports(levels)]

    def _idle_ports(self) -> bytes:
        return b"".join(say.write_port(port, levels) for port, levels in self._levels.items())


def stop_bytes(wiring: Wiring) -> bytes:
    """Return what stops everything, whatever the board is just reading.

    First an end of a long message, which is none elsewhere; then a reset of all pins, which ends every pulse,
    detaches every servo and turns power off; then all pins low, since newer firmware leaves high what was.
    """
    low = b"".join(say.write_port(port, levels) for port, levels in idle_levels(wiring).items())
    return bytes([say.END_SYSEX, say.RESET]) + low


def idle_levels(wiring: Wiring) -> dict[int, int]:
    """Return the levels of all ports of a robot at rest: low, but for lights that are off when high."""
    lamp_pins = wiring.lamp.pins if wiring.lamp else ()
    pens = (wiring.pen.pin,) if wiring.pen else ()
    buzzers = () if wiring.buzzer_pin is None else (wiring.buzzer_pin,)
    pins = [pin for wheel in wiring.wheels for pin in wheel.pins]
    levels = dict.fromkeys(_ports([*pins, *lamp_pins, *pens, *buzzers]), 0)
    if wiring.lamp is not None and wiring.lamp.is_common_anode:
        for pin in lamp_pins:
            levels[pin // PINS_PER_PORT] |= 1 << pin % PINS_PER_PORT
    return levels


def _ports(pins: Iterable[int]) -> list[int]:
    return sorted({pin // PINS_PER_PORT for pin in pins})
