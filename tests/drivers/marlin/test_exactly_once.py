"""Every line is executed exactly once and in order, whatever the wire does; judged by the black box."""

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.protocol import MarlinProtocol
from drivers.marlin.sim_faults import Faults
from tests.drivers.marlin.pipe import LINES, Pipe, moves, printed, text


def test_a_healthy_wire_needs_no_resend():
    """Everything arrives, nothing is asked again."""
    program = moves()
    pipe = printed(Faults(), program)
    assert pipe.executed() == text(program)
    last = [event for event in pipe.events if isinstance(event, ev.Advanced)][-1]
    assert (last.lines_done, last.bytes_done, last.resends) == (LINES, len(program.data), 0)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_lines_and_lost_oks(seed: int):
    """1 % of the lines arrive damaged and 1 ok in 200 is lost."""
    program = moves()
    pipe = printed(Faults(seed=seed, damage_in=0.01, drop_ok=0.005), program)
    assert pipe.executed() == text(program)


@pytest.mark.parametrize("seed", range(6))
def test_noise_both_ways_and_doubled_oks(seed: int):
    """What the board says is damaged too, and it repeats itself."""
    program = moves()
    faults = Faults(seed=seed, damage_in=0.01, damage_out=0.01, drop_ok=0.005, double_ok=0.005)
    pipe = printed(faults, program)
    assert pipe.executed() == text(program)


def test_a_lost_ok_costs_one_silence():
    """The probe goes out once the board has been silent for longer than it may."""
    program = moves(3)
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(program)
    pipe.board.faults.drop_ok = 1.0
    pipe.live(0.5)
    pipe.board.faults.drop_ok = 0.0
    begun_s = pipe.now_s
    pipe.until(ev.Finished)
    assert pipe.now_s - begun_s < 4.0
    assert pipe.executed() == text(program)


def test_finished_means_executed():
    """The end is not told before the last move has ended."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    begun_s = pipe.now_s
    pipe.run(Program.from_lines([b"G1 X100 F600"]))
    pipe.until(ev.Finished)
    assert pipe.now_s - begun_s > 10.0


def test_a_reset_ends_everything():
    """After the banner no line of the program follows, and heat off is sent."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.5)
    pipe.board.faults.reset = True
    done = pipe.until(ev.Restarted)
    count = len(pipe.executed())
    assert 0 < count < LINES, done
    pipe.live(10)
    assert len(pipe.executed()) == count
    assert "M104 S0" in [entry.get("line") for entry in pipe.board.blackbox.entries[-5:]]


def test_a_fault_is_latched_and_silences_us():
    """After kill() no byte follows."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.5)
    pipe.board.faults.kill = "Heating failed, system stopped! Heater_ID: 0"
    event = pipe.until(ev.Faulted)
    assert event == ev.Faulted("Heating failed, system stopped! Heater_ID: 0")
    bytes_before = sum(entry["kind"] == "rx" for entry in pipe.board.blackbox.entries)
    pipe.live(30)
    assert sum(entry["kind"] == "rx" for entry in pipe.board.blackbox.entries) == bytes_before


def test_silence_for_ever_is_a_fault():
    """A board that no longer answers is given up within 40 s."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.5)
    pipe.board.faults.silent = True
    begun_s = pipe.now_s
    pipe.until(ev.Faulted)
    assert pipe.now_s - begun_s < 40


def test_nothing_is_sent_before_the_banner():
    """A board that boots loses what it hears."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    assert min(e["t"] for e in pipe.board.blackbox.entries if e["kind"] == "rx") > 1.0


def test_a_board_that_does_not_reset_is_probed():
    """Native USB boards do not reset on opening: after 8 s we go on without a banner."""
    pipe = Pipe(Faults())
    pipe.live(0.1)
    pipe.board.advance(pipe.now_s + 2)
    pipe.protocol = MarlinProtocol()
    pipe.protocol.tick(pipe.now_s)
    pipe.until(ev.Ready)
    assert 8 < pipe.now_s < 12


def test_a_long_idle_time_does_not_trip_the_dead_man():
    """M85 kills a board that hears nothing for 180 s; an idle one is kept alive."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.live(400)
    assert not [event for event in pipe.events if isinstance(event, ev.Faulted)]


def test_the_dead_man_of_the_board_works_without_us():
    """When the host dies, the heat goes off by M85."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines([b"M104 S200", b"G4 P50"]))
    pipe.until(ev.Finished)
    for second in range(200):
        pipe.board.advance(pipe.now_s + second)
    assert pipe.board.body.hotend.target_c == 0


def test_the_same_line_for_ever_is_given_up():
    """A resend storm ends with the heat off."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines([b"M104 S200", *moves()]))
    pipe.live(0.3)
    number = pipe.protocol._link.ledger._next - 1
    for _ in range(40):
        pipe.command(lambda now_s: pipe.protocol.receive(b"Resend: %d\n" % number, now_s))
    assert isinstance(pipe.events[-1], ev.Faulted)
    pipe.live(1.0)
    assert pipe.board.body.hotend.target_c == 0


def test_an_impossible_wish_is_never_guessed():
    """A line never sent is not invented: asked for twice, it is a fault."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.3)
    line = b"Resend: %d\n" % (pipe.protocol._link.ledger._next + 50)
    for _ in range(2):
        pipe.command(lambda now_s: pipe.protocol.receive(line, now_s))
    assert isinstance(pipe.events[-1], ev.Faulted)
    executed = pipe.executed()
    pipe.live(1.0)
    assert executed == text(moves())[: len(executed)]


def test_the_last_words_before_a_reset_are_not_the_new_boards():
    """What a killed board had still to say is no fault of the one that boots."""
    pipe = Pipe(Faults())
    pipe.command(lambda now_s: pipe.protocol.receive(b"Error:Printer halted. kill() called!\n", now_s))
    pipe.until(ev.Ready)
