"""The GRBL protocol against the virtual mill; verdicts come from the mill's black box."""

from collections.abc import Sequence

import pytest

from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.sim_memory import SETTINGS, Faults, Memory
from drivers.grbl.window import LineRefusedError
from tests.drivers.grbl.bench import Bench

SQUARE = (b"G21 G90", b"M3 S10000", b"G1 X10 F600", b"G1 Y10", b"G1 X0", b"G1 Y0", b"M5", b"M2")
SLOW = (b"G21 G90", b"M3 S10000", *(b"G1 X%d F600" % (10 * (n % 2 + 1)) for n in range(24)), b"M5")


def bare(lines: Sequence[bytes]) -> list[str]:
    """Return lines as the firmware keeps them."""
    return [line.replace(b" ", b"").decode() for line in lines]


@pytest.mark.parametrize("lines_ahead", [1, 8])
def test_whole_program_is_executed_once_in_order(lines_ahead: int):
    """A program reaches its end, every line once, and `Finished` comes only when the axes stand."""
    many = (
        *SQUARE[:-2],
        *(b"G1 X%.3f Y%.3f" % (n / 10, n % 7 / 10) for n in range(200)),
        b"G1 X3 Y4",
        *SQUARE[-2:],
    )
    b = Bench(lines_ahead=lines_ahead)
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


def test_stop_while_moving():
    """Stop costs ALARM:3, turns the spindle off at once and nothing follows it."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.until(lambda: b.mill.motion_left and b.mill.spindle_rpm > 0)
    b.wait(1.0)
    b.protocol.stop(b.now_s)
    stopped_s = b.now_s
    b.wait(3.0)
    assert b.mill.spindle_rpm == 0
    assert b.mill.state == "Alarm"
    off = b.kinds("spindle")[-1]
    assert off["rpm"] == 0
    assert off["t"] - stopped_s < 0.02
    assert b.received().endswith("!\x18")
    assert b.kinds("reset")[-1]["moving"] is True


def test_error_ends_the_program():
    """After `error:` no further line is sent, the spindle goes off, and the reason names the line."""
    b = Bench(faults=Faults(errors={5: 20}))
    b.connect()
    b.start(*SLOW)
    failed = b.until_event(told.Failed)
    assert failed.ending is Ending.FAULT
    assert "error:20" in failed.message
    assert "G1 X10 F600" in failed.message or "G1 X20 F600" in failed.message
    assert b.executed() == bare(SLOW)[:4]
    assert b.mill.spindle_rpm == 0
    before = b.received()
    b.wait(5.0)
    assert b.received() == before


@pytest.mark.parametrize("code", [1, 2, 4, 5])
def test_alarm_latches(code: int):
    """An alarm ends everything and is never unlocked or homed by itself, not even by connecting again."""
    b = Bench(faults=Faults(alarms={6: code}))
    b.connect()
    b.start(*SLOW)
    assert b.until_event(told.Failed).ending is Ending.FAULT
    b.wait(10.0)
    assert b.mill.spindle_rpm == 0
    b.events.clear()
    b.connect(fresh=False)
    assert "locked" in b.until_event(told.Failed).message
    assert not b.kinds("unlock")
    assert "$X" not in b.received()
    assert "$H" not in b.received()
    assert b.executed() == bare(SLOW)[:5]


def test_alarm_at_boot_refuses_arming():
    """A mill that starts locked stays locked."""
    b = Bench(faults=Faults(alarm_at_boot=True))
    b.connect()
    assert b.until_event(told.Failed).ending is Ending.FAULT
    b.wait(2.0)
    assert not b.kinds("unlock")


def test_stored_start_line_refuses_arming():
    """A start line would turn the spindle at each reset: the mill is not armed."""
    memory = Memory()
    memory.start_lines[0] = "M3S1000"
    b = Bench(memory)
    b.connect()
    failed = b.until_event(told.Failed)
    assert "M3S1000" in failed.message
    assert not any(isinstance(event, told.Ready) for event in b.events)


def test_pause_turns_the_spindle_off_and_resume_waits():
    """The door stops the spindle; `~` is sent once, only when the machine says that it will obey."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.until(lambda: len(b.executed()) > 6)
    b.protocol.pause(b.now_s)
    b.until_event(told.Paused)
    assert b.mill.spindle_rpm == 0
    assert "\x84" in b.received()
    frozen = b.mill.position
    b.wait(5.0)
    assert b.mill.position == frozen
    assert "~" not in b.received()
    b.protocol.resume(b.now_s)
    b.until_event(told.Resumed)
    assert b.mill.spindle_rpm > 0
    b.until_event(told.Finished, 300)
    assert b.received().count("~") == 1
    assert b.executed() == bare(SLOW)


def test_open_door_refuses_to_go_on():
    """With the door really open `~` is never sent and the mill stays paused."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(3.0)
    b.mill.door_open = True
    b.protocol.pause(b.now_s)
    b.until_event(told.Paused)
    b.protocol.resume(b.now_s)
    assert "door" in b.until_event(told.ResumeRefused).reason
    assert b.protocol.phase == "paused"
    assert "~" not in b.received()


def test_hold_at_the_machine_becomes_a_pause():
    """A hold pressed at the machine leaves the spindle on: we open the door, which turns it off."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(3.0)
    b.mill.receive(b"!", b.now_s)
    b.until_event(told.Paused)
    assert b.mill.spindle_rpm == 0
    assert b.mill.state == "Door:0"


