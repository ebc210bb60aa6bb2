"""A virtual micro:bit robot with MicroPython: the robot's side of the wire."""

import math
from enum import Enum, auto
from typing import Final

from drivers.micropython.inputs import BRIGHTEST
from drivers.micropython.outputs import BRIGHTEST as BRIGHTEST_DISPLAY
from drivers.micropython.program import START, digest
from drivers.micropython.repl import ACCEPTED, GREETING, RUN
from drivers.micropython.sample import SAMPLE
from drivers.micropython.sim_board import Outputs, Running, is_ours, kept_text
from drivers.robots.body import Body
from drivers.robots.sim_wiring import is_down, light, wheels
from drivers.robots.types import Button, Gauge, Light, Sensor
from drivers.robots.wiring import FULL_PCT, Wiring
from drivers.simulator import BlackBox

BANNER: Final = (
    b"MicroPython v1.9.2-34-gd64154c73 on 2017-09-01; micro:bit v1.0.1 with nRF51822\r\n"
    b'Type "help()" for more information.\r\n>>> '
)
ENDED: Final = RUN + RUN + b">"
TROUBLE: Final = (
    b"Traceback (most recent call last):\r\n"
    b'  File "<stdin>", line 1, in <module>\r\nMemoryError: memory allocation failed\r\n'
)
RELEASE: Final = b"1.0.1\r\n"
GRAVITY: Final = 1024
BOARD_W: Final = 0.1
WHEEL_W: Final = 0.6
LONG_S: Final = 3600.0
NO_WHEELS: Final = Gauge(100.0, 100.0)


class Prompt(Enum):
    """What the board's line is read by."""

    FRIENDLY = auto()
    RAW = auto()
    PROGRAM = auto()


