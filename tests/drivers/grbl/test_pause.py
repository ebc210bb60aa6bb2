"""Pause and going on: the door stops the spindle, and nothing resumes by itself."""

from drivers.grbl import events as told
from tests.drivers.grbl.bench import SLOW, Bench, bare


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
