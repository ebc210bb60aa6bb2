"""Every line is executed exactly once and in order, whatever the wire does; judged by the black box."""

import random
from collections.abc import Callable, Sequence

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.protocol import MarlinProtocol
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults

BYTE_S = 1 / 11_520
STEP_S = 0.005
LINES = 400


class Pipe:
    """Joins the protocol to a board in simulated time, a few bytes at once."""

    def __init__(self, faults: Faults, *, seed: int = 0) -> None:
        self.board = VirtualMarlin(faults=faults)
        self.protocol = MarlinProtocol()
        self.events: list[ev.Event] = []
        self.now_s = 0.0
        self._dice = random.Random(seed)  # noqa: S311 - a dice, no secret
        self._waiting = b""
        self.board.opened(0.0)
        self.protocol.tick(0.0)

    def until(self, *kinds: type, limit_s: float = 600.0) -> ev.Event:
        """Let time pass until one of these events."""
        end_s = self.now_s + limit_s
        while self.now_s < end_s:
            for event in self._step():
                self.events.append(event)
                if isinstance(event, kinds):
                    return event
        pytest.fail(f"None of {kinds} within {limit_s} s; last: {self.events[-3:]}")

    def live(self, seconds: float) -> None:
        """Let time pass."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.events += self._step()

    def command(self, command: Callable[[float], Sequence[ev.Event]]) -> None:
        """Do what the pump does with a command."""
        self.events += command(self.now_s)

    def run(self, program: Program) -> None:
        """Start a program."""
        self.command(lambda now_s: self.protocol.run(program, now_s))

    def _step(self) -> list[ev.Event]:
        out = self.protocol.take_output(self.now_s)
        if out:
            self.now_s += len(out) * BYTE_S
            self.board.receive(out, self.now_s)
        else:
            self.now_s += STEP_S
        self._waiting += self.board.advance(self.now_s)
        told: list[ev.Event] = []
        while self._waiting:
            size = self._dice.randint(1, 7)
            piece, self._waiting = self._waiting[:size], self._waiting[size:]
            told += self.protocol.receive(piece, self.now_s)
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            told += self.protocol.tick(self.now_s)
        return told

    def executed(self) -> list[str]:
        """Return the moves that the board has executed."""
        box = self.board.blackbox.entries
        return [str(entry["line"]) for entry in box if entry["kind"] == "exec" and "G1" in str(entry["line"])]


def moves(count: int = LINES) -> Program:
    """Make a program in which no line is like another."""
    return Program.from_lines(b"G1 X%d.%03d Y%d F6000" % (i % 50, i, i % 7) for i in range(count))


def printed(faults: Faults, program: Program) -> Pipe:
    """Print a program to its end."""
    pipe = Pipe(faults, seed=faults.seed)
    pipe.until(ev.Ready)
    pipe.run(program)
    pipe.until(ev.Finished)
    return pipe


def text(program: Program) -> list[str]:
    """Return a program as the black box writes it."""
    return [line.decode() for line in program]


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


def test_the_boards_own_panel_may_cancel_and_pause():
    """Whoever stands at the machine is obeyed as we are."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(moves())
    pipe.live(0.3)
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:paused\n", now_s))
    pipe.live(1.0)
    count = len(pipe.executed())
    pipe.live(1.0)
    assert len(pipe.executed()) == count
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:resumed\n", now_s))
    pipe.live(1.0)
    assert len(pipe.executed()) > count
    pipe.command(lambda now_s: pipe.protocol.receive(b"//action:cancel\n", now_s))
    pipe.until(ev.Cancelled)
    assert ev.Paused() in pipe.events
    assert ev.Resumed() in pipe.events


def test_the_same_line_for_ever_is_given_up():
    """A resend storm ends with the heat off."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines([b"M104 S200", *moves()]))
    pipe.live(0.3)
    number = pipe.protocol._ledger._next - 1
    for _ in range(11):
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
    line = b"Resend: %d\n" % (pipe.protocol._ledger._next + 50)
    for _ in range(2):
        pipe.command(lambda now_s: pipe.protocol.receive(line, now_s))
    assert isinstance(pipe.events[-1], ev.Faulted)
    executed = pipe.executed()
    pipe.live(1.0)
    assert executed == text(moves())[: len(executed)]
