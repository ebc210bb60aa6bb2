"""Joins the GRBL protocol to the virtual mill, in groups of bytes or byte by byte, by an injected clock."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.gcode import Program
from drivers.grbl.events import Event
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import Memory
from drivers.simulator import BlackBox

Told = TypeVar("Told", bound=Event)

STEP_S = 0.002
BYTES_A_STEP = 23
SLOWING_S = 10.0 / 30.0
"""From the speed of SLOW, by the acceleration of the virtual mill."""
SQUARE = (b"G21 G90", b"M3 S10000", b"G1 X10 F600", b"G1 Y10", b"G1 X0", b"G1 Y0", b"M5", b"M2")
SLOW = (b"G21 G90", b"M3 S10000", *(b"G1 X%d F600" % (10 * (n % 2 + 1)) for n in range(24)), b"M5")


def bare(lines: Sequence[bytes]) -> list[str]:
    """Return lines as the firmware keeps them."""
    return [line.replace(b" ", b"").decode() for line in lines]


class Bench:
    """A mill at 115200 baud and the protocol that drives it; no thread, no wall clock."""

    def __init__(
        self,
        memory: Memory | None = None,
        faults: Faults | None = None,
        *,
        piecewise: bool = False,
        wire: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.box = BlackBox()
        self.mill = VirtualGrbl(self.box, memory, faults)
        self.protocol = GrblProtocol()
        self.events: list[Event] = []
        self.now_s = 0.0
        self._piece = 1 if piecewise else BYTES_A_STEP
        self._wire = wire
        self._out = b""
        self._in = b""

    def connect(self, *, fresh: bool = True) -> None:
        """Open the port and become ready; a board without DTR reset is not fresh."""
        if fresh:
            self.mill.opened(self.now_s)
        self.protocol.connect(self.now_s)
        self.until(lambda: self.protocol.phase in {"ready", "latched"})

    def start(self, *lines: bytes, dry: bool = False) -> None:
        """Begin a program."""
        self.events += self.protocol.start(Program.from_lines(lines), self.now_s, dry=dry)

    def step(self) -> None:
        """Let one grain of time pass."""
        self.now_s += STEP_S
        if len(self._out) < BYTES_A_STEP:
            self._out += self._wire(self.protocol.take_output(self.now_s))
        for piece in self._pieces(self._out):
            self.mill.receive(piece, self.now_s)
        self._out = self._out[BYTES_A_STEP:]
        self._in += self.mill.advance(self.now_s)
        for piece in self._pieces(self._in):
            self.events += self.protocol.receive(piece, self.now_s)
        self._in = self._in[BYTES_A_STEP:]
        deadline_s = self.protocol.deadline_s()
        if deadline_s is not None and deadline_s <= self.now_s:
            self.events += self.protocol.tick(self.now_s)

    def starve(self, duration_s: float) -> None:
        """Let time pass for the mill alone: the host's thread does not get the processor."""
        end_s = self.now_s + duration_s
        self.mill.receive(self._out, self.now_s)
        self._out = b""
        while self.now_s < end_s:
            self.now_s += STEP_S
            self._in += self.mill.advance(self.now_s)

    def _pieces(self, data: bytes) -> list[bytes]:
        arrived = data[:BYTES_A_STEP]
        return [arrived[at : at + self._piece] for at in range(0, len(arrived), self._piece)]

    def until(self, condition: Callable[[], bool], limit_s: float = 60.0) -> None:
        """Let time pass until something holds; fail when it never does."""
        end_s = self.now_s + limit_s
        while not condition():
            assert self.now_s < end_s, f"never happened; last events {self.events[-3:]}"
            self.step()

    def wait(self, duration_s: float) -> None:
        """Let time pass."""
        end_s = self.now_s + duration_s
        self.until(lambda: self.now_s >= end_s, duration_s + 1)

    def until_event(self, kind: type[Told], limit_s: float = 60.0) -> Told:
        """Let time pass until the protocol tells something of a kind, and return it."""
        self.until(lambda: any(isinstance(event, kind) for event in self.events), limit_s)
        return next(event for event in self.events if isinstance(event, kind))

    def executed(self) -> list[str]:
        """Lines that the mill took, by its own black box."""
        return [str(entry["line"]) for entry in self.kinds("exec")]

    def checked(self) -> list[str]:
        """Lines that the mill only read, in its dry run."""
        return [str(entry["line"]) for entry in self.kinds("checked")]

    def kinds(self, kind: str) -> list[dict[str, object]]:
        """Black box entries of a kind."""
        return [entry for entry in self.box.entries if entry["kind"] == kind]

    def received(self) -> str:
        """Every byte the mill ever got."""
        return "".join(str(entry["data"]) for entry in self.kinds("rx"))


def dice_of(seed: int) -> random.Random:
    """Chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - a dice, no secret


def stamps(b: Bench, kind: str) -> list[float]:
    """Instants of the black box entries of a kind."""
    return [float(str(entry["t"])) for entry in b.kinds(kind)]


def cutting(seed: int, faults: Faults | None = None, memory: Memory | None = None) -> Bench:
    """A mill that cuts, at an instant that the seed chooses."""
    b = Bench(memory, faults)
    b.connect()
    b.start(*SLOW)
    b.until(lambda: b.mill.spindle_rpm > 0)
    b.wait(dice_of(seed).uniform(0.1, 8.0))
    return b


def disturb(b: Bench, dice: random.Random) -> int:
    """Pause, hold, open and shut the door and resume in any order; count the `~` nobody asked for."""
    granted = 0
    for _ in range(6):
        match dice.choice(("pause", "hold", "door", "shut", "resume")):
            case "pause":
                b.protocol.pause(b.now_s)
            case "hold":
                b.mill.receive(b"!", b.now_s)
            case "door":
                b.mill.open_door()
            case "shut":
                b.mill.door_open = False
            case _:
                granted += b.protocol.phase == "paused"
                b.protocol.resume(b.now_s)
        b.wait(dice.uniform(0.1, 6.0))
        assert b.protocol.phase != "paused" or b.mill.spindle_rpm == 0
        if b.received().count("~") > granted:
            break
    return max(0, b.received().count("~") - granted)
