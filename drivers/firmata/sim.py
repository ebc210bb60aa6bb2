"""A virtual Arduino robot with StandardFirmata: the robot's side of the wire."""

import math
from dataclasses import dataclass
from typing import Final

from drivers.firmata import messages as say
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim_pins import COUNT, FIRST_ANALOG, Pins
from drivers.firmata.sim_reader import HostReader
from drivers.robots.body import Body
from drivers.robots.sim_wiring import is_down, light, wheels
from drivers.robots.types import Gauge, Sensor
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox

BOOT_S: Final = 1.0
BLINK_S: Final = 2.3
"""The firmware shows its version on its light before it listens. Source: measured on StandardFirmata 2.4."""
RING_BYTES: Final = 63
"""So much is kept meanwhile. Source: HardwareSerial.h, SERIAL_RX_BUFFER_SIZE less one."""
LOOK_S: Final = 0.01
PITCH_HZ: Final = 490.0
LONG_S: Final = 3600.0
"""A pin stays as it is until it is told otherwise."""
NAME: Final = "StandardFirmata.ino"
BOARD_W: Final = 0.3
WHEEL_W: Final = 0.7
NO_WHEELS: Final = Gauge(100.0, 100.0)


@dataclass(frozen=True, slots=True)
class Make:
    """What board it is: does it start again when its port is opened, and how old is its firmware."""

    resets_on_open: bool = True
    minor: int = 5
    boot_s: float = BOOT_S + BLINK_S


