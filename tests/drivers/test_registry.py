"""Machines by name: real ports, simulated ones, and a whole virtual bike."""

import json
from pathlib import Path

import pytest

from drivers.battery.monitor import BatteryMonitor
from drivers.errors import TransportError
from drivers.gcode import Program
from drivers.registry import open_battery, open_device
from drivers.types import DeviceKind, DeviceState
from drivers.virtualbike import VirtualBike

PROGRAM = Program.from_lines(b"G1 X%d F3000" % (i % 5) for i in range(30))


async def test_a_simulated_printer_by_url(tmp_path: Path):
    """The URL names the machine, its speed and its flight recorder."""
    box = tmp_path / "box.jsonl"
    device = open_device("p", "marlin", f"sim://marlin?speed=20&blackbox={box}", 115_200)
    await device.connect()
    await device.run(PROGRAM)
    await device.close()
    entries = [json.loads(line) for line in box.read_text().splitlines()]
    moves = [entry["line"] for entry in entries if entry["kind"] == "exec" and entry["line"][:2] == "G1"]
    assert moves == [line.decode() for line in PROGRAM]


@pytest.mark.parametrize(
    "url",
    ["sim://toaster", "sim://marlin?speed=fast", "sim://marlin?sped=2", "sim://marlin?blackbox=/no/where"],
)
def test_a_wrong_simulated_machine_is_a_sentence(url: str):
    """Unknown machines, options and paths are refused before anything starts."""
    with pytest.raises(TransportError, match="is no simulated machine"):
        open_device("p", "marlin", url, 115_200)


def test_nothing_is_opened_before_connect():
    """A daemon can be built on a bike whose machines are switched off."""
    printer = open_device("p", "marlin", "/dev/serial/by-id/none", 115_200)
    mill = open_device("m", "grbl", "/dev/serial/by-id/none", 115_200)
    assert (printer.kind, mill.kind) == (DeviceKind.PRINTER, DeviceKind.MILL)
    assert printer.snapshot.state is mill.snapshot.state is DeviceState.OFFLINE
    assert isinstance(open_battery("/dev/serial/by-id/none"), BatteryMonitor)


async def test_a_whole_virtual_bike(tmp_path: Path):
    """Both machines answer on their terminals and can be driven as real ones."""
    bike = VirtualBike(tmp_path / "dev", tmp_path / "box", 20.0, 960.0, 80.0)
    printer = open_device("p", "marlin", str(tmp_path / "dev" / "marlin"), 250_000)
    mill = open_device("m", "grbl", str(tmp_path / "dev" / "grbl"), 115_200)
    for device in (printer, mill):
        await device.connect()
        assert device.snapshot.state is DeviceState.IDLE
    assert (await printer.run(PROGRAM)).lines == 30
    for device in (printer, mill):
        await device.close()
    bike.close()
    assert (tmp_path / "box" / "marlin.jsonl").stat().st_size > 0
    assert list((tmp_path / "dev").iterdir()) == []
