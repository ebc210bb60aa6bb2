"""Lines and answers that do not match: without a checksum the mill must be caught by other means."""

import pytest

from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import Memory
from tests.drivers.grbl.bench import SLOW, SQUARE, Bench

WALK = (b"G21 G90", *(b"G1 X%.1f Y%.1f F600" % (n / 4, n % 4) for n in range(40)))


def ending(b: Bench) -> told.Failed:
    """Run until the program fails; the spindle is off, nothing was taken twice, nothing follows."""
    failed = b.until_event(told.Failed)
    assert not any(isinstance(event, told.Finished) for event in b.events)
    assert b.mill.spindle_rpm == 0
    sent = b.received()
    b.wait(2.0)
    assert b.received() == sent
    return failed


def test_all_answers_lost_end_the_program():
    """When no answer comes any more, the mill falls idle and the end is told within four seconds."""
    b = Bench(faults=Faults(lost_oks=frozenset(range(3, 100))))
    b.connect()
    b.start(*WALK)
    ending(b)
    idle_s = float(str(b.kinds("idle")[0]["t"]))
    assert b.now_s - 2.0 - idle_s < 4.0


@pytest.mark.parametrize("line", [5, 20, 27])
def test_doubled_answer_ends_the_program(line: int):
    """An answer too many means that the count of bytes is wrong: the program must not be called done."""
    b = Bench(faults=Faults(doubled_oks=frozenset({line})))
    b.connect()
    b.start(*SLOW)
    assert ending(b).ending is Ending.INTERRUPTED
    assert not [fault for fault in b.kinds("fault") if "overflow" in str(fault["what"])]


def test_damaged_last_line_is_found_by_the_end_position():
    """A wrong digit inside the program's bounds: the tool ends elsewhere, so the piece is not done."""
    b = Bench(faults=Faults(replaced={4: "G1X7Y1"}))
    b.connect()
    b.start(b"G21 G90", b"G1 X10 F6000", b"G1 X5 Y3", b"G1 X7 Y2")
    failed = ending(b)
    assert failed.ending is Ending.FAULT
    assert "ends at X7.000 Y2.000" in failed.message
    assert "X7.000 Y1.000" in failed.message


@pytest.mark.parametrize("seed", range(12))
def test_damaged_lines_are_never_called_done_elsewhere(seed: int):
    """Whatever a bad wire makes of a line: `Finished` is told only where the program ends."""
    b = Bench(faults=Faults(seed=seed, damage_in=0.3))
    b.connect()
    b.start(b"G21 G90", b"G1 X10 F6000", b"G1 X5", b"G1 X7 Y2")
    b.until(lambda: b.protocol.phase in {"ready", "latched"})
    x_mm, y_mm, _z = b.mill.position
    arrived = abs(x_mm - 7) < 0.06 and abs(y_mm - 2) < 0.06
    assert (told.Finished() in b.events) <= arrived


def test_tool_where_no_line_has_sent_it_stops_the_mill():
    """A wrong digit in mid-program takes the tool out of the program's bounds: it is stopped on its way."""
    b = Bench(faults=Faults(replaced={9: "G1X50"}))
    b.connect()
    b.start(b"G21 G90", b"M3 S9000", b"G1 X5 F600", *(b"G1 X%d" % (n % 5) for n in range(30)))
    failed = ending(b)
    assert "no line has sent it" in failed.message
    assert b.mill.position[0] < 12


def test_noise_ends_the_program():
    """Damaged answers prove a bad cable, on which lines are damaged too: the sixth ends the program."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(1.0)
    for count in range(6):
        assert not any(isinstance(event, told.Failed) for event in b.events), f"after {count}"
        b.events += b.protocol.receive(b"o\xffk\r\n", b.now_s)
    b.wait(1.0)
    assert "cable" in ending(b).message
    assert b.protocol.counts.damaged == 6


class Dull:
    """A firmware of the simplest kind: says `ok` to all, and its reports never change."""

    report = b"<Idle|WPos:0.000,0.000,0.000|Bf:15,128|FS:0,0>\r\n"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._rest = b""
        self._said = b"\r\nGrbl 1.1f ['$' for help]\r\n"

    def hear(self, data: bytes) -> bytes:
        """Take bytes, answer at once."""
        said, self._said = self._said, b""
        said += self.report * data.count(b"?")
        *lines, self._rest = (self._rest + data.replace(b"?", b"")).split(b"\n")
        self.lines += [line.decode() for line in lines]
        return said + b"ok\r\n" * len(lines)


def test_dull_firmware_is_no_fault():
    """Reports that never change prove nothing: a program on such a mill is not called damaged."""
    dull, protocol = Dull(), GrblProtocol()
    events = list(protocol.connect(0.0))
    now_s, began = 0.0, False
    while told.Finished() not in events:
        now_s += 0.01
        assert now_s < 10, events[-3:]
        events += protocol.receive(dull.hear(protocol.take_output(now_s)), now_s)
        events += protocol.tick(now_s)
        if protocol.phase == "ready" and not began:
            began, before = True, len(dull.lines)
            events += protocol.start(Program.from_lines(WALK), now_s)
    assert dull.lines[before:] == [line.decode() for line in WALK]


def test_offset_of_the_work_is_part_of_the_end():
    """Work coordinates differ from the machine's by G54: the end is compared in the program's own."""
    b = Bench(Memory(g54=(50.0, 60.0, -5.0)))
    b.connect()
    b.start(*SQUARE)
    assert b.until_event(told.Finished) in b.events
    assert b.mill.position == pytest.approx((50, 60, 0))
