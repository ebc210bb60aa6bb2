"""The battery through UPower: python-dbusmock's double of it on a bus of its own, as Debian packs it."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.batteries import open_battery
from drivers.battery.upower import UPowerDevice
from drivers.errors import LinkLostError, PortNotFoundError, TransportError
from tests.drivers.battery.test_sysfs import eventually

pytestmark = pytest.mark.peers

BUS_CONFIG = """<busconfig><type>custom</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""
UPOWER = ("org.freedesktop.UPower", "/org/freedesktop/UPower")
DEVICE = "/org/freedesktop/UPower/devices/pack"
SYSTEM_PYTHON = "/usr/bin/python3"
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Bus:
    """A message bus with UPower's double on it."""

    address: str
    environment: dict[str, str]
    double: subprocess.Popen[bytes]

    def call(self, interface_and_method: str, *arguments: str, path: str = UPOWER[1]) -> None:
        """Call a method of UPower's double as a person would."""
        command = [
            "gdbus",
            "call",
            "--address",
            self.address,
            "--dest",
            UPOWER[0],
            "--object-path",
            path,
        ]
        subprocess.run(
            [*command, "--method", interface_and_method, *arguments],
            check=True,
            capture_output=True,
            timeout=20,
        )

    def add(self, name: str, percent: float) -> None:
        """Plug in a discharging battery."""
        mock = "org.freedesktop.DBus.Mock"
        self.call(f"{mock}.AddDischargingBattery", name, "Mock", str(percent), "3600")

    def tell(self, properties: str) -> None:
        """Have the battery tell more, in GVariant's words."""
        interface = "org.freedesktop.UPower.Device"
        self.call("org.freedesktop.DBus.Mock.AddProperties", interface, properties, path=DEVICE)

    def set(self, properties: str, device: str = DEVICE) -> None:
        """Change properties of a battery, in GVariant's words."""
        self.call("org.freedesktop.DBus.Mock.SetDeviceProperties", device, properties)


def install() -> None:
    """Have python-dbusmock from Debian, where it is missing."""
    probe = [SYSTEM_PYTHON, "-c", "import dbusmock"]
    if subprocess.run(probe, check=False, capture_output=True).returncode != 0:
        packages = ["python3-dbusmock", "dbus", "libglib2.0-bin"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-q", *packages], check=True, env=environment)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    """A bus of its own, ready to be asked."""
    install()
    config, path = tmp_path / "bus.conf", tmp_path / "bus"
    config.write_text(BUS_CONFIG.format(path=path), encoding="utf-8")
    daemon = subprocess.Popen(["dbus-daemon", "--nofork", f"--config-file={config}"])
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={path}"}
    wait_for(path.exists)
    double = subprocess.Popen([SYSTEM_PYTHON, "-m", "dbusmock", "--template", "upower"], env=environment)
    running = Bus(f"unix:path={path}", environment, double)
    try:
        wait_for(lambda: is_there(running))
        yield running
    finally:
        for process in (double, daemon):
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for another program."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_s, "the other program did not come"
        time.sleep(0.05)


def is_there(bus: Bus) -> bool:
    """Whether UPower's double answers; it knows no battery yet."""
    try:
        UPowerDevice(bus=bus.address).read(0.0)
    except PortNotFoundError as error:
        return "no battery" in str(error)
    except LinkLostError:
        return False
    return True


def test_a_discharging_pack(bus: Bus):
    """Percent, volts and watts with the sign of what the pack does."""
    bus.add("pack", 64.5)
    bus.tell("{'Voltage': <26.4>, 'EnergyRate': <132.0>}")
    sample = UPowerDevice("pack", bus.address).read(7.0)
    assert (sample.soc_pct, sample.voltage_v, sample.power_w, sample.at_s) == (64.5, 26.4, -132.0, 7.0)
    assert sample.current_a == pytest.approx(-5.0)
    bus.set("{'State': <uint32 1>}")
    assert UPowerDevice("pack", bus.address).read(8.0).power_w == 132.0


def test_without_volts_there_is_no_flow(bus: Bus):
    """What UPower does not tell is not invented."""
    bus.add("pack", 64.5)
    sample = UPowerDevice("pack", bus.address).read(7.0)
    assert (sample.soc_pct, sample.voltage_v, sample.current_a, sample.power_w) == (64.5, None, None, None)


def test_a_sample_is_as_old_as_upowers_own_look(bus: Bus):
    """Asking again and again makes nothing younger."""
    bus.add("pack", 64.5)
    bus.tell("{'UpdateTime': <uint64 100>}")
    device = UPowerDevice("pack", bus.address)
    assert [device.read(float(now_s)).at_s for now_s in (1, 20, 40)] == [1.0, 1.0, 1.0]
    bus.set("{'UpdateTime': <uint64 130>}")
    assert device.read(41.0).at_s == 41.0


def test_names_and_the_only_one(bus: Bus):
    """One battery needs no name; of two one has to be chosen; a wrong name is a sentence."""
    bus.call("org.freedesktop.DBus.Mock.AddAC", "mains", "Mock")
    bus.add("pack", 64.5)
    assert UPowerDevice(bus=bus.address).read(7.0).soc_pct == 64.5
    bus.add("second", 20.0)
    with pytest.raises(TransportError, match="one of pack, second"):
        UPowerDevice(bus=bus.address).read(7.0)
    with pytest.raises(PortNotFoundError, match="does not know"):
        UPowerDevice("third", bus.address).read(7.0)
    bus.set("{'IsPresent': <false>}")
    with pytest.raises(PortNotFoundError, match="pack is taken out"):
        UPowerDevice("pack", bus.address).read(7.0)


def test_a_bus_that_is_not_there(tmp_path: Path):
    """No bus is a sentence, not a traceback."""
    with pytest.raises(LinkLostError, match="cannot be asked"):
        UPowerDevice("pack", f"unix:path={tmp_path}/none").read(7.0)


async def test_a_monitor_outlives_upower(bus: Bus):
    """When UPower dies the battery is unknown, with the reason."""
    bus.add("pack", 64.5)
    bus.tell("{'Voltage': <26.4>, 'EnergyRate': <132.0>}")
    monitor = open_battery("upower://pack", bus=bus.address)
    await monitor.connect()
    await eventually(lambda: monitor.reading is not None)
    bus.double.kill()
    await eventually(lambda: monitor.reading is None)
    assert "UPower" in monitor.report(0.0, 15.0).sentence
    await monitor.close()
