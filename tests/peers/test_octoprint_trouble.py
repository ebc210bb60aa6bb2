"""What a real OctoPrint does to us: stops, restarts, other people's work, wrong keys."""

import asyncio
import time
from pathlib import Path

import pytest

from drivers.errors import (
    DeviceBusyError,
    KeyRefusedError,
    LinkLostError,
    ProgramInterruptedError,
    TransportError,
)
from drivers.octoprint.host import new_file_name
from drivers.octoprint.printer import RemotePrinter
from drivers.types import DeviceState
from onboard.ports import free_port
from tests.peers.octoprint_server import OctoPrint
from tests.peers.prints import LONG, begun, heat_is_off, is_prefix, until

pytestmark = pytest.mark.peers

STOP_S = 1.0
"""A shared computer may be slow; the bench of the stop has the strict number."""


async def test_a_stop_kills_the_printer_and_stays(server: OctoPrint, printer: RemotePrinter):
    """M112 is on the wire at once, the heat is cut, nothing follows, and only a connect re-arms."""
    run = await begun(server, printer)
    asked_s = time.time()
    printer.stop()
    with pytest.raises(ProgramInterruptedError):
        await run
    await until(lambda: bool(server.serial.taken("M112")), "M112 on the wire")
    assert server.serial.taken("M112")[0] - asked_s < STOP_S
    await asyncio.sleep(1.5)
    assert printer.snapshot.state is DeviceState.STOPPED
    assert "restart it" in printer.snapshot.message
    executed = server.serial.marks()
    assert is_prefix(executed)
    last = [record.command for record in server.serial.records() if record.to_printer][-2:]
    assert last == ["M104 T0 S0", "M140 S0"]
    await asyncio.sleep(1.0)
    assert server.serial.marks() == executed
    await printer.connect()
    await heat_is_off(server)
    assert server.person().names() == ()


async def test_two_stops_are_one(server: OctoPrint, printer: RemotePrinter):
    """The second finds the printer closed by the first, and does not cry that it failed."""
    printer.stop()
    await until(lambda: bool(server.serial.taken("M112")), "M112 on the wire")
    printer.stop()
    await asyncio.sleep(1.0)
    assert printer.snapshot.state is DeviceState.STOPPED
    assert "restart it" in printer.snapshot.message


async def test_a_stop_that_octoprint_cannot_pass_on_says_so(server: OctoPrint, printer: RemotePrinter):
    """OctoPrint has lost its printer: nobody believes that it stands, a person goes and switches it off."""
    server.disconnect()
    printer.stop()
    await until(lambda: "switch" in printer.snapshot.message.lower(), "the sentence")
    assert printer.snapshot.state is DeviceState.STOPPED
    assert "did not reach the printer" in printer.snapshot.message
    assert not server.serial.taken("M112")


async def test_a_stop_that_finds_no_server_says_so(server: OctoPrint, printer: RemotePrinter):
    """The server is gone in the middle of a print: the stop tells that it did not arrive."""
    run = await begun(server, printer)
    server.kill()
    printer.stop()
    with pytest.raises(ProgramInterruptedError):
        await run
    await until(lambda: "did not reach OctoPrint" in printer.snapshot.message, "the sentence")
    assert printer.snapshot.state is DeviceState.STOPPED
    server.start()
    await server.wait()


async def test_a_closed_connection_ends_the_print(server: OctoPrint, printer: RemotePrinter):
    """A person disconnects the printer in OctoPrint: interrupted, latched, and cold again."""
    run = await begun(server, printer)
    server.disconnect()
    with pytest.raises(ProgramInterruptedError, match="closed its connection"):
        await run
    assert printer.snapshot.state is DeviceState.FAULT
    assert is_prefix(server.serial.marks())
    await until(lambda: bool(server.serial.taken("M104 S0")), "the heat to be cut")
    await heat_is_off(server)


async def test_an_idle_printer_that_is_disconnected_is_offline(server: OctoPrint, printer: RemotePrinter):
    """The screens do not offer a printer that OctoPrint has lost."""
    server.disconnect()
    await until(lambda: printer.snapshot.state is DeviceState.OFFLINE, "offline")
    assert "lost its printer" in printer.snapshot.message
    await printer.connect()
    assert printer.snapshot.state is DeviceState.IDLE


async def test_a_restart_of_octoprint_interrupts_the_print(server: OctoPrint):
    """The server dies and comes back: nothing resumes, the job is interrupted, a person re-arms."""
    printer = server.printer(lost_after_s=60.0)
    await printer.connect()
    run = await begun(server, printer)
    server.kill()
    server.start()
    with pytest.raises(ProgramInterruptedError, match="OctoPrint restarted"):
        await run
    assert printer.snapshot.state is DeviceState.FAULT
    executed = server.serial.marks()
    assert is_prefix(executed)
    await printer.connect()
    await heat_is_off(server)
    assert server.serial.marks() == executed
    await printer.close()


