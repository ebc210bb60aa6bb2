"""A printer and a mill, each on a line of any quality, with the black box that judges them."""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from drivers.device import Device
from drivers.gcode import Program
from drivers.grbl.mill import Mill
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_faults import Faults as MillFaults
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults
from drivers.marlin.sim_options import Profile
from drivers.simulator import BlackBox
from tests.drivers import invariants as must
from tests.drivers.pipes import Pipe, Quality

PATIENCE_S: Final = 20.0
LOOK_S: Final = 0.005
SETTLING_S: Final = 0.15
"""So long a test looks on before it says that nothing more happens."""
TORN_EVERY: Final = 8


class Rig(Protocol):
    """A device, the machine behind it, and what a test may do to that machine.

    `cancel_s` is how soon after a call of `cancel` heat and spindle are off; `fault_text` is what a fault
    of the machine says.
    """

    device: Device
    cancel_s: float
    fault_text: str

    def program(self, tag: int, lines: int) -> Program:
        """A program in which no line is like another, nor like one with another tag; it works hot."""

    def wanted(self, program: Program) -> list[str]:
        """The lines of a program as `executed` tells them."""

    def executed(self) -> list[str]:
        """Every line of a program that the machine has executed so far."""

    async def is_working(self) -> bool:
        """Whether the machine heats, or its spindle turns, by its own word."""

    async def off_after_s(self, since_s: float) -> float:
        """How long after an instant heat or spindle were still on: infinity while they are."""

    def now_s(self) -> float:
        """The clock of `off_after_s`."""

    async def heard_after_stop(self) -> list[str]:
        """What the machine was told after the emergency stop, questions for its state left out."""

    async def lose_link(self) -> None:
        """Break the line."""

    async def mend_link(self) -> None:
        """Mend the line."""

    def reset(self) -> None:
        """Let the machine start again by itself."""

    def fail(self) -> None:
        """Let the machine find a fault in itself."""

    def close(self) -> None:
        """End the machine."""


class Notes(BlackBox):
    """A black box that can be asked often for the lines executed, without disturbing the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.executed: list[str] = []

    def record(self, now_s: float, kind: str, **facts: object) -> None:
        """Write one entry."""
        super().record(now_s, kind, **facts)
        if kind == "exec":
            self.executed.append(str(facts["line"]))


class Wired:
    """What a printer and a mill on a line have alike."""

    cancel_s: float
    fault_text: str
    device: Device
    box: Notes
    pipe: Pipe

    def executed(self) -> list[str]:
        """Every line of a program that the machine has executed so far."""
        return [line for line in self.box.executed if self.is_of_a_program(line)]

    def is_of_a_program(self, line: str) -> bool:
        """Tell a program's lines from the driver's own."""
        raise NotImplementedError

    def now_s(self) -> float:
        """The machine's own clock, in seconds of this world."""
        return self.pipe.machine_s / self.pipe.nature.speed

    def _world_s(self, machine_s: float) -> float:
        return machine_s / self.pipe.nature.speed

    def _after(self, last: str, key: str) -> str:
        """Return what came after the last of some bytes and before a reset."""
        entries = self.box.entries
        heard = "".join(str(entry[key]) for entry in must.of(entries, "rx"))
        assert last in heard, "the stop never arrived"
        return heard.rpartition(last)[2]

    async def lose_link(self) -> None:
        """Pull the cable."""
        self.pipe.unplug()

    async def mend_link(self) -> None:
        """Put the cable back."""
        self.pipe.plug()

    def close(self) -> None:
        """End the machine."""
        self.pipe.close()


