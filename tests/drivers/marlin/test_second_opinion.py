"""The stream judged by a board that was written without a look at our own virtual one."""

from collections.abc import Sequence

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.protocol import MarlinProtocol
from drivers.pump import LOW_WATER_S, PORTION_S, even_portion, whole_head
from tests.peers.foreign_marlin import Dialect, ForeignMarlin, Trouble

STEP_S = 0.0002
FRAME_S = 0.001
BYTE_S = 10 / 115_200
LIMIT_S = 60.0
PROGRAM = Program.from_lines(b"G1 X%d.%03d Y%d.500 E%d.0" % (i % 90, i, i % 70, i) for i in range(600))


class Bench:
    """Joins protocol and board: portions as the pump hands them over, answers a millisecond late."""

    def __init__(self, dialect: Dialect, trouble: Trouble) -> None:
        self.board = ForeignMarlin(dialect, BYTE_S, trouble)
        self.protocol = MarlinProtocol()
        self.now_s = 0.0
        self._unsent = b""
        self._wire: list[tuple[float, int]] = []
        self._free_s = 0.0
        self.protocol.tick(0.0)

    def until(self, *kinds: type) -> ev.Event:
        """Let time pass until one of these events."""
        while self.now_s < LIMIT_S:
            for event in self._step():
                if isinstance(event, kinds):
                    return event
        pytest.fail(f"None of {kinds} within {LIMIT_S} s")

    def moves(self) -> list[str]:
        """Return the moves that the board carried out."""
        return [done.text for done in self.board.executed if done.text.startswith("G1")]

    def _step(self) -> Sequence[ev.Event]:
        self.now_s += STEP_S
        told = [*self._hear()]
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            told += self.protocol.tick(self.now_s)
        self._speak()
        while self._wire and self._wire[0][0] <= self.now_s:
            at_s, byte = self._wire.pop(0)
            self.board.arrive(byte, at_s)
        self.board.work(self.now_s)
        return told

    def _hear(self) -> Sequence[ev.Event]:
        said = b""
        while self.board.said and self.board.said[0][0] + FRAME_S <= self.now_s:
            said += self.board.said.popleft()[1]
        return self.protocol.receive(said, self.now_s) if said else []

    def _speak(self) -> None:
        while self._free_s - self.now_s < LOW_WATER_S:
            if not self._unsent:
                self._unsent = self.protocol.take_output(self.now_s)
            if not self._unsent:
                return
            portion = whole_head(self._unsent, even_portion(len(self._unsent), int(PORTION_S / BYTE_S)))
            self._unsent = self._unsent[len(portion) :]
            for byte in portion:
                self._free_s = max(self._free_s, self.now_s) + BYTE_S
                self._wire.append((self._free_s, byte))


def printed(dialect: Dialect, trouble: Trouble) -> Bench:
    """Print the program to its end."""
    bench = Bench(dialect, trouble)
    bench.until(ev.Ready)
    bench.protocol.run(PROGRAM, bench.now_s)
    bench.until(ev.Finished)
    return bench


@pytest.mark.parametrize("dialect", Dialect)
def test_a_clean_line_fills_the_wire(dialect: Dialect):
    """Nothing is lost, nothing asked again, and the wire is hardly ever silent."""
    bench = printed(dialect, Trouble())
    assert bench.moves() == [line.decode() for line in PROGRAM]
    assert (bench.board.errors, bench.board.overflowed) == (0, 0)
    wire_s = sum(len(b"N%d %s*99\n" % (i, line)) for i, line in enumerate(PROGRAM, 10)) * BYTE_S
    assert bench.now_s < 1.6 + wire_s / 0.95


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dialect", Dialect)
def test_every_line_once_though_lines_are_damaged_and_oks_lost(dialect: Dialect, seed: int):
    """2 % of the lines are hit, 3 in 1,000 answers lost; no tail of a line is taken for a command."""
    bench = printed(dialect, Trouble(seed, damaged=0.02, lost_ok=0.003))
    assert bench.board.errors > 3
    assert bench.moves() == [line.decode() for line in PROGRAM]


def test_nothing_follows_a_reset():
    """The banner in mid-print ends the program, whatever was under way."""
    bench = Bench(Dialect.NEW, Trouble())
    bench.until(ev.Ready)
    bench.protocol.run(PROGRAM, bench.now_s)
    while len(bench.moves()) < 100:
        bench._step()
    bench.board.reset(bench.now_s)
    bench.until(ev.Restarted)
    count = len(bench.moves())
    for _ in range(5000):
        bench._step()
    assert len(bench.moves()) == count
