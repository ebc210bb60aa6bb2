"""The printer as a device, on an in-process line and on a pseudo-terminal; the black box judges."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.errors import (
    ConnectTimeoutError,
    DeviceBusyError,
    DeviceFaultError,
    PortNotFoundError,
    ProgramCancelledError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_options import Profile
from drivers.pseudoterminal import PseudoTerminal
from drivers.transport import open_transport
from drivers.types import DeviceKind, DeviceState

WARM = Program.from_lines([b"M140 S60", b"M104 S200", b"M190 S60", b"M109 S200", b"G28"])
LONG = Program.from_lines(b"G1 X%d.%03d F9000" % (i % 100, i) for i in range(3000))
SHORT = Program.from_lines(b"G1 X%d.%03d F9000" % (i % 5, i) for i in range(150))


def executed(board: VirtualMarlin) -> list[bytes]:
    """Return the moves of the black box."""
    box = board.blackbox.entries
    lines = [str(entry["line"]).encode() for entry in box if entry["kind"] == "exec"]
    return [line for line in lines if line.startswith(b"G1")]


def targets(board: VirtualMarlin) -> tuple[float, float]:
    """Return the heaters' targets."""
    return board.body.hotend.target_c, board.body.bed.target_c


async def until(condition: Callable[[], object]) -> None:
    """Wait for it, 5 s at most."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the board lives in another thread
            await asyncio.sleep(0.005)


async def test_a_connected_printer_is_known_and_cold(printer: Printer, board: VirtualMarlin):
    """The firmware is read, nothing is missing, the dead man is armed, heat is off."""
    seen = printer.snapshot
    assert (seen.name, seen.kind, seen.state) == ("imprimante", DeviceKind.PRINTER, DeviceState.IDLE)
    assert (seen.firmware, seen.degraded) == ("Marlin 2.1.2", ())
    assert board.body.most_idle_s == 180
    await until(lambda: printer.snapshot.temperatures.get("bed"))


async def test_a_program_is_executed_and_reported(printer: Printer, board: VirtualMarlin):
    """What is reported is what was in the file, and the black box has each line once."""
    report = await printer.run(SHORT)
    assert (report.lines, report.bytes, report.resends) == (150, len(SHORT.data), 0)
    assert executed(board) == list(SHORT)
    assert printer.snapshot.state is DeviceState.IDLE
    assert printer.snapshot.progress is not None
    assert printer.snapshot.progress.fraction == 1.0
    assert printer.snapshot.position is not None


async def test_a_noisy_line_changes_nothing(board: VirtualMarlin, printer: Printer):
    """Resends are counted, the print is the same."""
    board.faults.damage_in = 0.05
    report = await printer.run(SHORT)
    assert report.resends > 0
    assert executed(board) == list(SHORT)


async def test_one_program_at_a_time(printer: Printer):
    """A second program is refused and the first goes on."""
    first = asyncio.create_task(printer.run(SHORT))
    await asyncio.sleep(0)
    with pytest.raises(DeviceBusyError, match="running"):
        await printer.run(SHORT)
    assert (await first).lines == 150


async def test_pause_holds_and_resume_goes_on(printer: Printer, board: VirtualMarlin):
    """While paused no line arrives; at the end each was executed once."""
    running = asyncio.create_task(printer.run(SHORT))
    await until(lambda: len(executed(board)) > 20)
    await printer.pause()
    await asyncio.sleep(0.1)
    count = len(executed(board))
    await asyncio.sleep(0.1)
    assert (printer.snapshot.state, len(executed(board))) == (DeviceState.PAUSED, count)
    await printer.resume()
    await running
    assert [line for line in executed(board) if line != b"G1 F9000"] == list(SHORT)


async def test_cancel_in_the_heat_up_turns_the_heat_off(printer: Printer, board: VirtualMarlin):
    """M190 blocks the board, the cancel does not wait for it."""
    running = asyncio.create_task(printer.run(WARM))
    await until(lambda: targets(board) == (200, 60))
    begun_s = time.monotonic()
    await printer.cancel()
    await until(lambda: targets(board) == (0, 0))
    assert time.monotonic() - begun_s < 0.5
    with pytest.raises(ProgramCancelledError):
        await running
    assert printer.snapshot.state is DeviceState.IDLE
    assert (await printer.run(SHORT)).lines == 150


async def test_a_dropped_task_cancels_the_program(printer: Printer, board: VirtualMarlin):
    """Whoever stops waiting for a print does not leave it running."""
    running = asyncio.create_task(printer.run(WARM))
    await until(lambda: targets(board) == (200, 60))
    running.cancel()
    await until(lambda: targets(board) == (0, 0))
    await until(lambda: printer.snapshot.state is DeviceState.IDLE)


async def test_stop_under_full_stream_is_heard_and_latched(printer: Printer, board: VirtualMarlin):
    """M112 kills the board; nothing follows it; only connecting again re-arms."""
    running = asyncio.create_task(printer.run(LONG))
    await until(lambda: len(executed(board)) > 50)
    await asyncio.to_thread(printer.stop)
    with pytest.raises(ProgramInterruptedError):
        await running
    assert printer.snapshot.state is DeviceState.STOPPED
    await until(lambda: board.body.is_killed)
    received = "".join(str(entry["bytes"]) for entry in board.blackbox.entries if entry["kind"] == "rx")
    assert received.endswith("\nM112\n")
    with pytest.raises(DeviceBusyError, match="stopped"):
        await printer.run(SHORT)
    await printer.connect()
    assert (await printer.run(SHORT)).lines == 150


async def test_a_reset_in_mid_print_interrupts_it(printer: Printer, board: VirtualMarlin):
    """Nothing resumes: a person re-arms."""
    running = asyncio.create_task(printer.run(LONG))
    await until(lambda: len(executed(board)) > 50)
    board.faults.reset = True
    with pytest.raises(ProgramInterruptedError, match="restarted"):
        await running
    count = len(executed(board))
    await asyncio.sleep(0.2)
    assert len(executed(board)) == count
    assert printer.snapshot.state is DeviceState.FAULT


async def test_a_fault_is_told_in_the_words_of_the_board(printer: Printer, board: VirtualMarlin):
    """The first word of a dying board is the one that explains."""
    running = asyncio.create_task(printer.run(LONG))
    await until(lambda: executed(board))
    board.faults.kill = "Thermal Runaway, system stopped! Heater_ID: bed"
    with pytest.raises(DeviceFaultError, match="Thermal Runaway"):
        await running
    assert printer.snapshot.state is DeviceState.FAULT
    assert "Thermal Runaway" in printer.snapshot.message


async def test_a_pulled_cable_interrupts_and_may_be_put_back(
    printer: Printer, line: Loopback, board: VirtualMarlin
):
    """The print is lost, the printer is not."""
    running = asyncio.create_task(printer.run(LONG))
    await until(lambda: executed(board))
    line.unplug()
    with pytest.raises(ProgramInterruptedError, match="lost"):
        await running
    assert printer.snapshot.state is DeviceState.OFFLINE
    with pytest.raises(PortNotFoundError):
        await printer.connect()
    line.plug()
    await printer.connect()
    assert printer.snapshot.state is DeviceState.IDLE


async def test_closing_turns_the_heat_off(printer: Printer, board: VirtualMarlin):
    """The last bytes on the wire are heat off, even in the heat-up."""
    running = asyncio.create_task(printer.run(WARM))
    await until(lambda: targets(board) == (200, 60))
    await printer.close()
    with pytest.raises(ProgramInterruptedError):
        await running
    await until(lambda: targets(board) == (0, 0))
    assert printer.snapshot.state is DeviceState.OFFLINE


async def test_a_board_without_emergency_parser_is_degraded():
    """What it lacks is told."""
    loopback = Loopback(VirtualMarlin(profile=Profile(has_emergency_parser=False)), 115_200, 20)
    printer = Printer("p", loopback.open, 2_304_000)
    await printer.connect()
    assert any("emergency parser" in text for text in printer.snapshot.degraded)
    await printer.close()
    loopback.close()


async def test_a_whole_print_on_a_pseudo_terminal(tmp_path: Path, board: VirtualMarlin):
    """The same code opens a serial port: connect, print, unplug."""
    link = tmp_path / "usb-printer"
    terminal = PseudoTerminal(link, board, 250_000, 20)
    printer = Printer("p", lambda: open_transport(str(link), 250_000), 250_000)
    await printer.connect()
    assert sum(entry["kind"] == "reset" for entry in board.blackbox.entries) == 1
    assert (await printer.run(SHORT)).lines == 150
    assert executed(board) == list(SHORT)
    terminal.unplug()
    await until(lambda: printer.snapshot.state is DeviceState.OFFLINE)
    await printer.close()
    terminal.close()


async def test_a_wrong_port_is_a_sentence():
    """Nothing is there: the printer stays offline and says so."""
    printer = Printer("p", lambda: open_transport("/dev/serial/by-id/nothing", 115_200), 115_200)
    with pytest.raises(PortNotFoundError, match=r"^There is no port .*dipbike\.toml\.$"):
        await printer.connect()
    assert printer.snapshot.state is DeviceState.OFFLINE


async def test_a_silent_board_is_given_up(board: VirtualMarlin, monkeypatch: pytest.MonkeyPatch):
    """Nobody answers: no waiting for ever, no traceback."""
    monkeypatch.setattr("drivers.marlin.printer.CONNECT_TIMEOUT_S", 0.3)
    board.faults.silent = True
    loopback = Loopback(board, 115_200)
    printer = Printer("p", loopback.open, 115_200)
    with pytest.raises(ConnectTimeoutError):
        await printer.connect()
    assert printer.snapshot.state is DeviceState.OFFLINE
    loopback.close()
