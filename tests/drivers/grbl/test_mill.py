"""The mill as a device, with threads and real bytes: on a loopback and on a pseudo-terminal."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from drivers.device import Device
from drivers.errors import (
    DeviceBusyError,
    DeviceFaultError,
    PortNotFoundError,
    ProgramCancelledError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.grbl.mill import Mill
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import Memory
from drivers.grbl.window import LineRefusedError
from drivers.loopback import Loopback
from drivers.pseudoterminal import PseudoTerminal
from drivers.simulator import BlackBox
from drivers.transport import open_transport
from drivers.types import DeviceState

BAUD_BPS = 115200
LINES = [b"G21 G90", b"M3 S10000", *(b"G1 X%d F1500" % (n % 2 * 5) for n in range(6)), b"M5", b"M2"]
LONG = [b"G21 G90", b"M3 S10000", *(b"G1 X%d F600" % (n % 2 * 50) for n in range(40)), b"M5"]


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the machine, which lives in its own thread, has come to something."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never happened")


class Workshop:
    """A virtual mill on a loopback that lives five times as fast as the wall clock, and its device."""

    def __init__(
        self, memory: Memory | None = None, faults: Faults | None = None, speed: float = 5.0
    ) -> None:
        self.box = BlackBox()
        self.virtual = VirtualGrbl(self.box, memory, faults)
        self.loop = Loopback(self.virtual, BAUD_BPS, speed)
        self.mill = Mill("mill", self.loop.open, BAUD_BPS)

    def facts(self, kind: str) -> list[dict[str, object]]:
        """Black box entries of a kind."""
        return [entry for entry in list(self.box.entries) if entry["kind"] == kind]

    def executed(self) -> list[str]:
        """Lines that the mill took."""
        return [str(entry["line"]) for entry in self.facts("exec")]

    async def moving(self) -> None:
        """Wait until the tool moves and the spindle turns."""
        await eventually(lambda: len(self.executed()) >= 3 and self.mill.snapshot.spindle_on)


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    """A healthy mill."""
    place = Workshop()
    yield place
    place.loop.close()


async def test_program_on_a_loopback(workshop: Workshop):
    """Connect, run, close: every line once in order, and the snapshot tells where the tool is."""
    mill: Device = workshop.mill
    await mill.connect()
    assert mill.snapshot.state is DeviceState.IDLE
    assert mill.snapshot.firmware == "Grbl 1.1h"
    report = await mill.run(Program.from_lines(LINES))
    assert workshop.executed() == [line.replace(b" ", b"").decode() for line in LINES]
    assert report.lines == len(LINES)
    assert mill.snapshot.state is DeviceState.IDLE
    position = mill.snapshot.position
    assert position is not None
    assert position.x_mm == pytest.approx(5)
    assert mill.snapshot.link is not None
    assert mill.snapshot.link.timeouts == 0
    assert mill.snapshot.link.bytes_per_s > 0
    assert workshop.mill.link.healthy
    await mill.close()
    assert mill.snapshot.state is DeviceState.OFFLINE


async def test_program_on_a_pseudo_terminal(tmp_path: Path):
    """The same on a port opened by its name, which is then free again."""
    box = BlackBox()
    port = tmp_path / "mill"
    terminal = PseudoTerminal(port, VirtualGrbl(box), BAUD_BPS, 5.0)
    try:
        mill = Mill("mill", partial(open_transport, str(port), BAUD_BPS), BAUD_BPS)
        await mill.connect()
        await mill.run(Program.from_lines(LINES))
        await mill.close()
        again = Mill("mill", partial(open_transport, str(port), BAUD_BPS), BAUD_BPS)
        await again.connect()
        await again.close()
    finally:
        terminal.close()
    taken = [str(entry["line"]) for entry in box.entries if entry["kind"] == "exec"]
    assert taken == [line.replace(b" ", b"").decode() for line in LINES]


async def test_stop_is_latched_until_connect(workshop: Workshop):
    """Stop ends the run at once, the spindle is off, and only `connect` arms again."""
    mill = workshop.mill
    await mill.connect()
    run = asyncio.create_task(mill.run(Program.from_lines(LONG)))
    await workshop.moving()
    mill.stop()
    with pytest.raises(ProgramInterruptedError):
        await run
    assert mill.snapshot.state is DeviceState.STOPPED
    with pytest.raises(DeviceBusyError):
        await mill.run(Program.from_lines(LINES))
    await eventually(lambda: not workshop.virtual.spindle_rpm)
    lines = len(workshop.executed())
    await mill.connect()
    assert mill.snapshot.state is DeviceState.IDLE
    assert len(workshop.executed()) == lines
    await mill.close()


async def test_pause_resume_cancel(workshop: Workshop):
    """Pause turns the spindle off, resume goes on, cancel ends and leaves the mill ready."""
    mill = workshop.mill
    await mill.connect()
    run = asyncio.create_task(mill.run(Program.from_lines(LONG)))
    await workshop.moving()
    await mill.pause()
    assert mill.snapshot.state is DeviceState.PAUSED
    assert workshop.virtual.spindle_rpm == 0
    await mill.resume()
    assert mill.snapshot.state is DeviceState.RUNNING
    await mill.cancel()
    with pytest.raises(ProgramCancelledError):
        await run
    assert mill.snapshot.state is DeviceState.IDLE
    assert workshop.virtual.spindle_rpm == 0
    await mill.close()


async def test_close_turns_the_spindle_off(workshop: Workshop):
    """Closing in the middle of a program stops the mill."""
    mill = workshop.mill
    await mill.connect()
    run = asyncio.create_task(mill.run(Program.from_lines(LONG)))
    await workshop.moving()
    await mill.close()
    with pytest.raises(ProgramInterruptedError):
        await run
    await eventually(lambda: not workshop.virtual.spindle_rpm)


async def test_close_is_no_alarm(workshop: Workshop, caplog: pytest.LogCaptureFixture):
    """The reset that `close` sends makes the board greet: that is nothing to warn of."""
    await workshop.mill.connect()
    await workshop.mill.close()
    await eventually(lambda: len(workshop.facts("reset")) == 2)
    await asyncio.sleep(0.1)
    assert not caplog.records


async def test_lost_cable_interrupts_and_does_not_resume(workshop: Workshop):
    """A pulled cable ends the run; with the cable back nothing goes on before `connect`."""
    mill = workshop.mill
    await mill.connect()
    run = asyncio.create_task(mill.run(Program.from_lines(LONG)))
    await workshop.moving()
    workshop.loop.unplug()
    with pytest.raises(ProgramInterruptedError):
        await run
    assert mill.snapshot.state is DeviceState.OFFLINE
    with pytest.raises(PortNotFoundError):
        await mill.connect()
    workshop.loop.plug()
    await mill.connect()
    assert mill.snapshot.state is DeviceState.IDLE
    await mill.close()


@pytest.mark.parametrize("faults", [Faults(errors={4: 22}), Faults(alarms={4: 1})])
async def test_faults_reach_the_caller(faults: Faults):
    """An error or an alarm ends the run with a fault that names the reason, and the mill stays latched."""
    place = Workshop(faults=faults)
    try:
        await place.mill.connect()
        with pytest.raises(DeviceFaultError, match=r"error:22|ALARM:1"):
            await place.mill.run(Program.from_lines(LINES))
        assert place.mill.snapshot.state is DeviceState.FAULT
        assert place.executed()[:3] == [line.replace(b" ", b"").decode() for line in LINES[:3]]
        await eventually(lambda: not place.virtual.spindle_rpm)
    finally:
        await place.mill.close()
        place.loop.close()


async def test_start_line_keeps_the_mill_unarmed():
    """A stored start line is a fault at connect."""
    memory = Memory()
    memory.start_lines[1] = "M3S500"
    place = Workshop(memory)
    try:
        with pytest.raises(DeviceFaultError, match="start line"):
            await place.mill.connect()
        assert place.mill.snapshot.state is DeviceState.FAULT
    finally:
        await place.mill.close()
        place.loop.close()


async def test_bad_program_changes_nothing(workshop: Workshop):
    """A program with a firmware command is refused before the mill is touched."""
    mill = workshop.mill
    await mill.connect()
    with pytest.raises(LineRefusedError, match="Line 2"):
        await mill.run(Program(b"G0 X1\n$X\n", 2))
    assert mill.snapshot.state is DeviceState.IDLE
    await mill.close()
    assert "$X" not in "".join(str(entry["data"]) for entry in workshop.facts("rx"))
