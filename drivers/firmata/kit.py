"""An Arduino robot on a line."""

from collections.abc import Callable
from typing import Final

from drivers.firmata.protocol import FirmataProtocol
from drivers.robots.tether import Tether
from drivers.robots.wiring import Wiring
from drivers.transport import Transport

FIRMATA_BPS: Final = 57_600
"""Source: StandardFirmata.ino, Firmata.begin(57600)."""


def firmata_kit(
    name: str, open_link: Callable[[], Transport], wiring: Wiring, wire_bps: int = FIRMATA_BPS
) -> Tether:
    """Build the kit, without opening anything yet; `wire_bps` is the pace in this world's seconds."""
    return Tether(name, open_link, wire_bps, lambda: FirmataProtocol(wiring), wiring.abilities)
