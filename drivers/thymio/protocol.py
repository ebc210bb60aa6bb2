"""Aseba's messages with one Thymio, sans-I/O: bytes in, events and bytes out, the instant passed in."""

import math
from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from drivers.errors import ProtocolError
from drivers.robots.events import Failed, KitEvent, Ready
from drivers.robots.types import Abilities, Action, Button, Gauge, Sensor
from drivers.thymio import orders
from drivers.thymio.frames import Frame, FrameReader
from drivers.thymio.layout import Layout
from drivers.thymio.memory import Memory
from drivers.thymio.messages import PROTOCOL_VERSION, Ask, PayloadReader, Say, ask
from drivers.thymio.motors import TYPICAL
from drivers.thymio.resident import missing, program
from drivers.thymio.watch import Watch
from drivers.types import DeviceState

CALL_S: Final = 0.5
MOST_CALLS: Final = 10
DESCRIBE_S: Final = 1.0
"""A description that has stopped coming for so long is asked for again."""
MOST_DESCRIPTIONS: Final = 3
LOAD_S: Final = 0.1
MOST_LOOKS: Final = 30
DESCRIPTIONS: Final = frozenset({Say.DESCRIPTION, Say.VARIABLE, Say.LOCAL_EVENT, Say.NATIVE})
STEPPING: Final = 2
SENSORS: Final = frozenset({Sensor.DISTANCE, Sensor.GROUND, Sensor.TILT})
BUTTONS: Final = frozenset({Button.FORWARD, Button.BACKWARD, Button.LEFT, Button.RIGHT, Button.CENTRE})
SAID_BY_NODES: Final = range(0x9000, 0xA000)
NONSENSE: Final = "The robot says what makes no sense: check its cable, then connect it again."
UNANSWERED: Final = "No Thymio answers: switch it on, check its cable or its dongle, then connect it again."
SEVERAL: Final = "Several robots answer on this line: give each a cable or a dongle of its own."


class Phase(Enum):
    """How far the acquaintance has come."""

    CALLING = auto()
    DESCRIBING = auto()
    LOADING = auto()
    UP = auto()
    OVER = auto()