class PrinterRig(Wired):
    """A `Printer` on a virtual Marlin; a lossy line damages 2 lines and loses 1 `ok` of 100."""

    cancel_s = 0.5
    fault_text = "Thermal Runaway"

    def __init__(self, quality: Quality, seed: int) -> None:
        lossy = quality is Quality.LOSSY
        faults = Faults(seed=seed, damage_in=0.02, drop_ok=0.01) if lossy else Faults(seed=seed)
        self.box = Notes()
        self._board = VirtualMarlin(self.box, faults, Profile(boot_s=0.2))
        self.pipe = Pipe(self._board, quality, seed)
        self.device = Printer("printer", self.pipe.open, self.pipe.wire_bps)

    def program(self, tag: int, lines: int) -> Program:
        """Heat, move, and turn the heat off in words of its own."""
        heat = [b"M140 S%d" % (60 + tag), b"M104 S%d" % (200 + tag)]
        moves = [b"G1 X%d.%03d Y%d.5 F9000" % (at % 3, at, tag) for at in range(lines - 4)]
        return Program.from_lines([*heat, *moves, b"M104 S0.0", b"M140 S0.0"])

    def wanted(self, program: Program) -> list[str]:
        """Return the lines as they are."""
        return [line.decode() for line in program]

    def is_of_a_program(self, line: str) -> bool:
        """The driver itself neither moves nor heats, but to park for a pause and to come back."""
        return line.startswith(("G1 X", "M140 S6", "M104 S2")) or line.endswith("S0.0")

    async def is_working(self) -> bool:
        """Whether a heater has a target."""
        return must.cold_s(self.box.entries, 0.0) == math.inf

    async def off_after_s(self, since_s: float) -> float:
        """How long after an instant a heater had a target."""
        return self._world_s(must.cold_s(self.box.entries, since_s * self.pipe.nature.speed))

    async def heard_after_stop(self) -> list[str]:
        """Return the lines after M112."""
        return self._after("M112\n", "bytes").split()

    def reset(self) -> None:
        """Press the button of the board."""
        self.pipe.befall(self._board.reset)

    def fail(self) -> None:
        """Let the firmware stop itself."""
        self._board.faults.kill = "Thermal Runaway, system stopped! Heater_ID: bed"


class MillRig(Wired):
    """A `Mill` on a virtual GRBL; a lossy line tears reports, as GRBL has no resend for a line or an `ok`."""

    cancel_s = 1.5
    fault_text = "ALARM:1"

    def __init__(self, quality: Quality, seed: int, faults: MillFaults | None = None) -> None:
        self.box = Notes()
        self._mill = VirtualGrbl(self.box, faults=faults)
        hurt = TornReports(TORN_EVERY) if quality is Quality.LOSSY else bytes
        self.pipe = Pipe(self._mill, quality, seed, hurt)
        self.device = Mill("mill", self.pipe.open, self.pipe.wire_bps)

    def program(self, tag: int, lines: int) -> Program:
        """Turn the spindle, move, and turn it off."""
        moves = [b"G1 X%d.%d Y%d.5 F600" % (at // 4, at % 4 * 25, tag) for at in range(lines - 3)]
        return Program.from_lines([b"G21 G90", b"M3 S%d" % (9000 + tag), *moves, b"M5"])

    def wanted(self, program: Program) -> list[str]:
        """Return the lines as GRBL keeps them."""
        return [line.replace(b" ", b"").decode() for line in program]

    def is_of_a_program(self, line: str) -> bool:
        """The driver itself says no line of G-code."""
        return not line.startswith("$")

    async def is_working(self) -> bool:
        """Whether the spindle turns."""
        return await self.off_after_s(0.0) == math.inf

    async def off_after_s(self, since_s: float) -> float:
        """How long after an instant the spindle turned."""
        since = since_s * self.pipe.nature.speed
        rpm, last = 0.0, since
        for entry in must.of(self.box.entries, "spindle"):
            if rpm:
                last = max(last, must.at_s(entry))
            rpm = float(str(entry["rpm"]))
        return math.inf if rpm else self._world_s(last - since)

    async def heard_after_stop(self) -> list[str]:
        """Return the lines after 0x18."""
        return self._after("\x18", "data").replace("?", "").split()

    def reset(self) -> None:
        """Let the supply of the board fall for a moment."""
        self.pipe.befall(lambda: self._mill._power_up("supply"))

    def fail(self) -> None:
        """Press a limit switch."""
        self.pipe.befall(self._mill.hit_limit_switch)


class TornReports:
    """Lets every nth report of a mill lose its first byte."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._reports = 0

    def __call__(self, said: bytes) -> bytes:
        """Tear what is due."""
        pieces = said.split(b"<")
        torn = pieces[0]
        for piece in pieces[1:]:
            self._reports += 1
            torn += piece if self._reports % self._every == 0 else b"<" + piece
        return torn


RIGS: Final[dict[str, Callable[[Quality, int], Rig]]] = {"printer": PrinterRig, "mill": MillRig}


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for what happens in another thread."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():  # noqa: ASYNC110 - the machine lives in another thread
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}") from None


def is_prefix(seen: Sequence[str], wanted: Sequence[str]) -> bool:
    """Nothing left out, nothing twice, in order."""
    return list(seen) == list(wanted[: len(seen)])
