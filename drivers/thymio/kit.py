"""A Thymio II on a line."""

from collections.abc import Callable
from typing import Final

from drivers.robots.tether import Tether
from drivers.robots.types import Gauge
from drivers.thymio.motors import TYPICAL
from drivers.thymio.protocol import ThymioProtocol, abilities
from drivers.transport import Transport

PORT_BPS: Final = 115_200
"""A Thymio's USB is no UART: the number means nothing there."""
WIRE_BPS: Final = 12_000_000
"""Full-speed USB: every message of ours is handed over whole, so that a stop never cuts one in two."""


def thymio_kit(name: str, open_link: Callable[[], Transport], gauge: Gauge = TYPICAL) -> Tether:
    """Build the kit, without opening anything yet."""
    return Tether(name, open_link, WIRE_BPS, lambda: ThymioProtocol(gauge), abilities(gauge))
