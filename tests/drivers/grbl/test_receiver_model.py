"""The protocol against a small model of GRBL's receiver, in every order that Hypothesis can think of."""

from collections import deque

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.protocol import GrblProtocol

RING_BYTES = 128
REALTIME = frozenset(b"?!~\x18\x84")
ANSWERS = {
    b"$I": b"[VER:1.1h.20190830:]\r\n[OPT:V,15,128]\r\n",
    b"$$": b"$13=0\r\n$20=1\r\n$21=1\r\n$32=0\r\n",
    b"$N": b"$N0=\r\n$N1=\r\n",
}


class Receiver:
    """GRBL as far as a sender sees it: a ring that forgets what does not fit, and answers in order."""

    def __init__(self) -> None:
        self.ring = b""
        self.said = b"\r\nGrbl 1.1h ['$' for help]\r\n"
        self.taken: list[bytes] = []
        self.realtime = b""
        self.lost = 0
        self.owed: deque[int] = deque()

    def hear(self, data: bytes) -> None:
        """Store bytes, answer a `?` at once."""
        for byte in data:
            if byte in REALTIME:
                self.realtime += bytes([byte])
                if byte == ord("?"):
                    self.report()
            elif len(self.ring) < RING_BYTES:
                self.ring += bytes([byte])
            else:
                self.lost += 1

    def report(self) -> None:
        """Say the state."""
        state, free = ("Run" if self.ring else "Idle"), RING_BYTES - len(self.ring)
        self.said += b"<%s|MPos:0.000,0.000,0.000|Bf:15,%d|FS:0,0|WCO:0,0,0>\r\n" % (state.encode(), free)

    def take(self, answer: bytes = b"ok") -> bool:
        """Take the next whole line, if there is one."""
        line, end, rest = self.ring.partition(b"\n")
        if not end:
            return False
        self.ring = rest
        if line.startswith(b"$"):
            self.said += ANSWERS[line]
        else:
            self.taken.append(line)
        self.said += answer + b"\r\n"
        return True


class Conversation(RuleBasedStateMachine):
    """A program on its way, in lines of every size, with reads and writes of every size."""

    @initialize(sizes=st.lists(st.integers(0, 72), min_size=1, max_size=40))
    def connect(self, sizes: list[int]) -> None:
        """Greet, ask, become ready and begin."""
        self.now_s = 0.0
        self.mill, self.protocol = Receiver(), GrblProtocol()
        self.events: list[told.Event] = []
        self.refused = False
        self.sent_when_refused: bytes | None = None
        self.sent = b""
        self.protocol.connect(self.now_s)
        while self.protocol.phase != "ready":
            self.settle()
        self.lines, self.sent = [b"F%d." % (n + 1) + b"0" * size for n, size in enumerate(sizes)], b""
        self.protocol.start(Program.from_lines(self.lines), self.now_s)

    def settle(self) -> None:
        """Let everything happen once."""
        self.pass_time(20)
        self.write(10)
        self.mill.take()
        self.read(10_000)

    @rule(wait_ms=st.integers(1, 60))
    def pass_time(self, wait_ms: int) -> None:
        """Time passes."""
        self.now_s += wait_ms / 1000
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            self.events += self.protocol.tick(self.now_s)

    @rule(times=st.integers(1, 10))
    def write(self, times: int) -> None:
        """The host writes what it may."""
        for _ in range(times):
            data = self.protocol.take_output(self.now_s)
            self.sent += bytes(byte for byte in data if byte not in REALTIME)
            self.mill.hear(data)

    @rule(size=st.integers(1, 50))
    def read(self, size: int) -> None:
        """The host reads some of what the mill has said, wherever that ends."""
        data, self.mill.said = self.mill.said[:size], self.mill.said[size:]
        self.events += self.protocol.receive(data, self.now_s)
        if self.refused and self.sent_when_refused is None and self.protocol.phase != "running":
            self.sent_when_refused = self.sent

    @rule(times=st.integers(1, 5))
    def take(self, times: int) -> None:
        """The mill takes lines."""
        for _ in range(times):
            self.mill.take()

    @precondition(lambda self: not self.refused and self.mill.ring)
    @rule(answer=st.sampled_from([b"error:20", b"error:33", b"ALARM:1", b"ALARM:9"]))
    def refuse(self, answer: bytes) -> None:
        """The mill refuses a line, or locks itself."""
        self.refused = self.mill.take(answer)

    @invariant()
    def buffer_holds(self) -> None:
        """Nothing ever overflows the ring; what is not answered always fits it."""
        if hasattr(self, "mill"):
            assert self.mill.lost == 0
            assert self.protocol.outstanding_bytes <= RING_BYTES - 1

    @invariant()
    def lines_in_order(self) -> None:
        """Each line at most once, in order, without a gap; after a refusal was read, none is sent."""
        if hasattr(self, "lines"):
            assert self.mill.taken == self.lines[: len(self.mill.taken)]
            if self.sent_when_refused is not None:
                assert self.sent == self.sent_when_refused

    def teardown(self) -> None:
        """What was not refused comes to its end; what was refused never does."""
        if not hasattr(self, "lines"):
            return
        for _ in range(400):
            if self.protocol.phase in {"ready", "latched", "resetting"}:
                break
            self.settle()
            self.buffer_holds()
            self.lines_in_order()
        assert (told.Finished() in self.events) is not self.refused
        assert self.refused or self.mill.taken == self.lines


Conversation.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
test_conversation = Conversation.TestCase
