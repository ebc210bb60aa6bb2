"""The only place that knows every kind of machine; the ways to a battery are `drivers.batteries`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from drivers.batteries import open_battery
from drivers.battery.sources import VEDIRECT_BPS
from drivers.device import Device
from drivers.errors import TransportError
from drivers.grbl.expected import Expected
from drivers.marlin.habits import Habits
from drivers.octoprint.printer import RemotePrinter
from drivers.simulated import simulated
from drivers.transport import Transport, open_transport
from drivers.wired import on_line

__all__ = ["BATTERY_BPS", "Speech", "open_battery", "open_device"]

Speech: TypeAlias = Literal["marlin", "grbl", "octoprint"]
"""How a machine is talked to: in a firmware's dialect on a port, or through a server."""
BATTERY_BPS: Final = VEDIRECT_BPS


def open_device(
    name: str,
    protocol: Speech,
    port: str,
    baud_bps: int,
    api_key_file: Path | None = None,
    expected: Expected | None = None,
    habits: Habits | None = None,
) -> Device:
    """Build the device that speaks `protocol` on a port; nothing is opened before `connect`.

    `port` is `/dev/serial/by-id/…`, `socket://host:port`, or a machine simulated in this process,
    `sim://marlin?speed=10`: see `drivers.simulated`.
    Behind OctoPrint it is `octoprint://host:port`, and `api_key_file` holds a key. A mill's own settings are
    compared with what is `expected` of it; `habits` are those of a printer on a line.

    Raises:
        TransportError: the address of a simulated machine or of a server makes no sense.
    """
    if protocol == "octoprint":
        return RemotePrinter(name, _server(port), api_key_file)
    open_link, wire_bps = _link(port, baud_bps)
    return on_line(name, protocol, open_link, wire_bps, expected, habits)


def _server(url: str) -> str:
    """Return the address at which an OctoPrint server takes requests."""
    parts = urlsplit(url)
    if parts.scheme != "octoprint" or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
        raise TransportError(f"{url!r} is no OctoPrint server: write octoprint://host:port.")
    return f"http://{parts.netloc}"


def _link(port: str, baud_bps: int) -> tuple[Callable[[], Transport], int]:
    """Return what opens the port, and the pace of its bytes in this world's seconds."""
    if not port.startswith("sim://"):
        return lambda: open_transport(port, baud_bps), baud_bps
    machine, speed = simulated(port, baud_bps)
    return machine.open, round(baud_bps * speed)
