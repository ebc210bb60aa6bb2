"""The Kit protocol: a robot that does one small thing at a time."""

from typing import Protocol

from drivers.robots.types import Action, KitSnapshot


class Kit(Protocol):
    """A robot on a line. What it plays is decided elsewhere: it knows no program.

    Every coroutine may raise `drivers.errors.DriverError`. The states are those of `drivers.device`: IDLE is
    connected and still, RUNNING is moving or told to, STOPPED and FAULT are latched until `connect`.
    """

    @property
    def name(self) -> str:
        """The kit's name in dipbike.toml."""

    @property
    def snapshot(self) -> KitSnapshot:
        """What is known of the kit now; never blocks."""

    async def connect(self) -> None:
        """Open the port, wait for the firmware, stop the motors, and become IDLE; also re-arms."""

    async def act(self, action: Action) -> None:
        """Do it and return once it is on the wire; raises DeviceBusyError unless IDLE or RUNNING.

        A kit that can watch over itself stops its motors when no `act` or `beat` has come for 600 ms.
        """

    async def beat(self) -> None:
        """Tell the kit that somebody is there; what plays a program calls it every 200 ms."""

    async def rest(self) -> None:
        """Motors, lamp and sound off, pen up: back to IDLE."""

    def stop(self) -> None:
        """Motors off at once: out of band, from any thread, at any time, latched until `connect`."""

    async def close(self) -> None:
        """Stop the motors if reachable and release the port."""
