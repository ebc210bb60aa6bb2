"""What a machine reports."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

WAITS_FOR_HAND: Final = "The printer waits for a person"
"""How the message of a machine begins that has paused by itself, for example for new filament."""


class DeviceKind(StrEnum):
    """What a machine does, which decides the programs it takes."""

    PRINTER = "printer"
    MILL = "mill"


class DeviceState(StrEnum):
    """Where a machine is; the allowed changes stand in `drivers.device`."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Temperature:
    """One heater, in degrees Celsius; a target of 0 is off."""

    actual_c: float
    target_c: float


@dataclass(frozen=True, slots=True)
class Position:
    """A tool position in millimetres, in work coordinates."""

    x_mm: float
    y_mm: float
    z_mm: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a program is; `fraction` counts acknowledged bytes and lies in 0 to 1."""

    lines_done: int
    lines_total: int
    bytes_done: int
    bytes_total: int
    elapsed_s: float
    resends: int = 0

    @property
    def fraction(self) -> float:
        """Acknowledged share of the program, 1.0 for an empty one."""
        return self.bytes_done / self.bytes_total if self.bytes_total else 1.0


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """How well the line to a machine does: shares of lines, sum of timeouts, bytes a second of late."""

    resend_pct: float
    timeouts: int
    bytes_per_s: float


@dataclass(frozen=True, slots=True)
class TemperatureSample:
    """All heaters at one instant of the monotonic clock."""

    at_s: float
    temperatures: dict[str, Temperature]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All a machine is known to be at one instant.

    `temperatures` maps a heater ("hotend", "bed") to its reading. `message` is the machine's last word
    worth showing, in plain English. `degraded` lists what the firmware lacks for full safety.
    """

    name: str
    kind: DeviceKind
    state: DeviceState
    progress: Progress | None = None
    temperatures: dict[str, Temperature] = field(default_factory=dict)
    position: Position | None = None
    spindle_on: bool = False
    firmware: str = ""
    message: str = ""
    degraded: tuple[str, ...] = ()
    link: LinkHealth | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a completed program cost the line: only a program executed to its end has one."""

    lines: int
    bytes: int
    elapsed_s: float
    resends: int


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """One sample of the pack; `at_s` is the monotonic instant at which it arrived.

    Power and current are positive while charging, negative while discharging (VE.Direct's convention).
    """

    soc_pct: float
    voltage_v: float
    current_a: float
    power_w: float
    at_s: float
