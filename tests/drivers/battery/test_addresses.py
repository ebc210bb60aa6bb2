"""A battery by its address in the settings."""

from pathlib import Path

import pytest

from drivers.batteries import ask_battery, open_battery
from drivers.battery.monitor import BatteryMonitor
from drivers.battery.quality import Doubt, Quality
from drivers.errors import PortNotFoundError, TransportError
from tests.drivers.battery.test_sysfs import LAPTOP, supply


@pytest.mark.parametrize(
    "port",
    [
        "/dev/dipbike-battery",
        "vedirect:///dev/dipbike-battery",
        "socket://127.0.0.1:9",
        "sysfs://",
        "sysfs://BAT0",
        "upower://",
        "upower://battery_BAT0",
        "sim://battery",
    ],
)
def test_nothing_is_opened_before_connect(port: str):
    """A daemon can be built on a bike whose monitor is not there."""
    assert isinstance(open_battery(port), BatteryMonitor)


@pytest.mark.parametrize("port", ["usb://x", "sysfs://BAT0/capacity", "upower://a?b=c", "sysfs://a b"])
def test_a_wrong_address_is_a_sentence(port: str):
    """What cannot be a battery is refused before anything starts."""
    with pytest.raises(TransportError, match="is no battery"):
        open_battery(port)


def test_a_battery_can_be_asked_once(tmp_path: Path):
    """For a check: a reading, a doubt, or a sentence."""
    supply(tmp_path, "BAT0", LAPTOP)
    answer = ask_battery("sysfs://BAT0", tmp_path)
    assert not isinstance(answer, Doubt)
    assert answer.soc_pct == pytest.approx(79.4)
    supply(tmp_path, "BAT0", {**LAPTOP, "voltage_now": "900000000"})
    doubt = ask_battery("sysfs://BAT0", tmp_path)
    assert isinstance(doubt, Doubt)
    assert doubt.quality is Quality.OUT_OF_RANGE
    with pytest.raises(PortNotFoundError):
        ask_battery("sysfs://BAT7", tmp_path)
    with pytest.raises(TransportError, match="speaks by itself"):
        ask_battery("/dev/dipbike-battery")
