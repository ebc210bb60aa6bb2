"""StandardFirmata as it was compiled for an Uno, on a simulated ATmega328P: both are fetched when tested."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

SIMULATOR: Final = "yasimavr>=0.1.6,<0.2"
PACKAGE: Final = "avrgirl-arduino@5.0.1"
HEX: Final = "package/junk/hex/uno/StandardFirmata.cpp.hex"
TOOLS: Final = ("g++", "npm")
DEBIAN: Final = ("g++", "libelf-dev", "npm")
HEADER: Final = Path("/usr/include/libelf.h")
INSTALL_S: Final = 1800.0
PATIENCE_S: Final = 60.0
RUNNER: Final = Path(__file__).with_name("arduino_on_pty.py")

Entry = dict[str, object]


class Arduino:
    """The board's process, what is around it, and its black box."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "tty"
        self._box = folder / "box.jsonl"
        firmware = cache() / "StandardFirmata.hex"
        command = [str(python()), str(RUNNER), str(self.port), str(self._box), str(firmware)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        self.wait(self.port.exists)

    def happen(self, words: str) -> None:
        """Let something happen around the board, such as `low 7`."""
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def entries(self) -> list[Entry]:
        """Return what the box holds by now; a line half written is left for later."""
        whole, _, _ = self._box.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def received(self, since: int = 0) -> bytes:
        """Return what came over the line."""
        found = [entry for entry in self.entries()[since:] if entry["kind"] == "rx"]
        return b"".join(bytes.fromhex(str(entry["bytes"])) for entry in found)

    def edges(self, pin: str, since: int = 0) -> list[tuple[float, int]]:
        """Return when a pin rose and fell."""
        found = [entry for entry in self.entries()[since:] if entry.get("pin") == pin]
        return [(float(str(entry["t"])), int(str(entry["level"]))) for entry in found]

    def pulses_us(self, pin: str, since: int = 0) -> list[int]:
        """Return how long a pin was high, each time, in microseconds."""
        edges = self.edges(pin, since)
        pairs = pairwise(edges)
        return [round((fell - rose) * 1e6) for (rose, high), (fell, low) in pairs if high and not low]

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that will come, unless the board's process has ended."""
        give_up_s = time.monotonic() + PATIENCE_S
        while not is_so():
            assert self._process.poll() is None, "the simulated board has ended"
            assert time.monotonic() < give_up_s
            time.sleep(0.02)

    def end(self) -> None:
        """End the board."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)


@contextlib.contextmanager
def arduino(folder: Path) -> Iterator[Arduino]:
    """Let a board live meanwhile."""
    board = Arduino(folder)
    try:
        yield board
    finally:
        board.end()


def cache() -> Path:
    """Return where the simulator and the firmware are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dipbike" / "arduino"


def python() -> Path:
    """Return the Python of the simulator's environment."""
    return cache() / "bin" / "python"


def install() -> None:
    """Fetch what is missing: a compiler, the simulator's source and the firmware (some minutes, once)."""
    mark = cache() / f"installed-{hashlib.sha256((SIMULATOR + PACKAGE).encode()).hexdigest()[:12]}"
    if mark.exists():
        return
    if not (all(shutil.which(tool) for tool in TOOLS) and HEADER.exists()):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *DEBIAN], environment)
    cache().mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", "--clear", str(cache())])
    _run([str(python()), "-m", "pip", "install", "-q", SIMULATOR])
    _run(["npm", "pack", "--silent", "--pack-destination", str(cache()), PACKAGE])
    (archive,) = cache().glob("avrgirl-arduino-*.tgz")
    with tarfile.open(archive) as packed:
        found = packed.extractfile(HEX)
        assert found is not None, f"{PACKAGE} holds no {HEX}"
        (cache() / "StandardFirmata.hex").write_bytes(found.read())
    mark.touch()


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    own = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    subprocess.run(command, check=True, timeout=INSTALL_S, env=environment or own)
