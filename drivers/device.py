"""The Device protocol, with its allowed state changes."""

from typing import Final, Protocol, runtime_checkable

from drivers.gcode import Program
from drivers.types import DeviceKind, DeviceState, RunReport, Snapshot, TemperatureSample

TRANSITIONS: Final[dict[DeviceState, frozenset[DeviceState]]] = {
    DeviceState.OFFLINE: frozenset({DeviceState.CONNECTING}),
    DeviceState.CONNECTING: frozenset(
        {DeviceState.IDLE, DeviceState.FAULT, DeviceState.OFFLINE, DeviceState.STOPPED}
    ),
    DeviceState.IDLE: frozenset(
        {DeviceState.RUNNING, DeviceState.FAULT, DeviceState.OFFLINE, DeviceState.STOPPED}
    ),
    DeviceState.RUNNING: frozenset(
        {DeviceState.IDLE, DeviceState.PAUSED, DeviceState.FAULT, DeviceState.OFFLINE, DeviceState.STOPPED}
    ),
    DeviceState.PAUSED: frozenset(
        {DeviceState.RUNNING, DeviceState.IDLE, DeviceState.FAULT, DeviceState.OFFLINE, DeviceState.STOPPED}
    ),
    DeviceState.STOPPED: frozenset({DeviceState.CONNECTING, DeviceState.OFFLINE}),
    DeviceState.FAULT: frozenset({DeviceState.CONNECTING, DeviceState.OFFLINE, DeviceState.STOPPED}),
}
"""OFFLINE, STOPPED and FAULT are left only through CONNECTING, which a person or a start-up asks for."""


class Device(Protocol):
    """A machine that runs one program at a time.

    Every coroutine may raise `drivers.errors.DriverError`. `run` raises `ProgramCancelledError` after
    `cancel`, `ProgramInterruptedError` after `stop`, a reset or a lost link, `DeviceFaultError` after a
    fault; after each of them what was queued is dropped and heat and spindle are off if reachable.
    """

    @property
    def name(self) -> str:
        """The machine's name in dipbike.toml."""

    @property
    def kind(self) -> DeviceKind:
        """What the machine does."""

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the machine now; never blocks."""

    async def connect(self) -> None:
        """Open the port, wait for the firmware, turn everything off, and become IDLE; also re-arms."""

    async def check(self, program: Program) -> None:
        """Have the machine read a program without moving, where its firmware can; else return at once."""

    async def run(self, program: Program) -> RunReport:
        """Send a program and return once the machine has executed all of it."""

    async def pause(self) -> None:
        """Hold the running program in the machine's safest way (mill: safety door, spindle off)."""

    async def resume(self) -> None:
        """Go on after `pause`."""

    async def cancel(self) -> None:
        """End the running program; heat and spindle go off at once and nothing re-heats."""

    def stop(self) -> None:
        """Emergency stop: out of band, from any thread, at any time, latched until `connect`."""

    async def close(self) -> None:
        """Turn heat and spindle off if reachable and release the port."""


@runtime_checkable
class Tracer(Protocol):
    """A machine that can draw a program's outline in the air, so that a person sees that it fits."""

    def outline(self, program: Program, safe_z_mm: float) -> Program:
        """Return the way round, spindle off and never below the safe height; raises DriverError."""


@runtime_checkable
class Layerwise(Protocol):
    """A machine that can pause between two layers, where a pause leaves the least mark."""

    async def pause_after_layer(self, keep_hot_s: float, keep_bed_s: float) -> None:
        """Feed to the end of the layer, become PAUSED, let hotend and bed cool after so long there."""


@runtime_checkable
class Historian(Protocol):
    """A machine that remembers its temperatures."""

    @property
    def temperature_history(self) -> tuple[TemperatureSample, ...]:
        """The readings of the last minutes, oldest first."""
