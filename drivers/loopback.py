"""An in-process line to a simulated machine."""

import socket
import threading

from drivers.errors import PortNotFoundError
from drivers.simulator import Simulator
from drivers.transport import SocketTransport
from drivers.wire import Line, Wire


class Loopback:
    """A machine that lives in a thread of this process, for tests and for training at school."""

    def __init__(
        self,
        simulator: Simulator,
        baud_bps: int,
        speed: float = 1.0,
        *,
        latency_s: float = 0.0,
        crumbs: int | None = None,
    ) -> None:
        """See `drivers.wire.Line` for what lies between host and machine."""
        self._wire = Wire(simulator, Line(baud_bps, speed, latency_s, crumbs))
        self._speed = speed
        self._plugged = True
        self._wire.start()

    @property
    def machine_s(self) -> float:
        """The machine's own clock, as its black box tells it."""
        return self._wire.machine_s

    def open(self) -> SocketTransport:
        """Open the machine's port; a board that resets on opening does so."""
        if not self._plugged:
            raise PortNotFoundError
        ours, theirs = socket.socketpair()
        theirs.settimeout(0)
        self._wire.attach(theirs.detach())
        return SocketTransport(ours)

    def unplug(self) -> None:
        """Pull the cable; the machine lives on."""
        self._plugged = False
        self._wire.detach()

    def plug(self) -> None:
        """Put the cable back."""
        self._plugged = True

    def replug(self, machine_s: float) -> None:
        """Pull the cable and put it back so many of the machine's seconds later."""
        self.unplug()
        again = threading.Timer(machine_s / self._speed, self.plug)
        again.daemon = True
        again.start()

    def close(self) -> None:
        """End the machine."""
        self._wire.close()
