"""The only place that knows every kind of machine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, assert_never
from urllib.parse import parse_qsl, urlsplit

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.sim import INVERTER, VirtualPack
from drivers.device import Device
from drivers.errors import TransportError
from drivers.grbl.mill import Mill
from drivers.grbl.sim import VirtualGrbl
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults
from drivers.octoprint.printer import RemotePrinter
from drivers.simulator import BlackBox, Simulator
from drivers.transport import Transport, open_transport

Dialect: TypeAlias = Literal["marlin", "grbl"]
Speech: TypeAlias = Literal["marlin", "grbl", "octoprint"]
"""How a machine is talked to: in a firmware's dialect on a port, or through a server."""
SimulatorKind: TypeAlias = Literal["marlin", "grbl"]
KINDS: Final[tuple[SimulatorKind, ...]] = ("marlin", "grbl")
SLOWEST: Final = 0.1
FASTEST: Final = 50.0
BATTERY_BPS: Final = 19_200
"""Source: Victron's VE.Direct protocol."""


@dataclass(frozen=True, slots=True)
class _Options:
    """What may follow the `?`, as text."""

    speed: str = "1"
    blackbox: str = ""
    seed: str = "0"
    damage: str = "0"
    drop_ok: str = "0"

    def faults(self) -> Faults:
        """A printer's faults."""
        return Faults(seed=int(self.seed), damage_in=float(self.damage), drop_ok=float(self.drop_ok))


def open_device(
    name: str, protocol: Speech, port: str, baud_bps: int, api_key_file: Path | None = None
) -> Device:
    """Build the device that speaks `protocol` on a port; nothing is opened before `connect`.

    `port` is `/dev/serial/by-id/…`, `socket://host:port`, or a machine simulated in this process:
    `sim://marlin?speed=10&blackbox=/path.jsonl&seed=1&damage=0.01&drop_ok=0.005`.
    Behind OctoPrint it is `octoprint://host:port`, and `api_key_file` holds a key.

    Raises:
        TransportError: the address of a simulated machine or of a server makes no sense.
    """
    if protocol == "octoprint":
        return RemotePrinter(name, _server(port), api_key_file)
    open_link, wire_bps = _link(port, baud_bps)
    match protocol:
        case "marlin":
            return Printer(name, open_link, wire_bps)
        case "grbl":
            return Mill(name, open_link, wire_bps)
        case _:
            assert_never(protocol)


def open_battery(port: str) -> BatteryMonitor:
    """Build the monitor of the pack; nothing is opened before `connect`."""
    return BatteryMonitor(lambda: open_transport(port, BATTERY_BPS), BATTERY_BPS)


def make_simulator(kind: SimulatorKind, blackbox: BlackBox, faults: Faults | None = None) -> Simulator:
    """Build the machine's side of the wire; `faults` are a printer's."""
    match kind:
        case "marlin":
            return VirtualMarlin(blackbox, faults)
        case "grbl":
            return VirtualGrbl(blackbox)
        case _:
            assert_never(kind)


def make_pack(capacity_wh: float, soc_pct: float, load: Callable[[], float], speed: float) -> Simulator:
    """Build a pack behind an inverter with its monitor; `load` is asked for the watts that machines draw."""
    return VirtualPack(capacity_wh, soc_pct, load, INVERTER, speed)


def open_blackbox(path: Path | None) -> BlackBox:
    """Record into a file, line by line, or into memory."""
    return BlackBox(path.open("a", encoding="utf-8") if path else None)


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
    machine, speed = _simulated(port, baud_bps)
    return machine.open, round(baud_bps * speed)


def _simulated(url: str, baud_bps: int) -> tuple[Loopback, float]:
    parts = urlsplit(url)
    try:
        options = _Options(**dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))))
        kind = next(kind for kind in KINDS if kind == parts.netloc)
        speed = min(FASTEST, max(SLOWEST, float(options.speed)))
        blackbox = open_blackbox(Path(options.blackbox) if options.blackbox else None)
        simulator = make_simulator(kind, blackbox, options.faults())
    except (StopIteration, TypeError, ValueError, OSError) as error:
        raise TransportError(f"{url!r} is no simulated machine: write sim://marlin?speed=10.") from error
    return Loopback(simulator, baud_bps, speed), speed
