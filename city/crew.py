"""Keeps several receivers at work: each a process of its own, started again when it dies."""

import logging
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, Final

from city.link import LinkSettings

_LOG: Final = logging.getLogger(__name__)
_GROUP: Final = "city"
_LOOK_S: Final = 1.0
_END_S: Final = 15.0


class Crew:
    """So many workers on one shared subscription; the first also hears how the bikes are now."""

    def __init__(self, settings: LinkSettings, database: str, count: int) -> None:
        self._commands = [
            _command(settings, database, number, live=number == 1) for number in range(1, count + 1)
        ]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="city-crew", daemon=True)

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes at work."""
        return [process.pid for process in self._processes]

    def start(self) -> None:
        """Start all, and look after them."""
        self._processes = [_start(command) for command in self._commands]
        self._thread.start()

    def stop(self) -> None:
        """Let each finish what it has at hand."""
        self._stopping.set()
        self._thread.join()
        for process in self._processes:
            _close(process.stdin)
        for process in self._processes:
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            for number, process in enumerate(self._processes):
                if process.poll() is not None:
                    _LOG.error("Receiver %d ended (%s); another begins.", number + 1, process.returncode)
                    _close(process.stdin)
                    self._processes[number] = _start(self._commands[number])


def _command(settings: LinkSettings, database: str, number: int, *, live: bool) -> list[str]:
    own = settings.model_copy(
        update={"client_id": f"{settings.client_id}-{number}", "group": _GROUP, "live": live}
    )
    return [sys.executable, "-P", "-m", "city.worker", own.model_dump_json(), database]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own module


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with suppress(BrokenPipeError):
            pipe.close()
