"""A simulated machine behind a pseudo-terminal, published under a name that stays."""

import os
import pty
import threading
import tty
from pathlib import Path

from drivers.simulator import Simulator
from drivers.wire import Line, Wire


class PseudoTerminal:
    """A virtual machine on a port of its own; several may live in one process.

    `link` is a symbolic link that stands for a name in `/dev/serial/by-id`: a pseudo-terminal gets a new
    number each time.
    """

    def __init__(
        self,
        link: Path,
        simulator: Simulator,
        baud_bps: int,
        speed: float = 1.0,
        *,
        latency_s: float = 0.0,
        crumbs: int | None = None,
    ) -> None:
        """See `drivers.wire.Line` for what lies between host and machine."""
        self._link = link
        self._speed = speed
        self._again: threading.Timer | None = None
        self._wire = Wire(simulator, Line(baud_bps, speed, latency_s, crumbs))
        self._wire.start()
        self.plug()

    @property
    def born_s(self) -> float:
        """The monotonic instant at which the machine's own clock was 0."""
        return self._wire.born_s

    def plug(self) -> None:
        """Put the cable in: a new terminal under the same name."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        path = os.ttyname(slave)
        os.close(slave)
        self._publish(Path(path))
        self._wire.attach(master)

    def unplug(self) -> None:
        """Pull the cable; the machine lives on."""
        self._link.unlink(missing_ok=True)
        self._wire.detach()

    def replug(self, machine_s: float) -> None:
        """Pull the cable and put it back so many of the machine's seconds later."""
        self.unplug()
        self._again = threading.Timer(machine_s / self._speed, self.plug)
        self._again.daemon = True
        self._again.start()

    def close(self) -> None:
        """End the machine."""
        if self._again is not None:
            self._again.cancel()
        self.unplug()
        self._wire.close()

    def _publish(self, path: Path) -> None:
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path)
        fresh.replace(self._link)
