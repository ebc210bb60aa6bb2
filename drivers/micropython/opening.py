"""Where micro:bit robots come from: a port, or a virtual one."""

from collections.abc import Callable, Mapping

from drivers.errors import TransportError
from drivers.micropython.kit import MICROBIT_BPS, microbit_kit
from drivers.micropython.sample import SAMPLE
from drivers.micropython.sim import VirtualMicrobit
from drivers.robots.kit import Kit
from drivers.robots.simulated import virtual_line
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox, Punctual
from drivers.transport import open_transport


def open_micropython(name: str, port: str, wiring: Wiring | None) -> Kit:
    """Build the kit on a port or on `sim://micropython`, without opening it yet.

    Raises:
        TransportError: nothing says how the robot is built, or the address makes no sense.
    """
    if port.startswith("sim://"):
        built = wiring or SAMPLE
        line, speed = virtual_line(port, MICROBIT_BPS, lambda box: _virtual(box, built))
        return microbit_kit(name, line.open, built, round(MICROBIT_BPS * speed))
    if wiring is None:
        raise TransportError(f"{name} needs a profile: nothing else says what hangs on the board's pins.")
    return microbit_kit(name, lambda: open_transport(port, MICROBIT_BPS), wiring)


def _virtual(box: BlackBox, wiring: Wiring) -> tuple[Punctual, Mapping[str, Callable[[], None]]]:
    robot = VirtualMicrobit(box, wiring)
    return robot, {"restart": robot.restart, "silence": robot.fall_silent, "deaf": robot.fall_deaf}
