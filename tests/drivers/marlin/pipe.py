"""Joins the protocol to a simulated board in simulated time; the black box judges."""

import random
from collections.abc import Callable, Sequence

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.habits import Habits
from drivers.marlin.protocol import MarlinProtocol
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults

BYTE_S = 1 / 11_520
STEP_S = 0.005
LINES = 400


class Pipe:
    """Joins the protocol to a board in simulated time, a few bytes at once."""

    def __init__(self, faults: Faults, *, seed: int = 0, habits: Habits | None = None) -> None:
        self.board = VirtualMarlin(faults=faults)
        self.protocol = MarlinProtocol(habits)
        self.events: list[ev.Event] = []
        self.now_s = 0.0
        self.translate: Callable[[bytes], bytes] = lambda said: said
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
        self._waiting += self.translate(self.board.advance(self.now_s))
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
