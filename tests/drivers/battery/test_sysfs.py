"""A pack that the kernel knows, on a tree of real files."""

import asyncio
import math
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.quality import KERNEL, Quality
from drivers.battery.sample import Sample
from drivers.battery.sources import Polling
from drivers.battery.sysfs import DISAGREES, PowerSupply
from drivers.errors import PortNotFoundError, TransportError

LAPTOP = {
    "type": "Battery", "status": "Discharging", "present": "1", "capacity": "79", "voltage_now": "12100000",
    "power_now": "13310000", "energy_now": "39700000", "energy_full": "50000000",
}  # fmt: skip
HAT = {
    "type": "Battery", "status": "Discharging", "capacity": "64", "voltage_now": "3812000",
    "current_now": "-410000", "charge_now": "1600000", "charge_full": "2500000",
}  # fmt: skip


def supply(root: Path, name: str, files: dict[str, str]) -> PowerSupply:
    """Write a supply as the kernel would, and open it."""
    (root / name).mkdir(exist_ok=True)
    for file, text in files.items():
        (root / name / file).write_text(text + "\n", encoding="ascii")
    return PowerSupply(name, root)


def test_a_laptop_tells_power_and_energy(tmp_path: Path):
    """Millionths become units, the status tells the sign, and the fine charge is taken."""
    sample = supply(tmp_path, "BAT0", LAPTOP).read(7.0)
    assert sample.soc_pct == pytest.approx(79.4)
    assert (sample.voltage_v, sample.current_a, sample.power_w) == pytest.approx((12.1, -1.1, -13.31))
    assert sample.at_s == 7.0


def test_a_board_on_a_small_cell_tells_current_and_charge(tmp_path: Path):
    """Ampere-hours serve as well as watt-hours, and watts follow."""
    sample = supply(tmp_path, "hat", HAT).read(7.0)
    assert sample.soc_pct == pytest.approx(64.0)
    assert sample.power_w == pytest.approx(-3.812 * 0.41)


@pytest.mark.parametrize(
    ("status", "told", "meant"),
    [
        ("Discharging", "1000000", -1.0),
        ("Charging", "-1000000", 1.0),
        ("Charging", "1000000", 1.0),
        ("Not charging", "-5000", -0.005),
        ("Full", "0", 0.0),
    ],
)
def test_the_status_tells_the_sign(tmp_path: Path, status: str, told: str, meant: float):
    """Drivers disagree about the sign of a current; all agree about the word."""
    sample = supply(tmp_path, "hat", {**HAT, "status": status, "current_now": told}).read(7.0)
    assert sample.current_a == pytest.approx(meant)


@pytest.mark.parametrize("gone", ["energy_now", "energy_full"])
def test_whole_percents_serve_when_the_fine_ones_are_gone(tmp_path: Path, gone: str):
    """A file that is missing or makes no sense is done without."""
    assert supply(tmp_path, "BAT0", {**LAPTOP, gone: ""}).read(7.0).soc_pct == 79.0
    (tmp_path / "BAT0" / gone).unlink()
    assert PowerSupply("BAT0", tmp_path).read(7.0).soc_pct == 79.0


def test_two_charges_that_disagree_are_none(tmp_path: Path):
    """Nobody knows which of them lies."""
    sample = supply(tmp_path, "BAT0", {**LAPTOP, "capacity": "40"}).read(7.0)
    assert (sample.soc_pct, sample.note) == (None, DISAGREES)


@pytest.mark.parametrize("gone", ["voltage_now", "power_now"])
def test_a_missing_flow_is_not_invented(tmp_path: Path, gone: str):
    """Without volts or watts there is no reading."""
    supply(tmp_path, "BAT0", LAPTOP)
    (tmp_path / "BAT0" / gone).unlink()
    sample = PowerSupply("BAT0", tmp_path).read(7.0)
    assert sample.voltage_v is None or sample.power_w is None


@given(text=st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=80))
def test_nonsense_in_a_file_is_no_number(tmp_path_factory: pytest.TempPathFactory, text: str):
    """Whatever a file holds, reading it gives a number, NaN or nothing."""
    root = tmp_path_factory.mktemp("sysfs")
    value = supply(root, "BAT0", {**LAPTOP, "voltage_now": text}).read(7.0).voltage_v
    assert value is None or math.isnan(value) or value == pytest.approx(int(text.strip()) / 1e6)


def test_one_battery_needs_no_name(tmp_path: Path):
    """Mains and the battery of a mouse are no choice."""
    supply(tmp_path, "AC", {"type": "Mains", "online": "0"})
    supply(tmp_path, "mouse", {"type": "Battery", "scope": "Device", "capacity": "10"})
    supply(tmp_path, "BAT1", LAPTOP)
    assert PowerSupply(root=tmp_path).read(7.0).soc_pct == pytest.approx(79.4)
    supply(tmp_path, "BAT2", LAPTOP)
    with pytest.raises(TransportError, match="one of BAT1, BAT2"):
        PowerSupply(root=tmp_path).read(7.0)


def test_what_is_not_there_is_a_sentence(tmp_path: Path):
    """No battery, another name, mains, a pack taken out, no such class at all."""
    supply(tmp_path, "AC", {"type": "Mains"})
    with pytest.raises(PortNotFoundError, match="has no battery"):
        PowerSupply(root=tmp_path).read(7.0)
    with pytest.raises(PortNotFoundError, match=r"no power supply BAT0 in .*, but AC"):
        PowerSupply("BAT0", tmp_path).read(7.0)
    with pytest.raises(PortNotFoundError, match=r"no power supply \.\./AC"):
        PowerSupply("../AC", tmp_path).read(7.0)
    with pytest.raises(TransportError, match="AC is no battery, but Mains"):
        PowerSupply("AC", tmp_path).read(7.0)
    with pytest.raises(PortNotFoundError, match="taken out"):
        supply(tmp_path, "BAT0", {**LAPTOP, "present": "0"}).read(7.0)
    with pytest.raises(PortNotFoundError, match="has no battery"):
        PowerSupply(root=tmp_path / "none").read(7.0)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for another thread to come to something."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a thread raises no event
            await asyncio.sleep(0.01)


async def test_a_supply_that_goes_and_comes_back(tmp_path: Path):
    """The battery is unknown while its folder is gone, with the reason, and known again by itself."""
    monitor = BatteryMonitor(Polling(supply(tmp_path, "BAT0", LAPTOP).read, 0.01), KERNEL)
    await monitor.connect()
    await eventually(lambda: monitor.reading is not None)
    shutil.rmtree(tmp_path / "BAT0")
    await eventually(lambda: monitor.reading is None)
    report = monitor.report(0.0, 15.0)
    assert report.quality is Quality.SILENT
    assert "no power supply BAT0" in report.sentence
    supply(tmp_path, "BAT0", LAPTOP)
    await eventually(lambda: monitor.reading is not None)
    await monitor.close()


async def test_a_read_that_hangs_holds_nobody_up():
    """A driver in the kernel may take for ever: the loop goes on, and closing is at once."""
    go_on = threading.Event()

    def hang(now_s: float) -> Sample:
        go_on.wait(20)
        return Sample(80.0, 12.0, -1.0, -12.0, now_s)

    monitor = BatteryMonitor(Polling(hang, 0.01), KERNEL)
    await monitor.connect()
    await asyncio.sleep(0.05)
    assert monitor.report(0.0, 15.0).quality is Quality.SILENT
    async with asyncio.timeout(1):
        await monitor.close()
    go_on.set()
