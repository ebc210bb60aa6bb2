"""Connecting to a mill: what arms it, what refuses to."""

from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import SETTINGS, Memory
from tests.drivers.grbl.bench import Bench


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
    b.mill.fall_silent()
    b.connect()
    assert b.until_event(told.Failed).ending is Ending.SILENT
