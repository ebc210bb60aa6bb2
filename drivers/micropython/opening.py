"""Where micro:bit robots come from: a port, or a virtual one."""

from typing import Final

from drivers.micropython.kit import MICROBIT_BPS, microbit_kit
from drivers.micropython.sample import SAMPLE
from drivers.micropython.sim import VirtualMicrobit
from drivers.robots.boards import BoardKind, Mishaps, open_board
from drivers.robots.kit import Kit
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox, Punctual


def open_micropython(name: str, port: str, wiring: Wiring | None) -> Kit:
    """Build the kit on a port or on `sim://micropython`, as `drivers.robots.boards.open_board`."""
    return open_board(_MICROBIT, name, port, wiring)


def _virtual(box: BlackBox, wiring: Wiring) -> tuple[Punctual, Mishaps]:
    robot = VirtualMicrobit(box, wiring)
    return robot, {"restart": robot.restart, "silence": robot.fall_silent, "deaf": robot.fall_deaf}


_MICROBIT: Final = BoardKind(MICROBIT_BPS, SAMPLE, microbit_kit, _virtual)
