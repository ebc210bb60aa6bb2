"""How a program ends before its end: stop, cancel, error, alarm, silence, restart."""

import pytest

from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.sim_faults import Faults
from tests.drivers.grbl.bench import SLOW, Bench, bare


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
    assert b.received().endswith("!\x18\x18")
    assert b.kinds("reset")[-1]["moving"] is True


def test_error_ends_the_program():
    """After `error:` nothing more is sent, the reason names the line, and the axes stop on their planned way.

    What lay in GRBL's buffer by then cannot be called back: it is taken, and dropped by the reset.
    """
    b = Bench(faults=Faults(errors={5: 20}))
    b.connect()
    b.start(*SLOW)
    b.until(lambda: bool(b.kinds("fault")))
    owed = b.protocol.outstanding_bytes
    failed = b.until_event(told.Failed)
    assert failed.ending is Ending.FAULT
    assert "'G1 X10 F600'" in failed.message
    assert "error:20" in failed.message
    assert sum(len(line) + 3 for line in b.executed()[4:]) <= owed
    assert abs(b.mill.position[0]) < 3, "the axes slow down within the first planned moves"
    assert b.mill.spindle_rpm == 0
    before = b.received()
    b.wait(5.0)
    assert b.received() == before


@pytest.mark.parametrize("code", range(1, 11))
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


def test_silence_stops_the_mill():
    """A mill that says nothing any more is stopped blindly."""
    b = Bench(faults=Faults(silent_from_line=5))
    b.connect()
    b.start(*SLOW)
    assert b.until_event(told.Failed, 30).ending is Ending.SILENT
    b.wait(0.1)
    assert b.received().endswith("!\x18\x18")
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
