"""Robots that anybody may have built round a board: on a port with the wiring of a profile, or virtual."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.errors import TransportError
from drivers.robots.kit import Kit
from drivers.robots.simulated import virtual_line
from drivers.robots.wiring import Wiring
from drivers.simulator import BlackBox, Punctual
from drivers.transport import Transport, open_transport

Mishaps = Mapping[str, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class BoardKind:
    """A kind of board: its pace, and how its kit and its virtual robot are made.

    A virtual robot without a profile is built like the `sample`; with it comes what may befall it.
    """

    wire_bps: int
    sample: Wiring
    make_kit: Callable[[str, Callable[[], Transport], Wiring, int], Kit]
    make_virtual: Callable[[BlackBox, Wiring], tuple[Punctual, Mishaps]]


def open_board(kind: BoardKind, name: str, port: str, wiring: Wiring | None) -> Kit:
    """Build the kit on a port or on `sim://…`, without opening it yet.

    Raises:
        TransportError: nothing says how the robot is built, or the address makes no sense.
    """
    if port.startswith("sim://"):
        built = wiring or kind.sample
        line, speed = virtual_line(port, kind.wire_bps, lambda box: kind.make_virtual(box, built))
        return kind.make_kit(name, line.open, built, round(kind.wire_bps * speed))
    if wiring is None:
        raise TransportError(f"{name} needs a profile: nothing else says what hangs on the board's pins.")
    return kind.make_kit(name, lambda: open_transport(port, kind.wire_bps), wiring, kind.wire_bps)
