"""Hostile programs through the gate of both machines: `python -m tests.bench.gate_fuzz [--full]`."""

import sys
import time

from jobs.machines import I3, MILL
from tests.jobs.allow.test_fuzz import attack

FULL = 100_000
QUICK = 5_000


def main() -> None:
    """Print how many attacks were made, how many passed, and the bound on what may escape."""
    count = FULL if "--full" in sys.argv[1:] else QUICK
    for profile in (I3, MILL):
        began_s = time.process_time()
        passed = attack(range(1_000_000, 1_000_000 + count // 2), profile)
        took_s = time.process_time() - began_s
        told = f"{profile.name}: {count // 2} attacks, {passed} passed and were judged, {took_s:.0f} s of CPU"
        sys.stdout.write(told + "\n")
    sys.stdout.write(f"0 escapes of {count}: fewer than {3 / count:.1e} of such attacks (95 %)\n")


if __name__ == "__main__":
    main()
