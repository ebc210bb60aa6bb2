"""Where Arduino robots come from: a port, or a virtual one."""

from collections.abc import Callable, Mapping

from drivers.errors import TransportError
from drivers.firmata.kit import FIRMATA_BPS, firmata_kit
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim import VirtualFirmata
from drivers.robots.kit import Kit
from drivers.robots.simulated import virtual_line
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox, Punctual
from drivers.transport import open_transport


def open_firmata(name: str, port: str, wiring: Wiring | None) -> Kit:
    """Build the kit on a port or on `sim://firmata`, without opening it yet.

    Raises:
        TransportError: nothing says how the robot is built, or the address makes no sense.
    """
    if port.startswith("sim://"):
        built = wiring or SAMPLE
        line, speed = virtual_line(port, FIRMATA_BPS, lambda box: _virtual(box, built))
        return firmata_kit(name, line.open, built, round(FIRMATA_BPS * speed))
    if wiring is None:
        raise TransportError(f"{name} needs a profile: nothing else says what hangs on the board's pins.")
    return firmata_kit(name, lambda: open_transport(port, FIRMATA_BPS), wiring)


def _virtual(box: BlackBox, wiring: Wiring) -> tuple[Punctual, Mapping[str, Callable[[], None]]]:
    robot = VirtualFirmata(box, wiring)
    return robot, {"restart": lambda: robot.restart("weak batteries"), "silence": robot.fall_silent}
