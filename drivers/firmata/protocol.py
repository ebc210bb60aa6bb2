"""StandardFirmata as a robot: sans-I/O, with a watch of our own, since the firmware keeps none."""

import math
from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from drivers.firmata import messages as say
from drivers.firmata.fit import misfit
from drivers.firmata.inputs import Inputs
from drivers.firmata.messages import (
    Analog,
    Capabilities,
    Digital,
    Firmware,
    Message,
    PinState,
    Reader,
    Version,
)
from drivers.firmata.outputs import SILENT, Outputs, stop_bytes
from drivers.robots.events import Failed, Felt, KitEvent, Ready, Tripped
from drivers.robots.types import STILL, Action, Drive, Sound
from drivers.robots.wiring import ServoWheel, Wiring
from drivers.types import DeviceState

ASK_S: Final = 1.0
GIVE_UP_S: Final = 12.0
"""An Uno starts again when its port is opened: a second of boot loader, then 2.3 s of blinking."""
POLL_S: Final = 0.25
SILENT_S: Final = 1.5
"""A board that starts again is silent for longer: most restarts are noticed by that."""
WATCH_S: Final = 0.6
PORTION: Final = 40
OLDEST: Final = (2, 2)
"""Pins tell their state since then."""

NO_WATCH: Final = (
    "Its firmware does not stop the motors when the cable or the computer fails: have them lose their power "
    "with the cable, or keep a hand on their switch."
)
ONE_PITCH: Final = "Its buzzer has one pitch only."

NOBODY: Final = (
    "No StandardFirmata answers: switch the robot on, and load StandardFirmata onto its board if it has none."
)
TOO_OLD: Final = "The board's Firmata is too old to be trusted: load StandardFirmata 2.4 or newer onto it."
RESTARTED: Final = (
    "The robot's board has started again, as with weak batteries: charge them, then connect it again."
)
SILENT_BOARD: Final = (
    "The robot's board answers no more, as when weak batteries make it start again: look whether it still "
    "moves, charge it or check its cable, then connect it again."
)


class Stage(Enum):
    """How far the conversation is."""

    GREETING = auto()
    ASKING = auto()
    SETTING = auto()
    READY = auto()
    OVER = auto()


