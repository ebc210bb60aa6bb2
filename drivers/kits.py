"""The only place that knows every robotics kit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from drivers.errors import TransportError
from drivers.firmata.opening import open_firmata
from drivers.micropython.opening import open_micropython
from drivers.robots.kit import Kit
from drivers.robots.types import Gauge
from drivers.robots.wiring import Wiring
from drivers.thymio.opening import open_thymio

KitSpeech: TypeAlias = Literal["thymio", "firmata", "micropython"]
"""How a kit is talked to."""


@dataclass(frozen=True, slots=True)
class KitLine:
    """Where a kit is, `port` as for `drivers.registry.open_device`, and what a profile tells of it.

    `wiring` is for kits that anybody may have built, `gauge` for those that differ only in their measures.
    """

    name: str
    port: str
    wiring: Wiring | None = None
    gauge: Gauge | None = None


OPENERS: Final[dict[KitSpeech, Callable[[KitLine], Kit]]] = {
    "firmata": lambda line: open_firmata(line.name, line.port, line.wiring),
    "micropython": lambda line: open_micropython(line.name, line.port, line.wiring),
    "thymio": lambda line: open_thymio(line.name, line.port, line.gauge),
}


def open_kit(
    name: str, protocol: KitSpeech, port: str, wiring: Wiring | None = None, gauge: Gauge | None = None
) -> Kit:
    """Build the kit that speaks `protocol` on a port; nothing is opened before `connect`.

    Raises:
        TransportError: the address of a simulated kit makes no sense, or this version knows no such kit.
    """
    opener = OPENERS.get(protocol)
    if opener is None:
        raise TransportError(f"This version cannot talk to {protocol} kits yet.")
    return opener(KitLine(name, port, wiring, gauge))
