"""A robot such as schools build: two continuous servos, a pen, a distance sensor and a few lights."""

from typing import Final

from drivers.robots.types import Button, Sensor
from drivers.robots.wiring import AnalogSensor, Contact, Curve, Lamp, PenServo, ServoWheel, Wiring

SHARP_10_80: Final = Curve(
    ((80, 800), (104, 600), (153, 400), (201, 300), (281, 200), (368, 150), (489, 100), (640, 60))
)
"""Source: Sharp GP2Y0A21YK0F data sheet, output voltage against distance, at 5 V in 1024 steps."""

SAMPLE: Final = Wiring(
    track_mm=105.0,
    left=ServoWheel(pin=10, still_us=1500, full_us=1700, top_mm_s=150),
    right=ServoWheel(pin=9, still_us=1500, full_us=1300, top_mm_s=150),
    pen=PenServo(pin=11, up_us=1200, down_us=1700),
    lamp=Lamp(red_pin=3, green_pin=5, blue_pin=6),
    buzzer_pin=4,
    sensors=(
        AnalogSensor(Sensor.DISTANCE, 0, SHARP_10_80),
        AnalogSensor(Sensor.LIGHT, 1, Curve(((0, 0), (1023, 100)))),
    ),
    contacts=(Contact(Button.CENTRE, 7),),
)
"""The same as systemd/robots/arduino-servos.toml."""
