"""Our driver against a real OctoPrint 1.11; the verdict is what its virtual printer wrote down itself."""

import asyncio
import time

import pytest

from drivers.errors import DeviceFaultError, ProgramCancelledError, ProgramInterruptedError
from drivers.gcode import Program
from drivers.octoprint.printer import RemotePrinter
from drivers.types import DeviceState
from tests.peers.octoprint_server import OctoPrint
from tests.peers.prints import LONG, begun, heat_is_off, is_prefix, program, until

pytestmark = pytest.mark.peers


async def test_a_print_is_made_exactly_once(server: OctoPrint, printer: RemotePrinter):
    """Every line once and in order, across resends that the virtual printer asks for; then all is cold."""
    wanted = program(150)
    report = await printer.run(wanted)
    assert server.serial.marks() == list(range(150))
    assert any(record.text.startswith("Resend") for record in server.serial.records())
    assert report.lines == wanted.line_count
    assert printer.snapshot.state is DeviceState.IDLE
    assert "OctoPrint 1.11" in printer.snapshot.firmware
    assert server.person().names() == ()
    await heat_is_off(server)
    await until(
        lambda: {reading.target_c for reading in printer.snapshot.temperatures.values()} == {0.0},
        "the temperatures on the screen",
    )


async def test_two_prints_follow_each_other(server: OctoPrint, printer: RemotePrinter):
    """A second program is a new file, and neither is printed twice."""
    await printer.run(program(3))
    await printer.run(program(4))
    assert server.serial.marks() == [0, 1, 2, 0, 1, 2, 3]


async def test_an_empty_program_ends(server: OctoPrint, printer: RemotePrinter):
    """It is over as soon as it is begun."""
    report = await printer.run(Program.from_lines([]))
    assert (report.lines, server.serial.marks()) == (0, [])
    assert printer.snapshot.state is DeviceState.IDLE


async def test_progress_and_temperatures_are_shown(server: OctoPrint, printer: RemotePrinter):
    """While it prints, the snapshot tells how far and how hot."""
    run = await begun(server, printer, marks=20)
    await until(lambda: printer.snapshot.temperatures.get("hotend") is not None, "a temperature")
    await until(lambda: (printer.snapshot.progress or None) is not None, "progress")
    progress = printer.snapshot.progress
    assert progress is not None
    assert 0 < progress.fraction < 1
    assert printer.snapshot.temperatures["hotend"].target_c == 60
    assert printer.snapshot.temperatures["bed"].target_c == 45
    await printer.cancel()
    with pytest.raises(ProgramCancelledError):
        await run


async def test_a_pause_holds_and_a_resume_goes_on(server: OctoPrint, printer: RemotePrinter):
    """Nothing is executed in a pause, and nothing is lost by it."""
    run = asyncio.create_task(printer.run(program(60, dwell_ms=50)))
    await until(lambda: len(server.serial.marks()) >= 5, "the first marks")
    await printer.pause()
    assert printer.snapshot.state is DeviceState.PAUSED
    await asyncio.sleep(1.5)
    held = len(server.serial.marks())
    await asyncio.sleep(1.5)
    assert len(server.serial.marks()) == held
    assert printer.snapshot.state is DeviceState.PAUSED
    await printer.resume()
    await run
    assert server.serial.marks() == list(range(60))


async def test_a_pause_made_in_octoprint_is_shown(server: OctoPrint, printer: RemotePrinter):
    """A person at the server pauses and resumes: our screens follow."""
    run = await begun(server, printer)
    server.person().pause()
    await until(lambda: printer.snapshot.state is DeviceState.PAUSED, "the pause")
    server.person().resume()
    await until(lambda: printer.snapshot.state is DeviceState.RUNNING, "the end of the pause")
    await printer.cancel()
    with pytest.raises(ProgramCancelledError):
        await run


async def test_a_cancel_cuts_the_heat_and_leaves_the_printer_usable(
    server: OctoPrint, printer: RemotePrinter
):
    """What was executed is a prefix, the targets are 0, and the next print works."""
    run = await begun(server, printer)
    asked_s = time.time()
    await printer.cancel()
    with pytest.raises(ProgramCancelledError):
        await run
    assert is_prefix(server.serial.marks())
    assert min(at_s for at_s in server.serial.taken("M104 S0") if at_s > asked_s) - asked_s < 2.0
    await heat_is_off(server)
    server.serial.forget()
    await printer.run(program(3))
    assert server.serial.marks() == [0, 1, 2]


async def test_a_cancel_just_after_the_start_wins(server: OctoPrint, printer: RemotePrinter):
    """Asked for during the upload, it keeps the print from beginning or ends it."""
    run = asyncio.create_task(printer.run(LONG))
    await asyncio.sleep(0)
    await printer.cancel()
    with pytest.raises(ProgramCancelledError):
        await run
    executed = server.serial.marks()
    assert len(executed) < 40
    await asyncio.sleep(1.0)
    assert server.serial.marks() == executed
    await heat_is_off(server)


async def test_a_run_that_is_torn_away_ends_the_print(server: OctoPrint, printer: RemotePrinter):
    """When the daemon drops the task, nothing goes on behind its back."""
    run = await begun(server, printer)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await until(lambda: printer.snapshot.state is DeviceState.IDLE, "the printer to be idle")
    await heat_is_off(server)


async def test_a_print_cancelled_in_octoprint_says_so(server: OctoPrint, printer: RemotePrinter):
    """A person at the server ends the print: cancelled, with a sentence, and cold."""
    run = await begun(server, printer)
    server.person().cancel()
    with pytest.raises(ProgramCancelledError, match="cancelled in OctoPrint"):
        await run
    assert is_prefix(server.serial.marks())
    await heat_is_off(server)


async def test_a_fault_of_the_printer_is_latched(server: OctoPrint, printer: RemotePrinter):
    """A runaway heater stops the firmware: its words reach us, and only a person re-arms."""
    run = await begun(server, printer)
    server.person().send("!!DEBUG:trigger_fatal_error_marlin")
    with pytest.raises(DeviceFaultError, match="Thermal Runaway"):
        await run
    assert printer.snapshot.state is DeviceState.FAULT
    await printer.connect()
    await heat_is_off(server)


async def test_close_in_the_middle_ends_the_print(server: OctoPrint, printer: RemotePrinter):
    """Who closes the driver leaves a cold, idle printer."""
    run = await begun(server, printer)
    await printer.close()
    with pytest.raises(ProgramInterruptedError):
        await run
    assert printer.snapshot.state is DeviceState.OFFLINE
    await heat_is_off(server)
