"""Speed and memory of estimate and gate: `python -m tests.bench.estimate` prints them."""

import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jobs.allow.gate import check_program
from jobs.estimate.cost import estimate, estimate_file
from jobs.machines import I3

LINES = 200_000
SIZES_MB = (6, 60, 240)
HEAD = b"M104 S200\nM109 S200\nG28\nG90\nM83\nG92 E0\nG1 F1800\n"


def rings(lines: int) -> bytes:
    """Write a long print of rings in small steps."""
    angles = (row * 2 * math.pi / 250 for row in range(lines))
    moves = (b"G1 X%.3f Y%.3f E.02513\n" % (100 + 30 * math.cos(a), 100 + 30 * math.sin(a)) for a in angles)
    return HEAD + b"".join(moves) + b"M104 S0\n"


def cpu_s(work: Callable[[], object]) -> float:
    """Return the processor time of some work."""
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def of_file(size_mb: int) -> str:
    """Estimate a file of this size in a process of its own and return its speed and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.gcode"
        piece = rings(20_000)
        with path.open("wb") as file:
            while file.tell() < size_mb * 1_000_000:
                file.write(piece)
        command = [sys.executable, "-m", "tests.bench.estimate", str(path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def alone(path: Path) -> str:
    """Estimate one file and tell."""
    took_s = cpu_s(lambda: estimate_file(path, I3))
    size_mb = path.stat().st_size / 1e6
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return f"file of {size_mb:.0f} MB: {size_mb / took_s:.1f} MB per CPU second, {rss_mb:.0f} MB of memory\n"


def main() -> None:
    """Print what each takes."""
    if len(sys.argv) > 1:
        sys.stdout.write(alone(Path(sys.argv[1])))
        return
    raw = rings(LINES)
    program = check_program(raw, I3)
    sys.stdout.write(f"gate, {LINES} lines: {cpu_s(lambda: check_program(raw, I3)):.2f} s of CPU\n")
    sys.stdout.write(f"estimate, {LINES} lines: {cpu_s(lambda: estimate(program, I3)):.2f} s of CPU\n")
    for size_mb in SIZES_MB:
        sys.stdout.write(of_file(size_mb))


if __name__ == "__main__":
    main()
