"""A virtual Thymio II: Aseba's messages at the wire, its virtual machine, and a body that drives."""

import math
from collections import deque
from typing import Final

from drivers.errors import ProtocolError
from drivers.robots.body import DARK, Body
from drivers.robots.types import Drive, Gauge, Light
from drivers.simulator import BlackBox
from drivers.thymio.frames import Frame, FrameReader
from drivers.thymio.messages import FIRST_SYSTEM, PROTOCOL_VERSION, Ask, Say, packed, signed
from drivers.thymio.motors import TYPICAL, speed_mm_s
from drivers.thymio.orders import BRIGHTEST, TONE_UNITS
from drivers.thymio.sim_board import CODE_WORDS, EVENTS, FIRMWARE, MEMORY_WORDS, NATIVES, Board, text
from drivers.thymio.sim_faults import Incident
from drivers.thymio.sim_feel import refresh
from drivers.thymio.sim_vm import ACTIVE, INIT, STEP_BY_STEP, Machine, MachineError, Native

FIRST_LOCAL: Final = 0xFFFE
ARGUMENTS: Final = 32
STANDBY_W: Final = 0.6
MOVING_W: Final = 2.0
"""Assumed: a Thymio runs three to five hours on its 1500 mAh cell."""
GARBAGE: Final = b"\xff\xfeNo message of Aseba's is as long as this one says\xff\xff"


