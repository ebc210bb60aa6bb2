"""Machines by name: real ports, simulated ones, and a whole virtual bike."""

import json
from pathlib import Path

import pytest

from drivers.battery.monitor import BatteryMonitor
from drivers.errors import TransportError
from drivers.gcode import Program
from drivers.pseudoterminal import PseudoTerminal
from drivers.registry import open_battery, open_device
from drivers.simulated import KINDS, make_simulator, open_blackbox
from drivers.types import DeviceKind, DeviceState

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
    [
        "sim://toaster",
        "sim://marlin?speed=fast",
        "sim://marlin?sped=2",
        "sim://marlin?blackbox=/no/where",
        "sim://marlin?fault=earthquake",
        "sim://marlin?board=purple",
        "sim://marlin?fault=drop-ok=2",
    ],
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


def names(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return [path.name for path in folder.iterdir()]


async def test_several_machines_live_in_one_process(tmp_path: Path):
    """Each answers on its own terminal and can be driven as a real one."""
    machines = {kind: make_simulator(kind, open_blackbox(None)) for kind in KINDS}
    terminals = [PseudoTerminal(tmp_path / kind, machine, 115_200, 20) for kind, machine in machines.items()]
    printer = open_device("p", "marlin", str(tmp_path / "marlin"), 115_200)
    mill = open_device("m", "grbl", str(tmp_path / "grbl"), 115_200)
    for device in (printer, mill):
        await device.connect()
        assert device.snapshot.state is DeviceState.IDLE
    assert (await printer.run(PROGRAM)).lines == 30
    for device in (printer, mill):
        await device.close()
    for terminal in terminals:
        terminal.close()
    assert names(tmp_path) == []
