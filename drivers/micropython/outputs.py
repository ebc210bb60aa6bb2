"""What the pins of a micro:bit have to be for what the robot shall do."""

from dataclasses import replace
from typing import Final, assert_never

from drivers.micropython.lines import Setting
from drivers.micropython.program import SERVO_MS, high_at_rest, outputs
from drivers.robots.types import Action, Drive, Light, Pen, Sound
from drivers.robots.wiring import FULL_PCT, BridgeWheel, ServoWheel, Wheel, Wiring

LOW: Final = -1
HIGH: Final = -2
MOST: Final = 1023
BRIGHTEST: Final = 9


def share(pct: float) -> int:
    """Return the value of a pin for a share of the time; all or nothing needs no pulses."""
    value = round(MOST * pct / FULL_PCT)
    return LOW if value <= 0 else HIGH if value >= MOST else value


def pulse(length_us: float) -> int:
    """Return the value of a pin for a servo; a step is 20 microseconds, no board does better."""
    return round(MOST * length_us / (SERVO_MS * 1000))


def idle(wiring: Wiring) -> Setting:
    """Return everything off; a pen without pulses stays where it is."""
    high = high_at_rest(wiring)
    return Setting(0, 0, tuple(HIGH if pin in high else LOW for pin in outputs(wiring)))


def resting(wiring: Wiring) -> Setting:
    """Return everything off and the pen up."""
    return changed(idle(wiring), Pen(is_down=False), wiring)


def changed(setting: Setting, action: Action, wiring: Wiring) -> Setting:
    """Return the setting after an action."""
    match action:
        case Drive():
            speeds = (action.left_mm_s, action.right_mm_s)
            pairs = zip(wiring.wheels, speeds, strict=False)
            return _set(setting, wiring, {k: v for pair in pairs for k, v in _turned(*pair).items()})
        case Pen():
            pen = wiring.pen
            values = {pen.pin: pulse(pen.down_us if action.is_down else pen.up_us)} if pen else {}
            return _set(setting, wiring, values)
        case Light():
            return _shone(setting, action, wiring)
        case Sound():
            return replace(setting, pitch_hz=round(action.pitch_hz))
        case _:
            assert_never(action)


def _shone(setting: Setting, light: Light, wiring: Wiring) -> Setting:
    """The display is the lamp of a robot without one."""
    lamp = wiring.lamp
    if lamp is None:
        brightest_pct = max(light.red_pct, light.green_pct, light.blue_pct)
        return replace(setting, display=round(BRIGHTEST * brightest_pct / FULL_PCT))
    shares = lamp.shares_pct(light)
    return _set(
        setting,
        wiring,
        {pin: share(FULL_PCT - pct if lamp.is_common_anode else pct) for pin, pct in shares.items()},
    )


def _turned(wheel: Wheel, speed_mm_s: float) -> dict[int, int]:
    match wheel:
        case ServoWheel():
            return {wheel.pin: pulse(wheel.pulse_us(speed_mm_s)) if speed_mm_s else LOW}
        case BridgeWheel():
            levels = wheel.levels(speed_mm_s)
            pct = wheel.share_pct(speed_mm_s)
            is_inverted = wheel.inverts and any(levels.values())
            power = {wheel.pwm_pin: share(FULL_PCT - pct if is_inverted else pct)}
            return power | {pin: HIGH if level else LOW for pin, level in levels.items()}
        case _:
            assert_never(wheel)


def _set(setting: Setting, wiring: Wiring, values: dict[int, int]) -> Setting:
    pairs = zip(outputs(wiring), setting.pins, strict=True)
    return replace(setting, pins=tuple(values.get(pin, value) for pin, value in pairs))
