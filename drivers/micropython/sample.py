"""A robot such as schools have: a micro:bit on a motor board, with a sensor and a buzzer."""

from typing import Final

from drivers.robots.types import Sensor
from drivers.robots.wiring import AnalogSensor, BridgeWheel, Curve, PenServo, Wiring

SAMPLE: Final = Wiring(
    track_mm=95.0,
    left=BridgeWheel(pwm_pin=16, forward_pin=12, backward_pin=8, top_mm_s=200, least_pct=20),
    right=BridgeWheel(pwm_pin=15, forward_pin=13, backward_pin=14, top_mm_s=200, least_pct=20),
    pen=PenServo(pin=2, up_us=1200, down_us=1700),
    buzzer_pin=0,
    sensors=(AnalogSensor(Sensor.GROUND, 1, Curve(((100, 100), (900, 0)))),),
)
"""The same as systemd/robots/microbit.toml."""