class VirtualFirmata:
    """An Uno with motors, driven by bytes and an injected clock.

    The black box gets `rx` (bytes as received, in hexadecimal), `exec` (a command with its data), `reset`,
    `banner`, `overflow`, `fault`, and what `drivers.robots.body.Body` tells.
    """

    def __init__(
        self,
        black_box: BlackBox,
        wiring: Wiring = SAMPLE,
        make: Make | None = None,
        body: Body | None = None,
    ) -> None:
        """Without a body the robot stands in the middle of an empty field."""
        self.body = body or Body(wiring.gauge or NO_WHEELS, black_box=black_box)
        self.is_silent = False
        self._black_box = black_box
        self._wiring = wiring
        self._make = make or Make()
        self._pins = Pins(has_pullup=self._make.minor >= 5)
        self._reader = HostReader(self._obey)
        self._ring = bytearray()
        self._said = bytearray()
        self._now_s = 0.0
        self._boots_s = math.inf
        self._sample_s = self._look_s = math.inf
        self._interval_s = 0.019
        self._channels: set[int] = set()
        self._ports: dict[int, int] = {}
        self._buzz_hz = 0.0

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now, in watts."""
        drive = self.body.wheels
        return BOARD_W + WHEEL_W * ((drive.left_mm_s != 0) + (drive.right_mm_s != 0))

    def fall_silent(self) -> None:
        """Say nothing any more."""
        self._black_box.record(self._now_s, "fault", what="silence")
        self.is_silent = True

    def opened(self, now_s: float) -> None:
        """Somebody opened the port: most boards start again."""
        self._live(now_s)
        if self._make.resets_on_open:
            self.restart("port opened")

    def restart(self, cause: str) -> None:
        """Start again: every output falls, and the boot takes its time."""
        self._black_box.record(self._now_s, "reset", cause=cause)
        self._pins.power_up()
        self._reader.forget()
        self._ring.clear()
        self._said.clear()
        self._channels.clear()
        self._ports.clear()
        self._sample_s = self._look_s = math.inf
        self._boots_s = self._now_s + self._make.boot_s
        self._move()

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes that have fully arrived on the wire."""
        self._live(now_s)
        self._black_box.record(now_s, "rx", bytes=data.hex())
        if self._boots_s < math.inf:
            room = max(0, RING_BYTES - len(self._ring))
            if len(data) > room:
                self._black_box.record(now_s, "overflow", bytes=len(data) - room)
            self._ring += data[:room]
            return
        for byte in data:
            self._reader.feed(byte)
        self._move()

    def advance(self, now_s: float) -> bytes:
        """Live up to `now_s` and return what the board says meanwhile."""
        self._live(now_s)
        said = bytes(self._said)
        self._said.clear()
        return b"" if self.is_silent else said

    def next_s(self) -> float:
        """When the board will act of its own accord."""
        return min(self._boots_s, self._sample_s, self._look_s)

    def _live(self, now_s: float) -> None:
        while (event_s := self.next_s()) <= now_s:
            self._now_s = max(self._now_s, event_s)
            self.body.advance(self._now_s)
            self._timers()
        self._now_s = max(self._now_s, now_s)
        self.body.advance(self._now_s)

    def _timers(self) -> None:
        if self._boots_s <= self._now_s:
            self._boots_s = math.inf
            self._greet()
        if self._look_s <= self._now_s:
            self._look_s += LOOK_S
            self._tell_ports()
        if self._sample_s <= self._now_s:
            self._sample_s += self._interval_s
            self._tell_channels()

    def _greet(self) -> None:
        """Say who it is, then read what had come before."""
        self._black_box.record(self._now_s, "banner")
        self._tell_version()
        self._tell_name()
        waiting = bytes(self._ring)
        self._ring.clear()
        for byte in waiting:
            self._reader.feed(byte)
        self._move()

    def _obey(self, command: int, data: bytes) -> None:
        self._black_box.record(self._now_s, "exec", command=command, data=data.hex())
        match command & 0xF0, command:
            case _, say.RESET:
                self._pins.reset()
                self._channels.clear()
                self._ports.clear()
                self._sample_s = self._look_s = math.inf
            case _, say.VERSION:
                self._tell_version()
            case say.ANALOG, _:
                self._pins.write_analog(command & 0x0F, say.number(data))
            case say.DIGITAL, _:
                self._pins.write_port(command & 0x0F, say.number(data))
            case (say.REPORT_ANALOG | say.REPORT_DIGITAL) as kind, _:
                self._report(kind, command & 0x0F, is_wanted=data != b"\0")
            case _, say.SET_MODE:
                self._set_mode(*data)
            case _:
                self._obey_long(command >> 8, data)
        self._move()

    def _obey_long(self, command: int, data: bytes) -> None:
        match command:
            case say.FIRMWARE:
                self._tell_name()
            case say.CAPABILITY_QUERY:
                self._tell_abilities()
            case say.STATE_QUERY if data and data[0] < COUNT:
                pin = self._pins.pins[data[0]]
                self._said += say.sysex(say.STATE, bytes([data[0], pin.mode]) + say.seven(pin.value))
            case say.EXTENDED_ANALOG if data:
                self._pins.write_analog(data[0], say.number(data[1:]))
            case say.SAMPLING:
                self._interval_s = max(0.01, say.number(data) / 1000)

    def _set_mode(self, number: int, mode: int) -> None:
        if not self._pins.set_mode(number, mode):
            letters = "Unknown pin mode"
            self._said += say.sysex(say.TEXT, b"".join(say.seven(ord(letter)) for letter in letters))

    def _report(self, kind: int, number: int, *, is_wanted: bool) -> None:
        if kind == say.REPORT_ANALOG and is_wanted:
            self._channels.add(number)
            self._sample_s = min(self._sample_s, self._now_s + self._interval_s)
        elif is_wanted:
            self._ports[number] = -1
            self._look_s = min(self._look_s, self._now_s)

    def _tell_version(self) -> None:
        self._said += bytes([say.VERSION, 2, self._make.minor])

    def _tell_name(self) -> None:
        letters = b"".join(say.seven(ord(letter)) for letter in NAME)
        self._said += say.sysex(say.FIRMWARE, bytes([2, self._make.minor]) + letters)

    def _tell_abilities(self) -> None:
        pins = (self._pins.abilities(number) for number in range(COUNT))
        told = (bytes(byte for ability in pin.items() for byte in ability) for pin in pins)
        self._said += say.sysex(say.CAPABILITIES, b"".join(pin + bytes([say.NEXT_PIN]) for pin in told))

    def _tell_ports(self) -> None:
        for port, before in self._ports.items():
            levels = self._levels(port)
            if levels != before:
                self._ports[port] = levels
                self._said += say.write_port(port, levels)

    def _levels(self, port: int) -> int:
        levels = 0
        for contact in self._wiring.contacts:
            is_high = (contact.button in self.body.pressed) is not contact.is_pulled_up
            if contact.pin // say.PINS_PER_PORT == port and is_high:
                levels |= 1 << contact.pin % say.PINS_PER_PORT
        return levels

    def _tell_channels(self) -> None:
        felt = self.body.feel(Sensor).values
        for sensor in self._wiring.sensors:
            if sensor.channel in self._channels and FIRST_ANALOG + sensor.channel < COUNT:
                raw = round(sensor.curve.raw(felt[sensor.sensor]))
                self._said += bytes([say.ANALOG | sensor.channel]) + say.seven(raw)

    def _move(self) -> None:
        """Let the pins do to the robot what they do."""
        wiring, pins, body = self._wiring, self._pins, self.body
        body.drive(wheels(wiring, pins), self._now_s)
        body.shine(light(wiring, pins), self._now_s)
        if wiring.pen is not None:
            body.set_pen(is_down=is_down(wiring.pen, pins, before=body.pen_is_down), now_s=self._now_s)
        if wiring.buzzer_pin is not None:
            hz = PITCH_HZ if pins.share_pct(wiring.buzzer_pin) > 0 else 0.0
            if hz != self._buzz_hz:
                self._buzz_hz = hz
                body.sing(hz, LONG_S, self._now_s)
