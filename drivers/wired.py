"""Opens a machine that hangs on a real line, and loads nothing else."""

from collections.abc import Callable
from typing import Literal, TypeAlias, assert_never

from drivers.device import Device
from drivers.grbl.expected import Expected
from drivers.grbl.mill import Mill
from drivers.marlin.habits import Habits
from drivers.marlin.printer import Printer
from drivers.transport import Transport, open_transport

Dialect: TypeAlias = Literal["marlin", "grbl"]


def open_wired(name: str, dialect: Dialect, port: str, baud_bps: int) -> Device:
    """Build the device on `/dev/serial/by-id/…` or `socket://host:port`, without opening it yet."""
    return on_line(name, dialect, lambda: open_transport(port, baud_bps), baud_bps)


def on_line(
    name: str,
    dialect: Dialect,
    open_link: Callable[[], Transport],
    wire_bps: int,
    expected: Expected | None = None,
    habits: Habits | None = None,
) -> Device:
    """Build the device that speaks a firmware's dialect on a line of any kind."""
    match dialect:
        case "marlin":
            return Printer(name, open_link, wire_bps, habits)
        case "grbl":
            return Mill(name, open_link, wire_bps, expected)
        case _:
            assert_never(dialect)
