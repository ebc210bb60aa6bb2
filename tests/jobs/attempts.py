"""Tries `dipbike prepare` on a file and sees what it said, took and left behind."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.frame.house import ROOT


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one try ended: `peak_mb` is of the largest process of the whole tree."""

    code: int
    said: dict[str, object]
    errors: str
    duration_s: float
    peak_mb: float
    left: tuple[str, ...]
    running: tuple[str, ...]


def attempt(file: Path, machine: str, room: Path) -> Attempt:
    """Prepare a file in an empty room; everything temporary is made below it."""
    scratch = room / "scratch"
    scratch.mkdir(parents=True)
    command = [sys.executable, "-P", "-m", "onboard.cli.prepare", str(file)]
    command += ["--machine", machine, "-o", str(room / "out.gcode"), "--json"]
    silent = subprocess.DEVNULL
    places = {"TMPDIR": str(scratch), "HOME": str(scratch), "PYTHONPATH": str(ROOT)}
    started_s = time.monotonic()
    with (room / "said").open("wb") as said, (room / "errors").open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=scratch,
            env={**os.environ, **places},
            stdin=silent,
            stdout=said,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Attempt(
        process.returncode,
        _last_object((room / "said").read_text(encoding="utf-8")),
        (room / "errors").read_text(encoding="utf-8"),
        time.monotonic() - started_s,
        usage.ru_maxrss / 1024,
        tuple(sorted(str(path.relative_to(room)) for path in room.rglob("*") if path.name not in _OURS)),
        tuple(_working_below(room)),
    )


_OURS = {"scratch", "said", "errors"}


def _last_object(text: str) -> dict[str, object]:
    """The JSON object that was printed, empty when there was none."""
    found: dict[str, object] = json.loads(text.splitlines()[-1]) if text.strip() else {}
    return found


def _working_below(folder: Path) -> list[str]:
    """Processes whose working folder is below one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = str((entry / "cwd").readlink())
            except OSError:
                continue
            if place.startswith(str(folder)):
                found.append(entry.name)
    return found
