"""Finds the panel that an address names."""

from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from drivers.errors import TransportError
from drivers.panel.gpio import OFFSETS, GpioLines
from drivers.panel.monitor import PanelMonitor
from drivers.panel.sim_socket import SocketLines

_HINT: Final = "write gpio://gpiochip0, gpio://gpiochip0?lid=24, or sim:///path/of/a/virtual/panel."


def open_panel(url: str) -> PanelMonitor:
    """Build the monitor of a panel; nothing is opened before `start`.

    `gpio://gpiochip0?heartbeat=17&mushroom_a=22` names lines by their numbers, the others stay as in
    `drivers.panel.gpio.OFFSETS`; `sim:///path` is the socket of a virtual panel.

    Raises:
        TransportError: the address makes no sense.
    """
    parts = urlsplit(url)
    if parts.scheme == "sim" and parts.path and not parts.netloc:
        return PanelMonitor(partial(SocketLines, parts.path))
    if parts.scheme == "gpio" and parts.netloc.isalnum() and not parts.path:
        return PanelMonitor(partial(GpioLines, parts.netloc, _offsets(parts.query)))
    raise TransportError(f"{url!r} is no panel: {_HINT}")


def _offsets(query: str) -> dict[str, int]:
    """Read the lines' numbers; two names never share one."""
    try:
        named = {name: int(number) for name, number in parse_qsl(query, strict_parsing=bool(query))}
    except ValueError as error:
        raise TransportError(f"{query!r} names no lines: {_HINT}") from error
    if unknown := set(named) - set(OFFSETS):
        known = ", ".join(OFFSETS)
        raise TransportError(f"The panel has no line {', '.join(sorted(unknown))}; its lines are {known}.")
    offsets = {**OFFSETS, **named}
    if min(offsets.values()) < 0 or len(set(offsets.values())) < len(offsets):
        raise TransportError(f"Each line of the panel needs a number of its own: {query!r}.")
    return offsets
