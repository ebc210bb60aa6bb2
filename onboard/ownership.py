"""What the daemon must own before it touches anything: its folders, its socket's name and the bike."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from onboard.config import PathsSection

LONGEST_SOCKET_NAME: Final = 107
"""Source: unix(7), sun_path with its closing NUL."""


class StartError(Exception):
    """The daemon cannot start here; the message says what to mend."""


class FolderError(StartError):
    """A folder cannot be used; nobody else has the bike as far as can be told."""


@contextmanager
def sole_owner(paths: PathsSection) -> Iterator[None]:
    """Make the folders and hold the bike: a second daemon would declare the first one's jobs interrupted.

    Raises:
        FolderError: a folder cannot be made, or the socket's name is too long.
        StartError: another daemon runs.
    """
    if len(os.fsencode(paths.control_socket)) > LONGEST_SOCKET_NAME:
        raise FolderError(f"paths.run: {paths.run} is too long a name for a socket; choose a shorter one.")
    try:
        lock = _open_lock(paths)
    except OSError as error:
        raise FolderError(f"{error.filename} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"Another daemon runs already on {paths.state}: end it first.") from error
        yield


def _open_lock(paths: PathsSection) -> IO[bytes]:
    """Make the folders and open the file to lock: for reading only on a disk that takes nothing any more."""
    lock = paths.state / "daemon.lock"
    for folder in (paths.state, paths.run, paths.spool, paths.jobs):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        return lock.open("ab")
    except OSError:
        return lock.open("rb")
