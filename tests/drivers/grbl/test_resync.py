"""Lost answers: the stream goes on where the mill itself proves the loss, and ends where it does not."""

import random
from collections.abc import Callable

import pytest

from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.fusing import could_fuse
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_firmware import GRBLHAL
from drivers.grbl.sim_memory import SETTINGS, Memory
from tests.drivers.grbl.bench import SLOW, Bench, bare

pytestmark = pytest.mark.thorough

WALK = (b"G21 G90", *(b"G1 X%.1f Y%.1f F600" % (n / 4, n % 4) for n in range(40)))
QUICK = (b"G21 G90", *(b"G1 X%.3f Y%.3f F6000" % (n % 7 / 50, n % 5 / 50) for n in range(700)))
MODAL = (b"G21 G90", b"G1 X1 Y1 F600", *(b"%c%d" % (b"XY"[n % 2], n % 9) for n in range(40)))
RING_BYTES = 128
COST_S = 1.0


def reports(*, buffer: bool) -> Memory:
    """A mill that tells in its reports what lies in its buffer, or does not."""
    return Memory(settings={**SETTINGS, 10: 2 | 1 if buffer else 1})


def done(lines: tuple[bytes, ...], memory: Memory, faults: Faults | None = None) -> Bench:
    """Run a program to its end; every line was executed once and in order, the ring never ran over."""
    b = Bench(memory, faults)
    b.connect()
    b.start(*lines)
    b.until(lambda: b.protocol.phase != "running" or b.protocol.outstanding_bytes >= RING_BYTES, 400)
    assert told.Finished() in b.events, b.events[-2:]
    assert b.executed() == bare(lines)
    assert not b.kinds("fault")
    return b


@pytest.mark.parametrize("line", [2, 5, 20, 26, 27])
@pytest.mark.parametrize("buffer", [True, False])
def test_lost_answer_costs_less_than_a_second(line: int, buffer: bool):
    """The first, the last or any other `ok` is lost: the program is done, and hardly later."""
    clean = done(SLOW, reports(buffer=buffer))
    b = done(SLOW, reports(buffer=buffer), Faults(lost_oks=frozenset({line})))
    assert b.protocol.counts.lost == 1
    assert b.now_s - clean.now_s <= COST_S


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("buffer", [True, False])
def test_many_answers_lost_in_a_long_program(seed: int, buffer: bool):
    """One `ok` in seventy is lost on a stream that keeps the wire full: each costs less than a second."""
    clean = done(QUICK, reports(buffer=buffer))
    b = done(QUICK, reports(buffer=buffer), Faults(seed=seed, drop_ok=0.015))
    assert b.protocol.counts.lost >= 3
    assert b.now_s - clean.now_s <= COST_S * b.protocol.counts.lost


@pytest.mark.parametrize("seed", range(4))
def test_lost_answers_on_grblhal(seed: int):
    """The same on a firmware with a larger buffer, dwells and spindle waits included."""
    dice = random.Random(seed)  # noqa: S311 - a dice, no secret
    lines = [*WALK, b"M3 S9000", b"G4 P1.5", *WALK, b"M5"]
    lost = frozenset(dice.sample(range(2, len(lines) + 1), 3))
    memory = Memory(firmware=GRBLHAL)
    b = Bench(memory, Faults(lost_oks=lost))
    b.connect()
    b.start(*lines)
    b.until(lambda: b.protocol.phase != "running", 400)
    assert told.Finished() in b.events
    assert b.executed() == bare(lines)
    assert not b.kinds("fault")


def test_neighbouring_answers_lost_at_once():
    """Three in a row leave no line unanswered that was not."""
    b = done(WALK, reports(buffer=True), Faults(lost_oks=frozenset({9, 10, 11})))
    assert b.protocol.counts.lost == 3


def failure(b: Bench) -> told.Failed:
    """Run until the program fails; it is not called done, and no byte follows."""
    failed = b.until_event(told.Failed, 400)
    assert told.Finished() not in b.events
    sent = b.received()
    b.wait(2.0)
    assert b.received() == sent
    assert b.mill.spindle_rpm == 0
    return failed


def test_too_many_lost_answers_end_the_program():
    """A line that loses so many answers loses commands too."""
    b = Bench(faults=Faults(lost_oks=frozenset(range(3, 100))))
    b.connect()
    b.start(*WALK)
    assert failure(b).ending is Ending.INTERRUPTED
    assert b.executed() == bare(WALK)[: len(b.executed())]


def test_lost_answer_in_a_dry_run_ends_it():
    """It could have been a refusal: the dry run has to be made again."""
    b = Bench(faults=Faults(lost_oks=frozenset({9})))
    b.connect()
    b.start(*WALK, dry=True)
    assert failure(b).ending is Ending.INTERRUPTED
    assert b.mill.position == (0, 0, 0)


@pytest.mark.parametrize("buffer", [True, False])
def test_lost_answer_that_may_be_a_lost_line_end_ends_the_program(buffer: bool):
    """Lines that GRBL would take for one, were their end damaged, prove nothing by a missing answer."""
    b = Bench(reports(buffer=buffer), Faults(lost_oks=frozenset({12})))
    b.connect()
    b.start(*MODAL)
    assert failure(b).ending is Ending.INTERRUPTED


def damage(end_of: bytes, by: bytes) -> Callable[[bytes], bytes]:
    """A wire that damages the end of one line."""
    return lambda data: data.replace(end_of + b"\n", end_of + by)


@pytest.mark.parametrize("by", [b"\x0b", b"\x02", b"", b"*", b"J"])
@pytest.mark.parametrize("end_of", [b"Y3.0 F600", b"X9.8 Y3.0 F600", b"X2.5 Y2.0 F600"])
def test_damaged_line_end_is_no_lost_answer(end_of: bytes, by: bytes):
    """Two lines that arrive as one are refused by the mill; the last one is ended by the empty line."""
    b = Bench(wire=damage(end_of, by))
    b.connect()
    b.start(*WALK)
    b.until(lambda: b.protocol.phase in {"ready", "latched"}, 400)
    if told.Finished() in b.events:
        assert b.executed() == bare(WALK)
    else:
        assert b.executed() == bare(WALK)[: len(b.executed())]
        assert b.mill.spindle_rpm == 0


@pytest.mark.parametrize("by", [b"\x0b", b""])
def test_fused_lines_are_never_called_done(by: bytes):
    """A damaged line end between modal lines makes one cut of two, without an error: the program ends."""
    b = Bench(wire=damage(b"X2", by))
    b.connect()
    b.start(*MODAL)
    assert failure(b).ending is Ending.INTERRUPTED


@pytest.mark.parametrize("text", [b"errmr:20", b"error;9", b"xrror:1", b"er?or:33"])
def test_damaged_refusal_ends_the_program(text: bytes):
    """An answer that may have been an `error:` stops the mill like one."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(1.0)
    b.events += b.protocol.receive(text + b"\r\n", b.now_s)
    assert failure(b).ending is Ending.FAULT


@pytest.mark.parametrize(
    ("first", "second", "fuses"),
    [
        (b"G1 X1", b"Y1", True),
        (b"G1 X1 F600", b"z2", True),
        (b"G1 X1", b"X2", False),
        (b"G1 X1", b"G1 Y1", False),
        (b"G0 Z5", b"M5", False),
        (b"M3 S1000", b"G1 X1", False),
        (b"G02 X1 Y1 I1", b"G00 Z1", False),
    ],
)
def test_lines_that_fuse(first: bytes, second: bytes, fuses: bool):
    """Only where another path would be cut without an error can a line end be lost unnoticed."""
    assert could_fuse([first, second]) is fuses
