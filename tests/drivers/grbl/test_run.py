"""A program on its way through the GRBL protocol; verdicts come from the mill's black box."""

import pytest

from drivers.grbl import events as told
from drivers.grbl.sim_memory import Memory
from tests.drivers.grbl.bench import BYTES_A_STEP, SQUARE, STEP_S, Bench, bare


@pytest.mark.parametrize("piecewise", [False, True])
def test_whole_program_is_executed_once_in_order(piecewise: bool):
    """A program reaches its end, every line once, and `Finished` comes only when the axes stand."""
    many = (
        *SQUARE[:-2],
        *(b"G1 X%.3f Y%.3f" % (n / 10, n % 7 / 10) for n in range(200)),
        b"G1 X3 Y4",
        *SQUARE[-2:],
    )
    b = Bench(piecewise=piecewise)
    b.connect()
    b.start(*many)
    b.until_event(told.Finished)
    assert b.executed() == bare(many)
    assert not b.mill.motion_left
    assert b.mill.position == pytest.approx((3, 4, 0))
    assert b.mill.spindle_rpm == 0
    assert not b.kinds("fault")
    assert b.events.count(told.Finished()) == 1


def test_finished_waits_for_motion():
    """The last `ok` comes long before the last move ends: only standing still counts as done."""
    b = Bench()
    b.connect()
    b.start(b"G21 G90", b"G1 X20 F600")
    b.until(lambda: b.protocol.phase == "ready")
    rest_s = b.kinds("idle")[-1]["t"]
    assert b.now_s - rest_s >= 0.5
    assert b.now_s - rest_s < 1.2


def test_dwell_is_not_taken_for_a_lost_answer():
    """GRBL reports Idle while it dwells: the program still goes on after eight seconds."""
    b = Bench()
    b.connect()
    b.start(b"G4 P8", b"G1 X1 F600")
    b.until_event(told.Finished)
    assert b.executed() == ["G4P8", "G1X1F600"]


def test_receive_buffer_is_never_exceeded():
    """Counting characters, the mill's ring of 128 bytes never overflows even while it is busy."""
    b = Bench()
    b.connect()
    lines = [b"G1 X%.3f Y%.3f F600" % (n % 2 * 5, n / 50) for n in range(60)]
    b.start(*lines)
    b.until_event(told.Finished, 120)
    assert b.executed() == bare(lines)
    assert not b.kinds("fault")


def test_wire_is_never_idle():
    """With 37-byte lines, four milliseconds of round trip and moves that take no time, the wire is full."""
    b = Bench(Memory(is_instant=True))
    b.connect()
    lines = [b"G1 X%09.4f Y%09.4f F600.0000000" % (n % 50, n % 7) for n in range(300)]
    b.start(*lines)
    b.until_event(told.Finished)
    sent = [entry for entry in b.kinds("rx") if str(entry["data"]) != "?"]
    first = next(n for n, entry in enumerate(sent) if str(entry["data"]).startswith("G1"))
    span_s = float(str(sent[-1]["t"])) - float(str(sent[first]["t"])) + STEP_S
    share = sum(len(line) + 1 for line in lines) / (span_s / STEP_S * BYTES_A_STEP)
    assert share >= 0.97
    assert not b.kinds("fault")


def test_one_status_question_in_flight():
    """The status is asked about five times a second and never twice at once."""
    b = Bench()
    b.connect()
    start_s, before = b.now_s, b.received().count("?")
    b.wait(10.0)
    rate = (b.received().count("?") - before) / (b.now_s - start_s)
    assert 4.5 <= rate <= 5.1
