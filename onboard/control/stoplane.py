"""The way of an emergency stop into the daemon: one datagram, to a thread that does nothing else."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

STOP: Final = b"stop"
END: Final = b"end"


def press(path: Path) -> bool:
    """Have every machine stopped, without waiting for anything; tell whether somebody was there to do it.

    Nothing is confirmed: who has to know asks on the control socket as well.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(0.0)
        try:
            channel.sendto(STOP, str(path))
        except OSError as error:
            log.warning("The stop found nobody at %s: %s", path, error)
            return False
    return True


@contextmanager
def stop_lane(path: Path, stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in a thread of its own whenever somebody presses, also while the loop hangs or works."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as lane:
        lane.bind(str(path))
        path.chmod(0o660)
        thread = threading.Thread(target=_obey, args=(lane, stop), name="stop lane", daemon=True)
        thread.start()
        try:
            yield
        finally:
            _end(path)
            thread.join()
            path.unlink(missing_ok=True)


def _obey(lane: socket.socket, stop: Callable[[], None]) -> None:
    while (word := lane.recv(len(STOP) + 1)) != END:
        if word != STOP:
            continue
        try:
            stop()
        except Exception:
            log.exception("A machine may not have heard the stop on this way")


def _end(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel, suppress(FileNotFoundError):
        channel.sendto(END, str(path))