class FirmataProtocol:
    """One connection to one board."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._reader = Reader()
        self._inputs = Inputs(wiring)
        self._outputs = Outputs(wiring, ())
        self._outbox: deque[bytes] = deque()
        self._stage = Stage.OVER
        self._version = Version(0, 0)
        self._firmware = ""
        self._begun_s = self._heard_s = self._signed_s = 0.0
        self._ask_s = self._quiet_s = math.inf
        self._turns = False
        self._polled = 0

    @property
    def stop_bytes(self) -> bytes:
        """What stops all outputs at any time."""
        return stop_bytes(self._wiring)

    @property
    def is_over(self) -> bool:
        """The board has started again, or nothing more comes of it."""
        return self._stage is Stage.OVER

    def connect(self, now_s: float) -> Sequence[KitEvent]:
        """Stop everything, then ask who is there."""
        self._stage = Stage.GREETING
        self._begun_s = self._heard_s = now_s
        self._outbox.append(self.stop_bytes)
        self._ask(say.ASK_FIRMWARE, now_s)
        return []

    def act(self, action: Action, now_s: float) -> Sequence[KitEvent]:
        """Do it; the wheels turn on as long as somebody gives a sign of life."""
        if self._stage is not Stage.READY:
            return []
        self._signed_s = now_s
        self._outbox += self._outputs.act(action)
        if isinstance(action, Drive):
            self._turns = action != STILL
        if isinstance(action, Sound):
            self._quiet_s = now_s + action.duration_s if action.pitch_hz else math.inf
        return []

    def beat(self, now_s: float) -> Sequence[KitEvent]:
        """Somebody is there."""
        self._signed_s = now_s
        return []

    def rest(self, now_s: float) -> Sequence[KitEvent]:
        """Turn everything off and lift the pen."""
        self._signed_s = now_s
        self._turns, self._quiet_s = False, math.inf
        if self._stage is Stage.READY:
            self._outbox += self._outputs.rest()
        return []

    def receive(self, data: bytes, now_s: float) -> Sequence[KitEvent]:
        """Take bytes from the board."""
        self._heard_s = now_s
        events: list[KitEvent] = []
        feels = False
        for message in self._reader.feed(data):
            if isinstance(message, Digital | Analog):
                self._inputs.take(message)
                feels = True
            else:
                events += self._hear(message, now_s)
        if feels and self._stage is Stage.READY:
            events.append(Felt(self._inputs.senses(now_s)))
        return events

    def tick(self, now_s: float) -> Sequence[KitEvent]:
        """Let timers run out."""
        if self._stage is Stage.READY:
            return self._watch(now_s)
        if self._stage is Stage.OVER:
            return []
        if now_s - self._begun_s >= GIVE_UP_S:
            return self._fail(DeviceState.OFFLINE, NOBODY)
        if now_s >= self._ask_s:
            self._ask_again(now_s)
        return []

    def take_output(self, now_s: float) -> bytes:  # noqa: ARG002 - nothing of it waits for a time
        """Return the next messages."""
        said = b""
        while self._outbox and len(said) < PORTION:
            said += self._outbox.popleft()
        return said

    def deadline_s(self) -> float | None:
        """The next instant at which something is due."""
        match self._stage:
            case Stage.OVER:
                return None
            case Stage.READY:
                watch_s = self._signed_s + WATCH_S if self._turns else math.inf
                return min(self._ask_s, self._quiet_s, watch_s, self._heard_s + SILENT_S)
            case _:
                return min(self._ask_s, self._begun_s + GIVE_UP_S)

    def _watch(self, now_s: float) -> Sequence[KitEvent]:
        if self._turns and now_s - self._signed_s >= WATCH_S:
            self._turns = False
            self._outbox += self._outputs.act(STILL)
            return [Tripped()]
        if now_s - self._heard_s >= SILENT_S:
            return self._fail(DeviceState.OFFLINE, SILENT_BOARD)
        if now_s >= self._quiet_s:
            self._quiet_s = math.inf
            self._outbox += self._outputs.act(SILENT)
        if now_s >= self._ask_s:
            self._poll(now_s)
        return []

    def _ask(self, question: bytes, now_s: float) -> None:
        self._outbox.append(question)
        self._ask_s = now_s + ASK_S

    def _ask_again(self, now_s: float) -> None:
        match self._stage:
            case Stage.GREETING:
                self._ask(say.ASK_FIRMWARE, now_s)
            case Stage.ASKING:
                self._ask(say.ASK_CAPABILITIES, now_s)
            case _:
                self._ask(say.ask_state(self._probe_pin()), now_s)

    def _poll(self, now_s: float) -> None:
        """Ask one pin after the other what it is: a board that has started again has forgotten."""
        self._polled += 1
        self._outbox.append(say.ask_state(self._probe_pin()))
        self._ask_s = now_s + POLL_S

    def _probe_pin(self) -> int:
        pins = sorted(self._outputs.modes)
        return pins[self._polled % len(pins)]

    def _hear(self, message: Message, now_s: float) -> Sequence[KitEvent]:
        match message:
            case Version():
                self._version = message
                return self._begin_again() if self._stage in {Stage.SETTING, Stage.READY} else []
            case Firmware():
                return self._greet(message, now_s)
            case Capabilities() if self._stage is Stage.ASKING:
                return self._set_up(message, now_s)
            case PinState():
                return self._check(message, now_s)
            case _:
                return []

    def _greet(self, firmware: Firmware, now_s: float) -> Sequence[KitEvent]:
        if self._stage in {Stage.SETTING, Stage.READY}:
            return self._begin_again()
        self._firmware = firmware.name
        if self._stage is Stage.GREETING:
            spoken = (self._version.major, self._version.minor)
            if spoken != (0, 0) and spoken < OLDEST:
                return self._fail(DeviceState.FAULT, TOO_OLD)
            self._stage = Stage.ASKING
            self._ask(say.ASK_CAPABILITIES, now_s)
        return []

    def _set_up(self, capabilities: Capabilities, now_s: float) -> Sequence[KitEvent]:
        if (wrong := misfit(self._wiring, capabilities.pins)) is not None:
            return self._fail(DeviceState.FAULT, wrong)
        self._stage = Stage.SETTING
        self._outputs = Outputs(self._wiring, capabilities.pins)
        self._outbox += self._outputs.setup()
        self._outbox += self._inputs.setup()
        self._ask(say.ask_state(self._probe_pin()), now_s)
        return []

    def _check(self, state: PinState, now_s: float) -> Sequence[KitEvent]:
        """A pin has to be what it was made; a servo's changes while the answer is under way."""
        wanted = self._outputs.modes.get(state.pin)
        if self._stage is Stage.SETTING and state.mode == wanted:
            self._stage = Stage.READY
            self._ask_s = self._signed_s = now_s
            return [self._ready()]
        changes = {wheel.pin for wheel in self._wiring.wheels if isinstance(wheel, ServoWheel)}
        if self._stage is Stage.READY and state.pin not in changes and state.mode != wanted:
            return self._begin_again()
        return []

    def _ready(self) -> Ready:
        spoken = f"Firmata {self._version.major}.{self._version.minor}"
        lacks = [NO_WATCH] if self._wiring.wheels else []
        if self._wiring.buzzer_pin is not None:
            lacks.append(ONE_PITCH)
        return Ready(f"{self._firmware} ({spoken})", self._wiring.abilities, tuple(lacks))

    def _begin_again(self) -> Sequence[KitEvent]:
        return self._fail(DeviceState.FAULT, RESTARTED)

    def _fail(self, state: DeviceState, message: str) -> Sequence[KitEvent]:
        """Nothing more is sent by us; who hears of it sends the stop ahead of everything."""
        self._stage = Stage.OVER
        self._turns = False
        self._outbox.clear()
        return [Failed(state, message)]
