"""What the pins of an Arduino tell of the world."""

from drivers.firmata import messages as say
from drivers.firmata.messages import PINS_PER_PORT, Analog, Digital
from drivers.robots.types import Senses
from drivers.robots.wiring import Wiring

SAMPLING_MS = 50


class Inputs:
    """The latest reading of each input; what was never told is absent."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._levels: dict[int, int] = {}
        self._raw: dict[int, int] = {}

    def setup(self) -> list[bytes]:
        """Ask to be told all of them."""
        wiring = self._wiring
        ports = {contact.pin // PINS_PER_PORT for contact in wiring.contacts}
        channels = {sensor.channel for sensor in wiring.sensors}
        return [
            say.sampling(SAMPLING_MS),
            *(say.report_port(port) for port in sorted(ports)),
            *(say.report_analog(channel) for channel in sorted(channels)),
        ]

    def take(self, reading: Digital | Analog) -> None:
        """Note a reading."""
        if isinstance(reading, Digital):
            self._levels[reading.port] = reading.levels
        else:
            self._raw[reading.channel] = reading.raw

    def senses(self, now_s: float) -> Senses:
        """Return what the robot feels."""
        values = {
            sensor.sensor: sensor.curve.value(self._raw[sensor.channel])
            for sensor in self._wiring.sensors
            if sensor.channel in self._raw
        }
        pressed = frozenset(
            contact.button
            for contact in self._wiring.contacts
            if (level := self._level(contact.pin)) is not None and contact.is_pressed(level)
        )
        return Senses(now_s, values, pressed)

    def _level(self, pin: int) -> bool | None:
        levels = self._levels.get(pin // PINS_PER_PORT)
        return None if levels is None else bool(levels >> pin % PINS_PER_PORT & 1)
