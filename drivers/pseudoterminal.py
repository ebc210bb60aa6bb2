"""A simulated machine behind a pseudo-terminal, published under a name that stays."""

import os
import pty
import tty
from pathlib import Path

from drivers.simulator import Simulator
from drivers.wire import Wire


class PseudoTerminal:
    """A virtual machine on a port of its own; several may live in one process.

    `link` is a symbolic link that stands for a name in `/dev/serial/by-id`: a pseudo-terminal gets a new
    number each time.
    """

    def __init__(self, link: Path, simulator: Simulator, baud_bps: int, speed: float = 1.0) -> None:
        self._link = link
        self._wire = Wire(simulator, baud_bps, speed)
        self._wire.start()
        self.plug()

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

    def close(self) -> None:
        """End the machine."""
        self.unplug()
        self._wire.close()

    def _publish(self, path: Path) -> None:
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path)
        fresh.replace(self._link)
