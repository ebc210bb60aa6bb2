"""A real OctoPrint with its virtual printer, and a person who uses it while we do."""

import asyncio
import signal
import subprocess
from pathlib import Path

from octorest import OctoRest

from drivers.octoprint.printer import RemotePrinter
from drivers.octoprint.rest import Rest
from onboard.demo.octoprint import Server
from onboard.ports import free_port
from tests.peers.serial_log import SerialLog

START_S = 90.0
END_S = 20.0
LOST_AFTER_S = 2.0
"""Tests do not wait as long as people do for a server that is gone."""


class OctoPrint:
    """The server's process, its settings and its virtual printer's own log."""

    def __init__(self, base: Path) -> None:
        self.server = Server(base, free_port())
        self.serial = SerialLog(self.server.serial_log)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; `wait` returns when it takes requests."""
        with (self.server.base / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.server.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def wait(self) -> None:
        """Wait until the server takes requests."""
        async with asyncio.timeout(START_S):
            while not await asyncio.to_thread(self.server.is_online):
                assert self._process is not None
                assert self._process.poll() is None, self.server_log()
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        """End the server as a power cut does; its printer goes with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        """End the server as its own menu does."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def server_log(self) -> str:
        """The last words of the server."""
        return (self.server.base / "server.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def person(self) -> Rest:
        """Somebody with a browser of their own on the same server."""
        return Rest(self.address, self._key())

    def disconnect(self) -> None:
        """A person takes the printer away from OctoPrint."""
        person = OctoRest(url=self.address)
        person.session.trust_env = False
        person.session.headers["X-Api-Key"] = self._key()
        person.disconnect()

    def freeze(self) -> None:
        """The server takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def printer(self, key_file: Path | None = None, lost_after_s: float = LOST_AFTER_S) -> RemotePrinter:
        """The bike's side of this server."""
        return RemotePrinter("prusa", self.address, key_file or self.server.key_file, lost_after_s)

    @property
    def address(self) -> str:
        """Where the server takes requests."""
        return f"http://127.0.0.1:{self.server.port}"

    def _key(self) -> str:
        return self.server.key_file.read_text(encoding="ascii").strip()
