"""The virtual mill itself: what it takes, refuses and how long it moves, by figures worked out by hand."""

import math

import pytest

from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import SETTINGS, Memory
from drivers.grbl.sim_motion import Limits, Motion
from drivers.simulator import BlackBox


def booted(memory: Memory | None = None, faults: Faults | None = None) -> VirtualGrbl:
    """Return a mill that has just said its banner, at 1 s."""
    mill = VirtualGrbl(BlackBox(), memory, faults)
    mill.opened(0.0)
    mill.advance(1.0)
    return mill


def ask(mill: VirtualGrbl, text: bytes, now_s: float, wait_s: float = 0.0) -> list[str]:
    """Send text and return the lines of the answer."""
    mill.receive(text, now_s)
    return mill.advance(now_s + wait_s).decode().split("\r\n")[:-1]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"G1 X1", "error:22"),
        (b"G21 G20", "error:21"),
        (b"G33", "error:20"),
        (b"hello", "error:2"),
        (b"12", "error:1"),
        (b"G1 X1 X2 F9", "error:25"),
        (b"G2 X1 F9", "error:35"),
        (b"G2 X10 Y0 I1 J1 F9", "error:33"),
        (b"G4", "error:28"),
        (b"$H", "error:5"),
        (b"$999=1", "error:3"),
        (b"G1" * 45, "error:11"),
        (b"g1x1f9 (a comment) ; another", "ok"),
    ],
)
def test_answers_to_good_and_bad_lines(line: bytes, answer: str):
    """Each mistake gets GRBL's own number."""
    assert ask(booted(), line + b"\n", 1.0) == [answer]


def test_straight_move_takes_the_time_of_its_trapezoid():
    """100 mm at 20 mm/s with 30 mm/s²: v/a + d/v = 0.667 + 5 s."""
    motion = Motion(Limits())
    motion.plan((100.0, 0.0, 0.0), 20.0)
    assert motion.next_event_s() == pytest.approx(20 / 30 + 100 / 20)


def test_a_line_cut_in_pieces_takes_no_longer():
    """Look-ahead joins collinear moves at full speed: 50 pieces take what one line takes, within 2 %."""
    ends = []
    for count in (1, 50):
        mill = booted()
        for n in range(1, count + 1):
            mill.receive(b"G1 X%.3f F600\n" % (50 * n / count), 1.0 + max(n - 14, 0) * 0.1)
        mill.advance(60.0)
        rests = [float(str(e["t"])) for e in mill.black_box.entries if e["kind"] == "idle"]
        ends.append(rests[-1])
    assert ends[1] == pytest.approx(ends[0], rel=0.02)


def test_full_circle_returns_to_its_start():
    """A circle of radius 10 at 10 mm/s takes its circumference's time and ends where it began."""
    mill = booted()
    assert ask(mill, b"G2 X0 Y0 I10 J0 F600\n", 1.0, 20.0) == ["ok"]
    rest = next(entry for entry in mill.black_box.entries if entry["kind"] == "idle")
    assert (rest["x"], rest["y"]) == (0, 0)
    assert float(str(rest["t"])) - 1.0 == pytest.approx(2 * math.pi * 10 / 10, rel=0.1)


def test_inches_and_relative_moves():
    """G20 and G91 mean what they say."""
    mill = booted()
    ask(mill, b"G20 G91 G0 X1\nG0 X-0.5 Y1\n", 1.0, 20.0)
    assert mill.position == pytest.approx((12.7, 25.4, 0))


def test_stored_work_zero_survives():
    """Work coordinates start at G54, which outlives a reset."""
    memory = Memory(g54=(5.0, 6.0, -1.0))
    mill = booted(memory)
    ask(mill, b"G90 G0 X1 Y1 Z0\n", 1.0, 10.0)
    assert mill.position == pytest.approx((6, 7, -1))
    assert "WCO:5.000,6.000,-1.000" in ask(mill, b"?", 12.0)[0]


def test_receive_ring_overflows_without_a_word():
    """450 bytes sent blind lose what does not fit: no error, only missing answers."""
    mill = booted()
    lines = b"".join(b"G1 X%d Y%d F500\n" % (n % 9, n % 7) for n in range(30))
    mill.receive(lines[:450] + b"\n", 1.0)
    answers = mill.advance(200.0).decode().split("\r\n")
    assert answers.count("ok") < 28
    assert any("overflow" in str(entry.get("what")) for entry in mill.black_box.entries)


def test_cycle_start_is_ignored_while_slowing():
    """`~` in Hold:1 does nothing; in Hold:0 it goes on."""
    mill = booted()
    ask(mill, b"G1 X100 F1500\n", 1.0)
    assert ask(mill, b"!~?", 3.0)[0].startswith("<Hold:1|")
    assert ask(mill, b"?", 6.0)[0].startswith("<Hold:0|")
    assert ask(mill, b"~?", 6.1)[0].startswith("<Run|")


def test_reset_after_a_limit_is_swallowed_at_first():
    """Half a second after ALARM:1 the firmware hears a reset again; it stays locked."""
    mill = booted()
    ask(mill, b"M3 S9000\nG1 X100 F600\n", 1.0)
    mill.advance(2.0)
    mill.hit_limit_switch()
    assert mill.spindle_rpm == 0
    assert ask(mill, b"\x18?", 2.3) == ["ALARM:1"]
    assert mill.advance(3.0) == b"[MSG:Reset to continue]\r\n"
    answer = ask(mill, b"\x18", 3.1, 0.1)
    assert answer[-1] == "[MSG:'$H'|'$X' to unlock]"
    assert ask(mill, b"G0 X1\n", 3.5) == ["error:9"]
    assert ask(mill, b"$X\nG0 X1\n", 3.6)[-1] == "ok"


def test_realtime_bytes_are_obeyed_in_comments():
    """GRBL takes `!` even out of a comment: this is why the host must never send one."""
    mill = booted()
    ask(mill, b"G1 X50 F600\n(wait!)\n", 1.0)
    assert mill.state.startswith("Hold")


def test_soft_limit_alarms():
    """With $20=1 a move out of the room ends in ALARM:2 before it begins."""
    mill = booted(Memory(settings={**SETTINGS, 20: 1}))
    assert "ALARM:2" in ask(mill, b"G0 X5\n", 1.0)
    assert mill.position == (0, 0, 0)


def test_check_mode_moves_nothing():
    """$C reads a program without moving, and leaves by a reset."""
    mill = booted()
    ask(mill, b"$C\n", 1.0)
    assert ask(mill, b"M3 S9000\nG1 X9 F600\nG1 Q\n", 1.1, 5.0) == ["ok", "ok", "error:2"]
    assert mill.position == (0, 0, 0)
    assert mill.spindle_rpm == 0
    ask(mill, b"$C\n", 7.0, 1.0)
    assert mill.state == "Idle"


def test_power_follows_what_turns():
    """Electronics always, motors while they turn, the spindle while it is on."""
    mill = booted()
    assert mill.power_w == 4
    ask(mill, b"M3 S9000\n", 1.0)
    assert mill.power_w == 26
    ask(mill, b"G1 X10 F600\n", 1.1)
    mill.advance(1.5)
    assert mill.power_w == 44


def test_same_bytes_same_black_box():
    """The mill is deterministic: two runs give the same recording."""
    recordings = []
    for _ in range(2):
        mill = booted()
        ask(mill, b"M3 S9000\nG1 X10 F600\nG3 X0 Y0 I-5 J0\nM2\n", 1.0, 30.0)
        recordings.append(mill.black_box.entries)
    assert recordings[0] == recordings[1]
