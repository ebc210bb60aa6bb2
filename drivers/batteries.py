"""The ways to a battery, by address."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from drivers.battery.monitor import DEFAULT_CAPACITY_WH, BatteryMonitor
from drivers.battery.quality import KERNEL, Doubt, complete, implausible
from drivers.battery.sample import Sample
from drivers.battery.sources import VEDIRECT_BPS, Listening, Polling
from drivers.battery.sysfs import POWER_SUPPLIES, PowerSupply
from drivers.battery.upower import SYSTEM_BUS, UPowerDevice
from drivers.errors import TransportError
from drivers.simulated_pack import simulated_pack
from drivers.transport import open_transport
from drivers.types import BatteryReading

SYSFS_PERIOD_S: Final = 1.0
UPOWER_PERIOD_S: Final = 2.0
_NAME: Final = re.compile(r"[\w.:-]*")


def open_battery(
    port: str,
    capacity_wh: float = DEFAULT_CAPACITY_WH,
    supplies: Path = POWER_SUPPLIES,
    bus: str = SYSTEM_BUS,
) -> BatteryMonitor:
    """Build the monitor of the pack; nothing is opened before `connect`.

    `port` is a VE.Direct cable (`/dev/…`, `vedirect:///dev/…`, `socket://host:port`), a power supply of the
    kernel's (`sysfs://BAT0`), a device of UPower's (`upower://battery_BAT0`), or a pack simulated in this
    process, `sim://battery?load_w=60`: see `drivers.simulated_pack`. `sysfs://` and `upower://` alone mean
    the only battery there is.

    Raises:
        TransportError: the address makes no sense.
    """
    scheme = urlsplit(port).scheme
    if (read := _asked(port, supplies, bus)) is not None:
        period_s = UPOWER_PERIOD_S if scheme == "upower" else SYSFS_PERIOD_S
        return BatteryMonitor(Polling(read, period_s), KERNEL, capacity_wh)
    if scheme == "sim":
        return BatteryMonitor(Listening(simulated_pack(port).open), capacity_wh=capacity_wh)
    if scheme not in {"", "socket", "vedirect"}:
        raise TransportError(f"{port!r} is no battery monitor: write /dev/…, sysfs://… or upower://….")
    link = port.removeprefix("vedirect://")
    return BatteryMonitor(Listening(lambda: open_transport(link, VEDIRECT_BPS)), capacity_wh=capacity_wh)


def ask_battery(port: str, supplies: Path = POWER_SUPPLIES, bus: str = SYSTEM_BUS) -> BatteryReading | Doubt:
    """Ask a battery of the kernel's or UPower's once, as a check does.

    Raises:
        TransportError: there is no such battery, or it is not one that can be asked.
    """
    read = _asked(port, supplies, bus)
    if read is None:
        raise TransportError(f"{port!r} speaks by itself: it cannot be asked.")
    reading = complete(read(time.monotonic()))
    return reading if isinstance(reading, Doubt) else implausible(reading, KERNEL) or reading


def _asked(port: str, supplies: Path, bus: str) -> Callable[[float], Sample] | None:
    parts = urlsplit(port)
    match parts.scheme:
        case "sysfs":
            return PowerSupply(_name(port, parts), supplies).read
        case "upower":
            return UPowerDevice(_name(port, parts), bus).read
        case _:
            return None


def _name(port: str, parts: SplitResult) -> str:
    if parts.path.strip("/") or parts.query or not _NAME.fullmatch(parts.netloc):
        raise TransportError(f"{port!r} is no battery: write {parts.scheme}:// and its name.")
    return parts.netloc
