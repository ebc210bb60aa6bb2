"""The protocol against a small model of Marlin's receiver: any faults, in any order, split anywhere."""

from enum import StrEnum
from functools import reduce
from operator import xor

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.ledger import AHEAD_LINES, WINDOW_BYTES
from drivers.marlin.protocol import MarlinProtocol

STEP_S = 0.002
MOST_STEPS = 5_000
ANSWERS = {
    b"M105": b"ok T:20.0 /0.0 B:20.0 /0.0 @:0 B@:0\n",
    b"M114": b"X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0\nok\n",
    b"M115": b"FIRMWARE_NAME:Marlin 2.1.2 (x) SOURCE_CODE_URL:x\nCap:AUTOREPORT_TEMP:1\nok\n",
}


class Fate(StrEnum):
    """What happens to a line or to its answer."""

    FINE = "fine"
    DAMAGED = "damaged"
    OK_LOST = "ok lost"
    OK_DOUBLED = "ok doubled"


class Receiver:
    """What Marlin does with a line: number, checksum, `ok`, or an error that empties the ring."""

    def __init__(self, *, ignores_duplicates: bool) -> None:
        self.waiting: list[bytes] = []
        self.executed: list[bytes] = []
        self._ignores_duplicates = ignores_duplicates
        self._last = 0

    def work(self, fate: Fate) -> bytes:
        """Take the oldest line and return the answer."""
        line = self.waiting.pop(0)
        body, star, checksum = line.rpartition(b"*")
        if not star:
            return self._execute(line, Fate.FINE)
        number, _, command = body.removeprefix(b"N").partition(b" ")
        is_first = command == b"M110 N0"
        if self._ignores_duplicates and not is_first and self._last - 1 <= int(number) <= self._last:
            return b""
        if fate is Fate.DAMAGED or int(checksum) != reduce(xor, body):
            return self._refuse(b"checksum mismatch")
        if int(number) != self._last + 1 and not is_first:
            return self._refuse(b"Line Number is not Last Line Number+1")
        self._last = int(number)
        return self._execute(command, fate)

    def _execute(self, command: bytes, fate: Fate) -> bytes:
        if command.startswith(b"G1"):
            self.executed.append(command)
        answer = ANSWERS.get(command, b"ok\n")
        return {Fate.OK_LOST: b"", Fate.OK_DOUBLED: answer * 2}.get(fate, answer)

    def _refuse(self, why: bytes) -> bytes:
        self.waiting.clear()
        return b"Error:%s, Last Line: %d\nResend: %d\nok\n" % (why, self._last, self._last + 1)


class Stream(RuleBasedStateMachine):
    """One program over one line."""

    @initialize(count=st.integers(1, 60), ignores_duplicates=st.booleans())
    def connect(self, count: int, *, ignores_duplicates: bool) -> None:
        """Set the board up without a fault, then order a program."""
        self.program = Program.from_lines(b"G1 X%d.%03d Y%d" % (i % 9, i, i % 7) for i in range(count))
        self.receiver = Receiver(ignores_duplicates=ignores_duplicates)
        self.protocol = MarlinProtocol()
        self.events: list[ev.Event] = []
        self.now_s = 0.0
        self.doubled = False
        self.protocol.tick(self.now_s)
        self._say(b"start\n")
        self._until(ev.Ready)
        self.protocol.run(self.program, self.now_s)
        self._write()

    @rule(fate=st.sampled_from(Fate), size=st.integers(1, 80))
    def answer(self, fate: Fate, size: int) -> None:
        """The board takes a line; its answer comes in pieces."""
        self.doubled = self.doubled or fate is Fate.OK_DOUBLED
        if self.receiver.waiting:
            self._say(self.receiver.work(fate), size)

    @rule(steps=st.integers(1, 400))
    def wait(self, steps: int) -> None:
        """Time passes; a board that works says at least that it is busy."""
        for _ in range(steps):
            self._pass()
        self._say(b"echo:busy: processing\n")

    @invariant()
    def the_window_is_kept(self) -> None:
        """What the ring has to hold fits, as long as the board has not counted twice."""
        if hasattr(self, "receiver") and not self.doubled:
            in_ring = [line for line in self.receiver.waiting[AHEAD_LINES:] if b"M105" not in line]
            assert sum(len(line) + 1 for line in in_ring) <= WINDOW_BYTES

    @invariant()
    def nothing_is_doubled_or_skipped(self) -> None:
        """What was executed is a beginning of the program."""
        if hasattr(self, "receiver"):
            assert self.receiver.executed == list(self.program)[: len(self.receiver.executed)]

    def teardown(self) -> None:
        """Without more faults the program comes to its end."""
        if hasattr(self, "receiver") and not self._failed:
            self._until(ev.Finished)
            assert self.receiver.executed == list(self.program)

    @property
    def _failed(self) -> bool:
        """Ten resends of one line are rightly given up."""
        return any(isinstance(event, ev.Faulted) for event in self.events)

    def _until(self, kind: type[ev.Event]) -> None:
        for _ in range(MOST_STEPS):
            if any(isinstance(event, kind) for event in self.events) or self._failed:
                return
            if self.receiver.waiting:
                self._say(self.receiver.work(Fate.FINE))
            self._pass()
        raise AssertionError(f"No {kind} in {MOST_STEPS} steps, last: {self.events[-3:]}.")

    def _say(self, answer: bytes, size: int = 80) -> None:
        for at in range(0, len(answer), size):
            self.events += self.protocol.receive(answer[at : at + size], self.now_s)
        self._write()

    def _pass(self) -> None:
        self.now_s += STEP_S
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            self.events += self.protocol.tick(self.now_s)
        self._write()

    def _write(self) -> None:
        while out := self.protocol.take_output(self.now_s):
            self.receiver.waiting += [line for line in out.split(b"\n") if line]


TestStream = Stream.TestCase
TestStream.settings = settings(max_examples=60, stateful_step_count=40)