async def test_a_server_that_stays_away_is_a_lost_link(server: OctoPrint, printer: RemotePrinter):
    """Silence is borne for a moment only; when the server is back, so is the printer, and cold."""
    run = await begun(server, printer)
    server.kill()
    with pytest.raises(ProgramInterruptedError, match="does not answer"):
        await run
    assert printer.snapshot.state is DeviceState.OFFLINE
    with pytest.raises(LinkLostError):
        await printer.connect()
    printer.stop()
    server.start()
    await server.wait()
    await printer.connect()
    await heat_is_off(server)


async def test_a_frozen_server_does_not_freeze_us(server: OctoPrint, printer: RemotePrinter):
    """It takes connections and answers nothing: the loop lives on and the run ends."""
    run = await begun(server, printer)
    server.freeze()
    try:
        ticks = 0
        while not run.done():
            await asyncio.sleep(0.05)
            ticks += 1
        with pytest.raises(ProgramInterruptedError):
            await run
        assert ticks > 20
    finally:
        server.thaw()
    await printer.connect()
    await heat_is_off(server)


async def test_a_print_that_outlived_us_is_ended(server: OctoPrint):
    """After a crash of ours OctoPrint prints on: the next connect ends it and removes its file."""
    person = server.person()
    first = server.printer()
    await first.connect()
    await first.close()
    orphan = new_file_name()
    person.upload(orphan, LONG.data)
    person.start(orphan)
    await until(lambda: len(server.serial.marks()) > 3, "the orphan to print")
    second = server.printer()
    await second.connect()
    assert person.names() == ()
    executed = server.serial.marks()
    await heat_is_off(server)
    assert server.serial.marks() == executed
    await second.close()


async def test_other_peoples_prints_are_left_alone(server: OctoPrint, printer: RemotePrinter):
    """What was not started here is neither ended nor disturbed, and a sentence says why we wait."""
    person = server.person()
    person.upload("vase.gcode", LONG.data)
    person.start("vase.gcode")
    await until(lambda: printer.snapshot.state is DeviceState.OFFLINE, "the printer to be taken")
    with pytest.raises(DeviceBusyError, match="was not started here"):
        await printer.connect()
    held = len(server.serial.marks())
    await until(lambda: len(server.serial.marks()) > held, "their print to go on")
    assert not server.serial.taken("M104 S0")
    person.cancel()
    await until(lambda: person.job().text == "Operational", "the end of their print")
    person.delete("vase.gcode")


async def test_an_order_on_a_taken_printer_is_refused(server: OctoPrint, printer: RemotePrinter):
    """Between two looks somebody may start a print: ours does not push it aside."""
    person = server.person()
    person.upload("vase.gcode", LONG.data)
    person.start("vase.gcode")
    with pytest.raises(DeviceBusyError):
        await printer.run(LONG)
    assert person.job().file == "vase.gcode"
    person.cancel()
    await until(lambda: person.job().text == "Operational", "the end of their print")
    person.delete("vase.gcode")


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        ("0" * 32, KeyRefusedError, "refuses the API key"),
        ("not a key!", TransportError, "holds no API key"),
        ("", TransportError, "holds no API key"),
        (None, TransportError, "cannot be read"),
    ],
)
async def test_a_wrong_key_is_a_sentence(
    server: OctoPrint, tmp_path: Path, content: str | None, error: type[Exception], says: str
):
    """Whoever sets the bike up learns what to correct."""
    key_file = tmp_path / "key"
    if content is not None:
        key_file.write_text(content, encoding="ascii")
    device = server.printer(key_file)
    with pytest.raises(error, match=says):
        await device.connect()
    assert device.snapshot.state is DeviceState.OFFLINE
    await device.close()


async def test_nobody_there_is_a_sentence(server: OctoPrint):
    """A wrong port in the settings is told as such."""
    device = RemotePrinter("prusa", f"http://127.0.0.1:{free_port()}", server.server.key_file)
    with pytest.raises(LinkLostError, match="does not answer"):
        await device.connect()
    await device.close()


async def test_what_octoprint_refuses_in_a_state_is_busy(server: OctoPrint, printer: RemotePrinter):
    """Its 409s come to us as one kind of error, with its own words."""
    person = server.person()
    with pytest.raises(DeviceBusyError, match="neither printing nor paused"):
        person.cancel()
    server.disconnect()
    with pytest.raises(DeviceBusyError, match="not operational"):
        person.temperatures()
    with pytest.raises(DeviceBusyError):
        person.send("M104 S0")
    await until(lambda: printer.snapshot.state is DeviceState.OFFLINE, "offline")
