"""The senders that the wire bench compares: ours, a windowed one in C, and Printrun's printcore."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dipbike-bench"
PRINTRUN: Final = ("pyserial", "platformdirs", "psutil")
TIMEOUT_S: Final = 600.0

Command = Callable[[Path, Path, int], list[str]]
"""Port, file and baud become a command line."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sender took of the computer; `code` is its exit code."""

    code: int
    cpu_s: float
    rss_mib: float


def ours() -> Command:
    """`dipbike stream`."""

    def command(port: Path, file: Path, baud_bps: int) -> list[str]:
        stream = [sys.executable, "-m", "onboard.cli.stream", str(file), "--port", str(port)]
        return [*stream, "--protocol", "marlin", "--baud", str(baud_bps), "--json"]

    return command


def in_c() -> Command | None:
    """A minimal windowed sender, compiled on the spot; None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    program = CACHE / "windowed_sender"
    subprocess.run([compiler, "-O2", "-o", program, HERE / "windowed_sender.c"], check=True)
    return lambda port, file, baud_bps: [str(program), str(port), str(file), str(baud_bps)]


def printcore() -> Command:
    """Printrun, in an environment of its own: it is no dependency of ours.

    Its wish for a graphical toolkit is passed over, for printcore shows nothing.
    """
    python = CACHE / "printrun" / "bin" / "python"
    if not (CACHE / "printrun" / "done").exists():
        venv.create(CACHE / "printrun", with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*install, *PRINTRUN], check=True)
        subprocess.run([*install, "--no-deps", "printrun"], check=True)
        (CACHE / "printrun" / "done").touch()
    script = HERE / "printcore_sender.py"
    return lambda port, file, baud_bps: [str(python), str(script), str(port), str(file), str(baud_bps)]


def run(command: list[str]) -> Cost:
    """Run a sender to its end and read its bill."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
