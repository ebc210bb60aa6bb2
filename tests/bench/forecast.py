"""`python -m tests.bench.forecast`: the charge foreseen at the start of three hours beside what was left."""

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.onboard.test_foresight import NEAR_PCT, foreseen
from tests.onboard.virtual_halt import VirtualHalt


@dataclass(frozen=True, slots=True)
class Ended:
    """Points of charge foreseen too much in one halt, what was left, and whether the band held it."""

    off_pct: float
    left_pct: float
    is_in_band: bool


def lived(seed: int) -> Ended:
    """Foresee one halt, and let virtual machines live it on a virtual pack."""
    halt = VirtualHalt(seed)
    end = foreseen(halt).end
    left_pct = halt.live()
    is_in_band = end.low_pct - 1 <= left_pct <= end.high_pct + 1
    return Ended(end.middle_pct - left_pct, left_pct, is_in_band)


def report(ended: Sequence[Ended]) -> None:
    """In points of charge, and beside the charge that was left."""
    off = [abs(each.off_pct) for each in ended]
    near = sum(each <= NEAR_PCT for each in off)
    relative = sum(abs(each.off_pct) <= 0.05 * each.left_pct for each in ended)
    sys.stdout.write(
        f"{len(ended)} halts: off by {statistics.median(off):.1f} points in the middle, "
        f"{max(off):.1f} at most, "
        f"{statistics.mean(each.off_pct for each in ended):+.1f} on average\n"
        f"within {NEAR_PCT:g} points: {near}; within 5 % of what was left: {relative}; "
        f"within the band: {sum(each.is_in_band for each in ended)}\n"
    )


def main() -> None:
    """Live the halts of a range of seeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.forecast", description=__doc__)
    parser.add_argument("--first", type=int, default=201, help="first seed")
    parser.add_argument("--count", type=int, default=40, help="how many halts")
    asked = parser.parse_args()
    report([lived(seed) for seed in range(asked.first, asked.first + asked.count)])


if __name__ == "__main__":
    main()