def test_cycle_start_at_the_machine_does_not_resume():
    """Going on is asked for here, after arming: a cycle start pressed at the machine is undone."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(3.0)
    b.protocol.pause(b.now_s)
    b.until_event(told.Paused)
    b.mill.receive(b"~", b.now_s)
    b.wait(6.0)
    assert b.mill.state == "Door:0"
    assert b.mill.spindle_rpm == 0
    assert b.protocol.phase == "paused"


def test_cancel_keeps_the_position():
    """Cancel holds, waits, resets: no alarm, spindle off, ready for the next program."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(4.0)
    b.protocol.cancel(b.now_s)
    b.until_event(told.Cancelled)
    assert b.mill.spindle_rpm == 0
    assert b.kinds("reset")[-1]["moving"] is False
    assert b.protocol.phase == "ready"
    assert b.executed() == bare(SLOW)[: len(b.executed())]
    b.wait(1.0)
    assert b.mill.state == "Idle"
    b.start(b"G1 X1 F600")
    b.until_event(told.Finished)


def test_cancel_while_paused():
    """A paused program can be cancelled; the spindle stays off."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(4.0)
    b.protocol.pause(b.now_s)
    b.until_event(told.Paused)
    b.protocol.cancel(b.now_s)
    b.until_event(told.Cancelled)
    assert b.mill.spindle_rpm == 0
    assert b.mill.state == "Idle"


def test_lost_answer_ends_the_program():
    """A lost `ok` never hangs the host and never repeats a line: it ends the program."""
    b = Bench(faults=Faults(lost_oks=frozenset({5})))
    b.connect()
    b.start(*SLOW)
    assert b.until_event(told.Failed).ending is Ending.INTERRUPTED
    assert b.executed() == bare(SLOW)[:5]
    assert b.mill.spindle_rpm == 0


def test_silence_stops_the_mill():
    """A mill that says nothing any more is stopped blindly."""
    b = Bench(faults=Faults(silent_from_line=5))
    b.connect()
    b.start(*SLOW)
    assert b.until_event(told.Failed, 30).ending is Ending.SILENT
    b.wait(0.1)
    assert b.received().endswith("!\x18")
    assert b.mill.spindle_rpm == 0


def test_own_restart_interrupts():
    """A banner in the middle of a program means that the board was reset: nothing more is sent."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(3.0)
    b.mill.opened(b.now_s)
    assert b.until_event(told.Failed).ending is Ending.INTERRUPTED
    sent = len(b.executed())
    b.wait(3.0)
    assert len(b.executed()) == sent


def test_board_without_reset_is_asked_once():
    """Where opening does not restart the board, a soft reset brings the banner."""
    b = Bench()
    b.connect(fresh=False)
    assert b.protocol.phase == "ready"
    assert b.received().startswith("\x18")
    assert b.received().count("\x18") == 1


def test_fresh_board_is_not_reset():
    """A banner that comes by itself is enough, and the limits of a homeless machine are told."""
    b = Bench()
    b.connect()
    ready = b.until_event(told.Ready)
    assert ready.firmware == "Grbl 1.1h"
    assert any("limit switches" in lack for lack in ready.degraded)
    assert "\x18" not in b.received()


def test_settings_with_switches_are_not_degraded():
    """Limit switches and soft limits that are on are not reported as lacking."""
    b = Bench(Memory(settings={**SETTINGS, 20: 1, 21: 1}))
    b.connect()
    assert b.until_event(told.Ready).degraded == ()


def test_silent_port_fails_to_connect():
    """A port without a machine is given up."""
    b = Bench()
    b.mill.silent = True
    b.connect()
    assert b.until_event(told.Failed).ending is Ending.SILENT


BAD_LINES = [
    b"$X",
    b"$J=X1",
    b"G1 X1 ; $",
    b"[ESP]",
    b"G0 X1 !",
    b"~",
    b"?",
    b"\x18",
    b"\x84",
    "à".encode(),
    b"G1" * 40,
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_dangerous_lines_never_reach_the_wire(line: bytes):
    """One bad line anywhere refuses the whole program before its first byte."""
    b = Bench()
    b.connect()
    before = b.received().replace("?", "")
    program = Program(b"G0 X1\n" + line + b"\n", 2)
    with pytest.raises(LineRefusedError, match="Line 2"):
        b.protocol.start(program, b.now_s)
    b.wait(1.0)
    assert b.received().replace("?", "") == before


def test_only_text_of_a_program_passes():
    """Of the 256 one-byte lines only harmless printable ASCII passes."""
    passed = set()
    for byte in range(256):
        if byte == 0x0A:
            continue
        protocol = GrblProtocol()
        try:
            protocol.start(Program(bytes([byte]) + b"\n", 1), 0.0)
        except LineRefusedError:
            continue
        passed.add(byte)
    assert passed == set(range(0x20, 0x7F)) - set(b"?!~$[")


def test_receive_buffer_is_never_exceeded():
    """Counting characters, the mill's ring of 128 bytes never overflows even while it is busy."""
    b = Bench(lines_ahead=50)
    b.connect()
    lines = [b"G1 X%.3f Y%.3f F600" % (n % 2 * 5, n / 50) for n in range(60)]
    b.start(*lines)
    b.until_event(told.Finished, 120)
    assert b.executed() == bare(lines)
    assert not b.kinds("fault")


def test_one_status_question_in_flight():
    """The status is asked about five times a second and never twice at once."""
    b = Bench()
    b.connect()
    start_s, before = b.now_s, b.received().count("?")
    b.wait(10.0)
    rate = (b.received().count("?") - before) / (b.now_s - start_s)
    assert 4.5 <= rate <= 5.1
