"""Where Thymios come from: a port, a switch on the network, or a virtual one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from drivers.errors import TransportError
from drivers.robots.kit import Kit
from drivers.robots.simulated import virtual_line
from drivers.robots.types import Gauge
from drivers.simulator import BlackBox, Punctual
from drivers.thymio.kit import PORT_BPS, thymio_kit
from drivers.thymio.motors import TYPICAL
from drivers.thymio.sim import VirtualThymio
from drivers.thymio.sim_faults import Incident
from drivers.transport import open_transport

VIRTUAL: Final = "sim://thymio"
VIRTUAL_BPS: Final = 1_000_000
"""What a Thymio says takes about as long as this on its USB."""


def open_thymio(name: str, port: str, gauge: Gauge | None = None) -> Kit:
    """Build the kit on `/dev/serial/by-id/…`, `socket://host:33333` or `sim://thymio`; nothing is opened yet.

    Raises:
        TransportError: the address of a simulated robot makes no sense.
    """
    built = gauge or TYPICAL
    if not port.startswith("sim://"):
        return thymio_kit(name, lambda: open_transport(port, PORT_BPS), built)
    if port.partition("?")[0] != VIRTUAL:
        raise TransportError(f"{port!r} is no virtual Thymio: write {VIRTUAL}.")
    line, _ = virtual_line(port, VIRTUAL_BPS, lambda box: _virtual(box, built))
    return thymio_kit(name, line.open, built)


def _virtual(box: BlackBox, gauge: Gauge) -> tuple[Punctual, Mapping[str, Callable[[], None]]]:
    robot = VirtualThymio(box, gauge=gauge)
    return robot, {incident.value: partial(robot.befall, incident) for incident in Incident}
