"""A micro:bit robot on a line."""

from collections.abc import Callable
from typing import Final

from drivers.micropython.inputs import abilities
from drivers.micropython.protocol import MicrobitProtocol
from drivers.robots.tether import Tether
from drivers.robots.wiring import Wiring
from drivers.transport import Transport

MICROBIT_BPS: Final = 115_200


def microbit_kit(
    name: str,
    open_link: Callable[[], Transport],
    wiring: Wiring,
    wire_bps: int = MICROBIT_BPS,
    *,
    feels_light: bool = True,
) -> Tether:
    """Build the kit, without opening anything yet; `wire_bps` is the pace in this world's seconds.

    An emulator's display may not be able to measure light: see `feels_light` of `loop_program`.
    """
    return Tether(
        name,
        open_link,
        wire_bps,
        lambda: MicrobitProtocol(wiring, feels_light=feels_light),
        abilities(wiring, feels_light=feels_light),
    )
