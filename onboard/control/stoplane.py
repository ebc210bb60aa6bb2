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
        ended, inode = threading.Event(), path.stat().st_ino
        thread = threading.Thread(target=_obey, args=(lane, ended, stop), name="stop lane", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            lane.shutdown(socket.SHUT_RD)
            thread.join()
            with suppress(FileNotFoundError):
                if path.stat().st_ino == inode:
                    path.unlink()


def _obey(lane: socket.socket, ended: threading.Event, stop: Callable[[], None]) -> None:
    """Only whoever opened the lane ends it: no word that comes in does, and no file that goes keeps it."""
    while not ended.is_set():
        if lane.recv(len(STOP) + 1) != STOP:
            continue
        try:
            stop()
        except Exception:
            log.exception("A machine may not have heard the stop on this way")
