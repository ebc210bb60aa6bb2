"""A virtual panel on a Unix socket: one end keeps its time, the other is what the bike opens."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from drivers.errors import LinkLostError, TransportError
from drivers.panel.sim import HANDLED, VirtualPanel
from drivers.panel.types import Input
from drivers.simulator import BlackBox

TICK_S: Final = 0.01
ANSWER_S: Final = 0.5
WORD_BYTES: Final = 64
ASK, LOW, HIGH = b"?", b"0", b"1"


class PanelSocket:
    """Lives in a thread, in a process that does not die with the daemon: its relay really opens."""

    def __init__(self, path: Path, black_box: BlackBox) -> None:
        """Raises OSError when the socket cannot be made."""
        self.panel = VirtualPanel(black_box)
        self._path = path
        self._born_s = time.monotonic()
        black_box.record(0.0, "born", monotonic_s=self._born_s, speed=1.0)
        path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.bind(str(path))
        self._server.listen()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="virtual panel", daemon=True)
        self._thread.start()

    @property
    def now_s(self) -> float:
        """The panel's own clock, as its black box tells it."""
        return time.monotonic() - self._born_s

    def close(self) -> None:
        """End the panel; a second time nothing happens."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        """Hear all that has arrived before the relay's time is judged: a late thread is not a late beat."""
        while not self._closing.is_set():
            while ready := self._selector.select(0):
                for key, _ in ready:
                    if isinstance(key.fileobj, socket.socket):
                        self._serve(key.fileobj)
            self.panel.advance(self.now_s)
            self._selector.select(TICK_S)

    def _serve(self, end: socket.socket) -> None:
        if end is self._server:
            visitor, _ = end.accept()
            visitor.settimeout(0)
            self._selector.register(visitor, selectors.EVENT_READ)
            return
        try:
            word = end.recv(WORD_BYTES)
        except OSError:
            word = b""
        if word:
            self._obey(end, word)
        else:
            self._selector.unregister(end)
            end.close()

    def _obey(self, end: socket.socket, word: bytes) -> None:
        if word == ASK:
            levels = self.panel.levels
            with contextlib.suppress(OSError):  # who asked and left needs no answer
                end.send(b"".join(HIGH if levels[name] else LOW for name in Input))
        elif word in {LOW, HIGH}:
            self.panel.hear(word == HIGH, self.now_s)
        else:
            name, _, level = word.partition(b"=")
            if name.decode("ascii", "replace") in HANDLED and level in {LOW, HIGH}:
                self.panel.turn(Input(name.decode()), level == HIGH, self.now_s)


class SocketLines:
    """The bike's end, or a person's hand on the contacts."""

    def __init__(self, path: str) -> None:
        """Raises TransportError when no virtual panel is there."""
        self._end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._end.settimeout(ANSWER_S)
        try:
            self._end.connect(path)
        except OSError as error:
            self._end.close()
            raise TransportError(
                f"There is no virtual panel at {path}: {error.strerror or error}."
            ) from error

    def read(self) -> Mapping[Input, bool]:
        """Ask for the contacts."""
        self._say(ASK)
        try:
            answer = self._end.recv(WORD_BYTES)
        except OSError as error:
            raise LinkLostError(f"The virtual panel does not answer: {error}.") from error
        if len(answer) != len(Input):
            raise LinkLostError("The virtual panel has ended.")
        return {name: answer[i : i + 1] == HIGH for i, name in enumerate(Input)}

    def write(self, level: bool) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """Set the heartbeat's line."""
        self._say(HIGH if level else LOW)

    def turn(self, name: Input, closed: bool) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """Change a contact, as a person would."""
        self._say(f"{name}={int(closed)}".encode())

    def close(self) -> None:
        """Leave."""
        self._end.close()

    def _say(self, word: bytes) -> None:
        try:
            self._end.send(word)
        except OSError as error:
            raise LinkLostError(f"The virtual panel does not listen: {error}.") from error
