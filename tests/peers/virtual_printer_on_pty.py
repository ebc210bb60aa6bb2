"""Puts OctoPrint's virtual printer on a pseudo-terminal, without OctoPrint; runs in OctoPrint's environment.

    python virtual_printer_on_pty.py LINK BLACK_BOX [JSON of settings]

Like a board it starts again when its port is opened. A line on standard input is one of its
`!!DEBUG:` commands. The black box gets each command as the printer executes it.
"""

import json
import os
import pty
import select
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import IO

from octoprint.plugins.virtual_printer import VirtualPrinterPlugin, virtual

READ_TIMEOUT_S = 0.2
WRITE_TIMEOUT_S = 10.0
POLL_MS = 20
ROOM_POLL_S = 0.001


class Settings:
    """The few calls that the virtual printer makes of a plugin's settings."""

    def __init__(self, values: Mapping[str, object], folder: Path) -> None:
        self._values = values
        self._folder = folder

    def get(self, path: list[str], **_: object) -> object:
        """Return a setting, None when there is no such one."""
        found: object = self._values
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def get_int(self, path: list[str]) -> int | None:
        """Return a setting as a whole number."""
        found = self.get(path)
        return None if found is None else int(str(found))

    def get_float(self, path: list[str]) -> float | None:
        """Return a setting as a number."""
        found = self.get(path)
        return None if found is None else float(str(found))

    def get_boolean(self, path: list[str]) -> bool:
        """Return whether a setting is on."""
        return bool(self.get(path))

    def global_get_basefolder(self, name: str) -> str:
        """Return a folder of its own."""
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)


class Profiles:
    """One printer with one nozzle."""

    def get_current_or_default(self) -> dict[str, object]:
        """Return what the virtual printer wants to know of its body."""
        return {"extruder": {"count": 1, "sharedNozzle": False}, "volume": {"width": 200, "depth": 200}}


class RecordedPrinter(virtual.VirtualPrinter):
    """Writes down each command before it is executed."""

    black_box: IO[str]

    def _gcode_G(self, _code: str, data: str) -> None:  # noqa: N802 - the name is how the virtual printer finds it
        self._record(data)

    def _gcode_M(self, _code: str, data: str) -> None:  # noqa: N802 - the name is how the virtual printer finds it
        self._record(data)

    def _gcode_M114(self, _data: str) -> None:  # noqa: N802 - the name is how the virtual printer finds it
        """Tell the position as Marlin does, on a line of its own before the `ok`."""
        self._send(self._generatePositionOutput())

    def _kill(self) -> None:
        self._record("KILLED")
        super()._kill()

    def _record(self, line: str) -> None:
        self.black_box.write(json.dumps({"t": time.time(), "line": line}) + "\n")
        self.black_box.flush()


class Board:
    """The near end of the terminal, with a new printer for each one who opens the far end."""

    def __init__(self, link: Path, black_box: Path, changes: Mapping[str, object]) -> None:
        self._values = {**VirtualPrinterPlugin().get_settings_defaults(), **changes}
        self._folder = Path(tempfile.mkdtemp(prefix="virtual-printer-"))
        RecordedPrinter.black_box = black_box.open("a", encoding="utf-8")
        self._fd, far = pty.openpty()
        tty.setraw(far)
        link.symlink_to(os.ttyname(far))
        os.close(far)
        self.printer: RecordedPrinter | None = None

    def live(self) -> None:
        """Serve one caller after the other."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while True:
            flags = dict(poll.poll(POLL_MS)).get(self._fd, 0)
            if flags & select.POLLHUP:
                self._hang_up()
                time.sleep(POLL_MS / 1000)
                continue
            if self.printer is None:
                self._start()
            if flags & select.POLLIN:
                self._take()

    def _start(self) -> None:
        settings = Settings(self._values, self._folder)
        self.printer = RecordedPrinter(
            settings,
            Profiles(),
            str(self._folder),
            read_timeout=READ_TIMEOUT_S,
            write_timeout=WRITE_TIMEOUT_S,
        )
        self._rest = b""
        threading.Thread(target=self._speak, args=(self.printer,), daemon=True).start()

    def _hang_up(self) -> None:
        if self.printer is not None:
            self.printer.close()
            self.printer = None

    def _take(self) -> None:
        """Hand whole lines over: the virtual printer sees M112 only in one piece."""
        try:
            *lines, self._rest = (self._rest + os.read(self._fd, 256)).split(b"\n")
        except OSError:
            return
        for line in lines:
            self._hand_over(line + b"\n")

    def _hand_over(self, data: bytes) -> None:
        """Wait for room first: a write that waits holds a lock that the printer needs to ask for a resend."""
        while self.printer is not None:
            waiting = self.printer.incoming
            if waiting is None or b"M112" in data or waiting._will_it_fit(data):
                self.printer.write(data)
                return
            time.sleep(ROOM_POLL_S)

    def _speak(self, printer: RecordedPrinter) -> None:
        while self.printer is printer:
            line = printer.readline()
            if line and self.printer is printer:
                os.write(self._fd, line if line.endswith(b"\n") else line + b"\n")


def main() -> None:
    """Be a printer until standard input ends."""
    virtual.plugin_manager = lambda: SimpleNamespace(get_hooks=lambda *_: {})
    changes = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    board = Board(Path(sys.argv[1]), Path(sys.argv[2]), changes)
    threading.Thread(target=board.live, daemon=True).start()
    for line in sys.stdin:
        if board.printer is not None:
            board.printer._debugTrigger(line.strip())
    os._exit(0)  # its threads wait for ever


if __name__ == "__main__":
    main()
