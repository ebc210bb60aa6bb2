"""Cancel and pause, at any instant: nothing re-heats, no line is lost or doubled; the black box judges."""

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.sim_faults import Faults
from tests.drivers.marlin.pipe import Pipe, moves, text


def test_cancel_while_heating_turns_the_heat_off_for_good():
    """M109 is broken off, the heater's target is 0 within half a second and stays so."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines([b"M140 S60", b"M109 S200", b"G1 X10"]))
    pipe.live(5.0)
    assert pipe.board.body.hotend.target_c == 200
    pipe.command(pipe.protocol.cancel)
    asked_s = pipe.now_s
    pipe.live(0.5)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (0, 0)
    pipe.live(60)
    assert pipe.events.count(ev.Cancelled()) == 1
    box = pipe.board.blackbox.entries
    assert not [e for e in box if e["kind"] == "heater" and e["t"] > asked_s and e["target"] != 0]
    assert pipe.executed() == []


@pytest.mark.parametrize("wait_ms", range(0, 60, 6))
def test_cancel_races_with_a_heat_line(wait_ms: int):
    """At whatever instant of M109's way to the board the cancel comes, nothing re-heats."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines([b"G1 X%d" % i for i in range(4)] + [b"M109 S200"] * 5))
    pipe.live(wait_ms / 1000)
    pipe.command(pipe.protocol.cancel)
    pipe.live(2.0)
    assert pipe.board.body.hotend.target_c == 0
    pipe.live(30)
    assert pipe.events.count(ev.Cancelled()) == 1
    assert pipe.board.body.hotend.target_c == 0


def test_the_program_after_a_cancelled_one_is_whole():
    """No line of the first slips into the second."""
    first, second = moves(200), Program.from_lines(b"G1 Z%d" % i for i in range(20))
    pipe = Pipe(Faults(seed=3, damage_in=0.02))
    pipe.until(ev.Ready)
    pipe.run(first)
    pipe.live(0.3)
    pipe.command(pipe.protocol.cancel)
    pipe.until(ev.Cancelled)
    done = len(pipe.executed())
    pipe.run(second)
    pipe.until(ev.Finished)
    assert pipe.executed()[:done] == text(first)[:done]
    assert pipe.executed()[done:] == text(second)


def test_the_boards_own_panel_may_cancel_and_pause():
    """Whoever stands at the machine is obeyed as we are."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.3)
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:paused\n", now_s))
    pipe.live(20.0)
    count = len(pipe.executed())
    pipe.live(1.0)
    assert len(pipe.executed()) == count
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:resumed\n", now_s))
    pipe.live(1.0)
    assert len(pipe.executed()) > count
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:cancel\n", now_s))
    pipe.until(ev.Cancelled)
    assert [event.reason[:17] for event in pipe.events if isinstance(event, ev.Paused)] == [
        "The printer waits"
    ]
    assert ev.Resumed() in pipe.events