class VirtualMicrobit:
    """A micro:bit on a robot, driven by bytes and an injected clock.

    The black box gets `rx` (bytes as received, in hexadecimal), `start` and `end` (of our program), `watch`
    (it turned all off), `reset`, `fault`, and what `drivers.robots.body.Body` tells.
    """

    def __init__(
        self,
        black_box: BlackBox,
        wiring: Wiring = SAMPLE,
        body: Body | None = None,
        *,
        feels_light: bool = True,
    ) -> None:
        """Without a body the robot stands in the middle of an empty field."""
        self.body = body or Body(wiring.gauge or NO_WHEELS, black_box=black_box)
        self.is_short_of_memory = False
        self._black_box = black_box
        self._wiring = wiring
        self._feels_light = feels_light
        self._outputs = Outputs()
        self._program: Running | None = None
        self._prompt = Prompt.FRIENDLY
        self._source = bytearray()
        self._kept = ""
        self._said = bytearray(BANNER)
        self._is_silent = self._is_deaf = False
        self._now_s = 0.0
        self._pitch_hz = 0

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now, in watts."""
        drive = self.body.wheels
        return BOARD_W + WHEEL_W * ((drive.left_mm_s != 0) + (drive.right_mm_s != 0))

    def opened(self, now_s: float) -> None:
        """Somebody opened the port: the board does not mind."""
        self._live(now_s)

    def restart(self) -> None:
        """Somebody presses the reset button."""
        self._black_box.record(self._now_s, "reset", cause="button")
        self._outputs.values.clear()
        self._outputs.display = self._outputs.pitch_hz = 0
        self._program = None
        self._prompt = Prompt.FRIENDLY
        self._said += b"\r\n" + BANNER
        self._move()

    def leave_on(self, values: dict[int, int]) -> None:
        """Somebody else's program has set pins, and nothing watches over it."""
        self._outputs.values |= values
        self._move()

    def fall_silent(self) -> None:
        """Say nothing any more."""
        self._black_box.record(self._now_s, "fault", what="silence")
        self._is_silent = True

    def fall_deaf(self) -> None:
        """Hear nothing any more: a wire of the cable is broken."""
        self._black_box.record(self._now_s, "fault", what="deaf")
        self._is_deaf = True

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes that have fully arrived on the wire."""
        self._live(now_s)
        if self._is_deaf:
            return
        self._black_box.record(now_s, "rx", bytes=data.hex())
        for byte in data:
            self._take(byte)
        self._move()

    def advance(self, now_s: float) -> bytes:
        """Live up to `now_s` and return what the board says meanwhile."""
        self._live(now_s)
        said = bytes(self._said)
        self._said.clear()
        return b"" if self._is_silent else said

    def next_s(self) -> float:
        """When the board will act of its own accord."""
        return math.inf if self._program is None else self._program.next_s

    def _live(self, now_s: float) -> None:
        while self._program is not None and (event_s := self._program.next_s) <= now_s:
            self._now_s = max(self._now_s, event_s)
            self.body.advance(self._now_s)
            if self._program.live(self._now_s, self._feel):
                self._black_box.record(self._now_s, "watch")
                self._move()
        self._now_s = max(self._now_s, now_s)
        self.body.advance(self._now_s)

    def _take(self, byte: int) -> None:
        match self._prompt, byte:
            case Prompt.PROGRAM, 0x03:
                self._end()
            case Prompt.PROGRAM, _ if self._program is not None:
                self._program.take(byte, self._now_s, self._feel)
            case Prompt.FRIENDLY, 0x03:
                self._said += b"\r\n>>> "
            case _, 0x01:
                self._prompt = Prompt.RAW
                self._source.clear()
                self._said += b"\r\n" + GREETING
            case Prompt.RAW, 0x03:
                self._source.clear()
            case Prompt.RAW, 0x04:
                self._run(self._source.decode("ascii", "replace"))
                self._source.clear()
            case Prompt.RAW, _:
                self._source.append(byte)

    def _run(self, text: str) -> None:
        """What we send is known, and nothing else is."""
        self._said += ACCEPTED
        if (kept := kept_text(text)) is not None:
            self._kept = kept if is_ours(kept) else self._kept + kept
            self._said += digest(kept).encode() + b"\r\n" + ENDED
        elif text == START and is_ours(self._kept) and not self.is_short_of_memory:
            self._black_box.record(self._now_s, "start")
            self._program = Running(self._kept, self._outputs, self._now_s, self._said.extend)
            self._prompt = Prompt.PROGRAM
        elif ".write_digital(0)" in text:
            self._outputs.values = {}
            self._said += RELEASE + ENDED
        else:
            self._said += RUN + TROUBLE + RUN + b">"

    def _end(self) -> None:
        self._black_box.record(self._now_s, "end")
        if self._program is not None:
            self._program.halt()
        self._program = None
        self._prompt = Prompt.RAW
        self._said += ENDED

    def _feel(self) -> list[int]:
        """Return what our program tells after its own two numbers."""
        body, wiring = self.body, self._wiring
        felt = body.feel(Sensor).values
        angle = math.radians(felt[Sensor.TILT])
        axes = [0, round(GRAVITY * math.sin(angle)), round(-GRAVITY * math.cos(angle))]
        raws = [round(sensor.curve.raw(felt[sensor.sensor])) for sensor in wiring.sensors]
        levels = [
            int((contact.button in body.pressed) is not contact.is_pulled_up) for contact in wiring.contacts
        ]
        lights = [round(BRIGHTEST * felt[Sensor.LIGHT] / FULL_PCT)] if self._feels_light else []
        buttons = (Button.A in body.pressed) + 2 * (Button.B in body.pressed)
        return [buttons, *axes, *raws, *levels, *lights]

    def _move(self) -> None:
        """Let the pins do to the robot what they do; the display is its lamp where it has no other."""
        wiring, pins, body = self._wiring, self._outputs, self.body
        body.drive(wheels(wiring, pins), self._now_s)
        if wiring.lamp is not None:
            body.shine(light(wiring, pins), self._now_s)
        else:
            pct = FULL_PCT * pins.display / BRIGHTEST_DISPLAY
            body.shine(Light(pct, pct, pct), self._now_s)
        if wiring.pen is not None:
            body.set_pen(is_down=is_down(wiring.pen, pins, before=body.pen_is_down), now_s=self._now_s)
        if pins.pitch_hz != self._pitch_hz:
            self._pitch_hz = pins.pitch_hz
            body.sing(self._pitch_hz, LONG_S, self._now_s)
