"""Where Arduino robots come from: a port, or a virtual one."""

from typing import Final

from drivers.firmata.kit import FIRMATA_BPS, firmata_kit
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim import VirtualFirmata
from drivers.robots.boards import BoardKind, Mishaps, open_board
from drivers.robots.kit import Kit
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox, Punctual


def open_firmata(name: str, port: str, wiring: Wiring | None) -> Kit:
    """Build the kit on a port or on `sim://firmata`, as `drivers.robots.boards.open_board`."""
    return open_board(_ARDUINO, name, port, wiring)


def _virtual(box: BlackBox, wiring: Wiring) -> tuple[Punctual, Mishaps]:
    robot = VirtualFirmata(box, wiring)
    return robot, {"restart": lambda: robot.restart("weak batteries"), "silence": robot.fall_silent}


_ARDUINO: Final = BoardKind(FIRMATA_BPS, SAMPLE, firmata_kit, _virtual)