class ThymioProtocol:
    """Finds the one robot on the line, puts our program into it, then polls what it feels."""

    def __init__(self, gauge: Gauge = TYPICAL) -> None:
        self._gauge = gauge
        self._phase = Phase.CALLING
        self._reader = FrameReader()
        self._layout = Layout()
        self._memory = Memory()
        self._watch = Watch()
        self._node: int | None = None
        self._halt = orders.PAD
        self._out: deque[bytes] = deque()
        self._due_s = math.inf
        self._tries = 0

    @property
    def stop_bytes(self) -> bytes:
        """What stops the motors, as far as is known how; from any thread."""
        return self._halt

    @property
    def is_over(self) -> bool:
        """A Thymio that restarts says nothing of it by itself."""
        return False

    def connect(self, now_s: float) -> Sequence[KitEvent]:
        """Stop a robot that may still run our program, and ask who is there."""
        self._say(orders.PAD)
        return self._call(now_s)

    def act(self, action: Action, now_s: float) -> Sequence[KitEvent]:
        """Do it."""
        del now_s
        return self._order(orders.order(action, self._gauge))

    def beat(self, now_s: float) -> Sequence[KitEvent]:
        """Somebody is there."""
        del now_s
        return self._order(orders.BEAT)

    def rest(self, now_s: float) -> Sequence[KitEvent]:
        """Turn everything off."""
        del now_s
        return self._order(*orders.REST)

    def take_output(self, now_s: float) -> bytes:
        """Return the next message."""
        del now_s
        return self._out.popleft() if self._out else b""

    def deadline_s(self) -> float | None:
        """When something is to be asked, again or anew."""
        return None if self._phase is Phase.OVER else self._due_s

    def tick(self, now_s: float) -> Sequence[KitEvent]:
        """Ask again what was not answered, and poll."""
        is_due = self._phase is not Phase.OVER and now_s >= self._due_s
        return self._end(self._ask(now_s)) if is_due else []

    def receive(self, data: bytes, now_s: float) -> Sequence[KitEvent]:
        """Take bytes from the line."""
        events: list[KitEvent] = []
        try:
            for frame in self._reader.take(data):
                events += self._end(self._take(frame, now_s))
        except ProtocolError:
            events += self._end([_fault(NONSENSE)]) if self._phase is not Phase.OVER else []
        return events

    def _ask(self, now_s: float) -> list[KitEvent]:
        match self._phase:
            case Phase.CALLING:
                return self._call(now_s)
            case Phase.DESCRIBING:
                return self._describe(now_s)
            case Phase.LOADING:
                return self._look(now_s)
            case Phase.UP | Phase.OVER:
                self._due_s, messages, events = self._watch.poll(now_s)
                self._say(*messages)
                return events

    def _call(self, now_s: float) -> list[KitEvent]:
        if self._tries >= MOST_CALLS:
            return [Failed(DeviceState.OFFLINE, UNANSWERED)]
        self._tries += 1
        self._due_s = now_s + CALL_S
        self._say(ask(Ask.LIST_NODES, PROTOCOL_VERSION))
        return []

    def _describe(self, now_s: float) -> list[KitEvent]:
        """A reset stops the motors of a real robot at once, whatever program it had."""
        if self._node is None or self._tries >= MOST_DESCRIPTIONS:
            return [Failed(DeviceState.OFFLINE, UNANSWERED)]
        self._tries += 1
        self._due_s = now_s + DESCRIBE_S
        self._layout = Layout()
        self._say(ask(Ask.RESET, self._node), ask(Ask.GET_DESCRIPTION, self._node, PROTOCOL_VERSION))
        return []

    def _look(self, now_s: float) -> list[KitEvent]:
        if self._node is None or self._tries >= MOST_LOOKS:
            return [_fault("The robot does not take our program: switch it off and on, connect again.")]
        self._tries += 1
        self._due_s = now_s + LOAD_S
        self._say(ask(Ask.GET_VARIABLES, self._node, 0, self._memory.size))
        return []

    def _take(self, frame: Frame, now_s: float) -> list[KitEvent]:
        if self._phase is Phase.OVER or frame.kind not in SAID_BY_NODES:
            return []
        if self._node is not None and frame.source != self._node:
            return [_fault(SEVERAL)]
        match self._phase:
            case Phase.CALLING:
                return self._meet(frame, now_s)
            case Phase.DESCRIBING:
                return self._learn(frame, now_s)
            case Phase.LOADING:
                return self._wait_for_program(frame, now_s)
            case Phase.UP:
                return self._hear(frame, now_s)

    def _meet(self, frame: Frame, now_s: float) -> list[KitEvent]:
        if frame.kind == Say.PRESENT:
            self._node = frame.source
            self._enter(Phase.DESCRIBING, now_s)
        return []

    def _learn(self, frame: Frame, now_s: float) -> list[KitEvent]:
        if frame.kind not in DESCRIPTIONS or self._node is None:
            return []
        self._layout.take(frame)
        self._due_s = now_s + DESCRIBE_S
        if not self._layout.is_whole:
            return []
        if lacks := missing(self._layout):
            name = self._layout.name or "nameless"
            return [_fault(f"This is no Thymio II but {name!r}: it lacks {', '.join(lacks[:3])}.")]
        self._halt = orders.halt(self._node, self._layout)
        self._memory = Memory(self._layout)
        self._say(*orders.load(self._node, self._layout, program(self._layout)))
        self._enter(Phase.LOADING, now_s)
        return []

    def _wait_for_program(self, frame: Frame, now_s: float) -> list[KitEvent]:
        if frame.kind != Say.VARIABLES or not self._memory.take(frame) or not self._memory.is_marked:
            return []
        self._watch = Watch(self._node or 0, self._memory, now_s)
        self._enter(Phase.UP, now_s)
        version = self._memory.read("_fwversion")
        firmware = f"{self._layout.name} {version[0] if version else ''}".rstrip()
        return [Ready(firmware, abilities(self._gauge))]

    def _hear(self, frame: Frame, now_s: float) -> list[KitEvent]:
        if frame.kind == Say.VARIABLES:
            return self._watch.take(now_s) if self._memory.take(frame) else []
        if frame.kind in {Say.OUT_OF_BOUNDS, Say.DIVISION_BY_ZERO, Say.ERROR}:
            return [_fault(_complaint(frame))]
        if frame.kind == Say.STATE and len(frame.words) > 1 and frame.words[1] & STEPPING:
            return [_fault("Another program has halted the robot: close it, then connect again.")]
        return []

    def _enter(self, phase: Phase, now_s: float) -> None:
        self._phase, self._tries, self._due_s = phase, 0, now_s

    def _end(self, events: list[KitEvent]) -> list[KitEvent]:
        """After an event that ends the acquaintance nothing more is said or heard."""
        if any(isinstance(event, Failed) for event in events):
            self._phase = Phase.OVER
            self._out.clear()
        return events

    def _say(self, *messages: bytes) -> None:
        self._out += messages

    def _order(self, *messages: bytes) -> list[KitEvent]:
        if self._phase is Phase.UP:
            self._say(*messages)
        return []


def abilities(gauge: Gauge) -> Abilities:
    """Return what every Thymio II can do; a pen in its hole is moved by hand alone."""
    return Abilities(gauge, has_light=True, has_sound=True, sensors=SENSORS, buttons=BUTTONS)


def _fault(text: str) -> Failed:
    return Failed(DeviceState.FAULT, text)


def _complaint(frame: Frame) -> str:
    if frame.kind != Say.ERROR:
        return "The program in the robot failed: switch it off and on, then connect again."
    reader = PayloadReader(frame.payload)
    reader.word()
    return f"The robot complains: {reader.text()[:80]!r}. Switch it off and on, then connect again."
