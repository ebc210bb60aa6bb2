"""Joins the printer's protocol to the virtual board in the board's own time: same seed, same run."""

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.protocol import MarlinProtocol
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults
from drivers.marlin.sim_options import Profile
from drivers.simulator import BlackBox
from drivers.uart import BITS_PER_BYTE, Inbound, Outbound
from tests.drivers.invariants import Entry

E = TypeVar("E", bound=ev.Event)

INSTANT = Profile(is_instant=True)
LOW_WATER_BYTES = 40
"""About one line waits behind the one on the wire."""
LEAST_STEP_S = 1e-4
LONGEST_STEP_S = 0.5


class FaultBench:
    """What pump and wire do, without threads: bytes at their pace, few of them ahead, reads of any size."""

    def __init__(
        self,
        faults: Faults | None = None,
        profile: Profile = INSTANT,
        *,
        baud_bps: int = 115_200,
        latency_s: float = 0.001,
        crumbs: int | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.board = VirtualMarlin(BlackBox(), self.faults, profile)
        self.protocol = MarlinProtocol()
        self.events: list[ev.Event] = []
        self.now_s = 0.0
        self._heard = 0
        dice = None if crumbs is None else random.Random(crumbs)  # noqa: S311 - a dice, no secret
        self._bytes_per_s = baud_bps / BITS_PER_BYTE
        self._inbound = Inbound(self._bytes_per_s, latency_s)
        self._outbound = Outbound(self._bytes_per_s, latency_s, dice)
        self._sent_at_s = 0.0
        self.board.opened(0.0)
        self.protocol.tick(0.0)

    @property
    def box(self) -> list[Entry]:
        """The black box."""
        return self.board.blackbox.entries

    def ready(self) -> "FaultBench":
        """Connect."""
        self.until(ev.Ready)
        return self

    def run(self, program: Program) -> None:
        """Order a program."""
        self.command(lambda now_s: self.protocol.run(program, now_s))

    def command(self, command: Callable[[float], Sequence[ev.Event]]) -> None:
        """Do what the pump does with a command."""
        self.events += command(self.now_s)

    def until(self, *kinds: type[E], limit_s: float = 3600.0) -> E:
        """Return the first of these events that nobody has waited for yet; let time pass until it comes."""
        end_s = self.now_s + limit_s
        while True:
            while self._heard < len(self.events):
                event = self.events[self._heard]
                self._heard += 1
                if isinstance(event, kinds):
                    return event
            if self.now_s >= end_s:
                break
            self._step(end_s)
        raise AssertionError(f"None of {kinds} within {limit_s} s; last: {self.events[-3:]}")

    def live(self, seconds: float) -> None:
        """Let time pass."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self._step(end_s)

    def until_moves(self, count: int) -> None:
        """Let time pass until so many moves are executed."""
        while self.board.body.motion.moves < count:
            self._step(math.inf)

    def _step(self, end_s: float) -> None:
        self._write()
        wakes = [
            self._inbound.wake_s,
            self._outbound.wake_s,
            self.board.next_s(),
            self.now_s + LONGEST_STEP_S,
        ]
        deadline_s = self.protocol.deadline_s()
        wakes.append(math.inf if deadline_s is None else deadline_s)
        if self._backlog_bytes > LOW_WATER_BYTES:
            wakes.append(self._sent_at_s - LOW_WATER_BYTES / self._bytes_per_s)
        self.now_s = min(end_s, max(self.now_s + LEAST_STEP_S, min(wakes)))
        self._let_the_board_live()
        if got := self._outbound.take(self.now_s):
            self.events += self.protocol.receive(got, self.now_s)
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            self.events += self.protocol.tick(self.now_s)

    @property
    def _backlog_bytes(self) -> float:
        return (self._sent_at_s - self.now_s) * self._bytes_per_s

    def _write(self) -> None:
        while self._backlog_bytes <= LOW_WATER_BYTES and (out := self.protocol.take_output(self.now_s)):
            self._sent_at_s = max(self._sent_at_s, self.now_s) + len(out) / self._bytes_per_s
            self._inbound.put(out, self.now_s)

    def _let_the_board_live(self) -> None:
        while arrived := self._inbound.take(self.now_s):
            piece, end_s = arrived
            self._outbound.put(self.board.advance(end_s), end_s)
            self.board.receive(piece, end_s)
            self._outbound.put(self.board.advance(end_s), end_s)
        self._outbound.put(self.board.advance(self.now_s), self.now_s)


def moves(count: int) -> Program:
    """Make a program in which no line is like another."""
    return Program.from_lines(
        b"G1 X%d.%03d Y%d.5 E%d.%04d F6000" % (i % 180, i % 1000, i % 7, i // 100, i) for i in range(count)
    )


def hot(count: int) -> Program:
    """Make a program that is warm from its first line on."""
    return Program.from_lines([b"M140 S60", b"M104 S200", *moves(count)])