class VirtualThymio:
    """The robot's side of the wire, sans-I/O; a `drivers.simulator.Punctual`.

    A pen stands in its hole from the beginning, so that what it drew can be judged. The black box gets `rx`
    (messages as they were understood), `exec` (events obeyed), `upload`, `run`, `deadman` (the program in the
    robot stopped turning wheels by itself), `reset`, `fault`, and what `drivers.robots.body` records.
    """

    def __init__(
        self,
        black_box: BlackBox,
        board: Board | None = None,
        gauge: Gauge = TYPICAL,
        body: Body | None = None,
    ) -> None:
        self.board = board or Board()
        self._gauge = gauge
        self.body = body or Body(gauge, black_box=black_box)
        self.body.set_pen(is_down=True, now_s=0.0)
        self._black_box = black_box
        self._mishaps: deque[Incident] = deque()
        natives: dict[str, Native] = {"leds.top": self._shine, "sound.freq": self._sing}
        calls = [natives.get(name, self._forget) for name, _ in NATIVES]
        self._vm = Machine(MEMORY_WORDS, CODE_WORDS, calls, self._say)
        self._reader = FrameReader(hunts=False)
        self._out = bytearray()
        self._is_dumb = self._is_hung = self._is_lost = False
        self._now_s = 0.0
        self._period_ms = 0
        self._tick_s = math.inf
        self._restart()

    @property
    def power_w(self) -> float:
        """What the robot draws from its own cell."""
        return MOVING_W if self.body.is_moving else STANDBY_W

    def opened(self, now_s: float) -> None:
        """The firmware empties its queues when somebody opens the port."""
        self._now_s = max(self._now_s, now_s)
        self._reader, self._is_lost = FrameReader(hunts=False), False
        self._out.clear()

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes; a length that no message has is waited for until the port is opened anew."""
        self._live(now_s)
        if self._is_hung or self._is_lost:
            return
        try:
            for frame in self._reader.take(data):
                self._hear(frame)
        except ProtocolError:
            self._is_lost = True
            self._record("fault", what="lost in what it heard")

    def advance(self, now_s: float) -> bytes:
        """Live up to an instant and return what is said."""
        self._live(now_s)
        said = bytes(self._out)
        self._out.clear()
        return b"" if self._is_dumb or self._is_hung else said

    def next_s(self) -> float:
        """The next instant at which a timer or a mishap comes."""
        if self._mishaps:
            return self._now_s
        return math.inf if self._is_hung else self._tick_s

    def befall(self, incident: Incident) -> None:
        """Let something happen at the robot's next instant, from any thread."""
        self._mishaps.append(incident)

    def _live(self, now_s: float) -> None:
        """Pass through every instant at which something happens."""
        while (next_s := self.next_s()) <= now_s:
            self._now_s = max(self._now_s, next_s)
            self.body.advance(self._now_s)
            if self._mishaps:
                self._suffer(self._mishaps.popleft())
            else:
                self._tick_s = self._now_s + self._period_ms / 1000
                self._local("timer0")
        self._now_s = max(self._now_s, now_s)
        self.body.advance(self._now_s)

    def _local(self, event: str) -> None:
        moved = self.body.is_moving
        self._vm.variables[self.board.address("event.source")] = self.board.node
        self._execute(FIRST_LOCAL - EVENTS.index(event))
        if moved and not self.body.is_moving:
            self._record("deadman")

    def _execute(self, event: int) -> None:
        """Run a handler, then let motors and timer follow the variables, as the firmware does."""
        if self._vm.is_stepping and self._vm.flags & ACTIVE:
            return
        if self._vm.setup(event):
            self._run()

    def _run(self) -> None:
        try:
            self._vm.run()
        except MachineError:
            self._record("fault", what="the program makes no sense")
            self._suffer(Incident.HANG)
        self._follow()

    def _follow(self) -> None:
        read = self._vm.variables
        left, right = (read[self.board.address(f"motor.{side}.target")] for side in ("left", "right"))
        self.body.drive(Drive(speed_mm_s(left, self._gauge), speed_mm_s(right, self._gauge)), self._now_s)
        if (period_ms := read[self.board.address("timer.period")]) != self._period_ms:
            self._period_ms = period_ms
            self._tick_s = self._now_s + period_ms / 1000 if period_ms > 0 else math.inf

    def _hear(self, frame: Frame) -> None:
        self._record("rx", type=frame.kind, words=[signed(word) for word in frame.words])
        if frame.kind < FIRST_SYSTEM:
            self._obey(frame)
        elif frame.kind == Ask.LIST_NODES:
            self._say(Say.PRESENT, packed((PROTOCOL_VERSION,)))
        elif frame.words[:1] == (self.board.node,):
            self._answer(frame.kind, frame.words[1:])

    def _obey(self, frame: Frame) -> None:
        source, place = self.board.address("event.source"), self.board.address("event.args")
        arguments = [signed(word) for word in frame.words[:ARGUMENTS]]
        self._vm.variables[source] = frame.source
        self._vm.variables[place : place + len(arguments)] = arguments
        self._record("exec", event=frame.kind, arguments=arguments)
        self._execute(frame.kind)

    def _answer(self, kind: int, words: tuple[int, ...]) -> None:
        match kind:
            case Ask.GET_DESCRIPTION:
                for said, payload in self.board.description():
                    self._say(said, payload)
            case Ask.SET_BYTECODE if words:
                self._vm.code[words[0] : words[0] + len(words) - 1] = words[1:]
                self._record("upload", at=words[0], words=len(words) - 1)
                self._reset()
            case Ask.GET_VARIABLES if len(words) > 1:
                refresh(self._vm.variables, self.board, self.body)
                told = self._vm.variables[words[0] : words[0] + words[1]]
                self._say(Say.VARIABLES, packed((words[0], *told)))
            case Ask.SET_VARIABLES if words:
                values = [signed(word) for word in words[1:]]
                self._vm.variables[words[0] : words[0] + len(values)] = values
                self._record("set", at=words[0], values=values)
                self._follow()
            case _:
                self._command(kind)

    def _command(self, kind: int) -> None:
        match kind:
            case Ask.RESET:
                self._reset()
            case Ask.RUN:
                self._vm.flags &= ~STEP_BY_STEP
                self._record("run")
                self._vm.tell_state()
                self._run()
            case Ask.PAUSE | Ask.STOP:
                self._vm.flags |= STEP_BY_STEP
                self._vm.tell_state()
            case _:
                self._record("unknown", type=kind)

    def _reset(self) -> None:
        """The firmware forgets all variables, which stops the motors, and halts before the first event."""
        self._vm.variables[:] = [0] * len(self._vm.variables)
        self._vm.variables[self.board.address("_id")] = self.board.node
        self._vm.variables[self.board.address("_fwversion")] = FIRMWARE
        self._vm.flags = STEP_BY_STEP
        self._vm.setup(INIT)
        self._vm.tell_state()
        self.body.shine(DARK, self._now_s)
        self._follow()

    def _restart(self) -> None:
        """Switched on anew: no program, and everything off."""
        self._vm.code[:] = [0] * len(self._vm.code)
        self._reset()
        self._vm.flags = 0
        self._out.clear()
        self.body.sing(0.0, 0.0, self._now_s)

    def _suffer(self, incident: Incident) -> None:
        self._record("fault", what=incident.value)
        match incident:
            case Incident.SILENCE:
                self._is_dumb = True
            case Incident.HANG:
                self._is_hung = True
            case Incident.GARBAGE:
                self._out += GARBAGE
            case Incident.RESET:
                self._restart()
            case Incident.ERROR:
                self._vm.flags = STEP_BY_STEP
                self._say(Say.ERROR, packed((0,)) + text("Motor too hot"))
            case Incident.COMPANION:
                self._out += Frame(self.board.node + 1, Say.PRESENT, packed((5,))).to_bytes()

    def _shine(self, machine: Machine) -> None:
        levels = [machine.variables[machine.pop()] for _ in range(3)]
        red, green, blue = (min(max(level, 0), BRIGHTEST) / BRIGHTEST * 100 for level in levels)
        self.body.shine(Light(red, green, blue), self._now_s)

    def _sing(self, machine: Machine) -> None:
        hz, length = (machine.variables[machine.pop()] for _ in range(2))
        self.body.sing(hz if length >= 0 else 0, length / TONE_UNITS, self._now_s)

    @staticmethod
    def _forget(machine: Machine) -> None:
        """Whatever else the robot can do leaves no trace here."""
        machine.stack.clear()

    def _say(self, kind: int, payload: bytes) -> None:
        self._out += Frame(self.board.node, kind, payload).to_bytes()

    def _record(self, kind: str, **facts: object) -> None:
        self._black_box.record(self._now_s, kind, **facts)
