"""`python -m tests.bench.torture_mill`: the fault cases of the mill, many times each, as a table."""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final

from tests.bench.mill_cases import CASES
from tests.bench.torture import Trial

SMALL: Final = 20
FULL: Final = {
    "B01": 200,
    "B02": 200,
    "B03": 1000,
    "B04": 286,
    "B05": 500,
    "B06": 500,
    "B07": 500,
    "B08": 200,
    "B09": 10_000,
    "B10": 200,
    "B11": 500,
    "lost ok": 1000,
    "restart": 500,
}
FIGURES: Final = {
    "B01": "next host to off, s",
    "B02": "spindle on too long, s",
    "B03": "`~` not asked for",
    "B04": "strange bytes sent",
    "B05": "bytes of the file",
    "B06": "lines after error",
    "B07": "unlocks",
    "B08": "armed",
    "B09": "escapes",
    "B10": "spindle on too long, s",
    "B11": "stop to spindle off, s",
    "lost ok": "cost of each, s",
    "restart": "lines executed",
}


def attempt(case: str, seed: int) -> Trial:
    """Run one trial in this process."""
    try:
        return Trial(seed, CASES[case](seed))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what the bench counts
        return Trial(seed, 0.0, f"{type(error).__name__}: {error}")


def row(case: str, trials: Sequence[Trial], seconds: float) -> str:
    """One line of the table; without a failure in n trials the rate is below 3/n (95 %)."""
    count, failed = len(trials), sum(bool(trial.failure) for trial in trials)
    bound = "-" if failed else f"< {300 / count:.2g} %"
    figures = sorted(trial.figure for trial in trials if not trial.failure) or [0.0]
    p99 = figures[min(len(figures) - 1, int(0.99 * len(figures)))]
    middle = statistics.median(figures)
    return (
        f"{case:<8} {count:>6} {f'0-{count - 1}':>8} {failed:>6} {bound:>9} "
        f"{middle:>8.3g} {p99:>8.3g} {figures[-1]:>8.3g}  {FIGURES[case]:<23} {seconds:>5.0f} s"
    )


def main() -> int:
    """Run the cases that are asked for; the exit code is 1 if any trial failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.torture_mill", description=__doc__)
    parser.add_argument("cases", nargs="*", help="cases such as B01; all of them without")
    parser.add_argument("--full", action="store_true", help="full counts, which take an hour")
    parser.add_argument("--count", type=int, help="so many trials of each case")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    asked = parser.parse_args()
    if unknown := [case for case in asked.cases if case not in CASES]:
        parser.error(f"there is no case {unknown[0]}: choose from {', '.join(CASES)}")
    sys.stdout.write(
        f"{'case':<8} {'n':>6} {'seeds':>8} {'failed':>6} {'bound':>9} "
        f"{'median':>8} {'p99':>8} {'max':>8}  {'figure':<23}  took\n"
    )
    return max(_run(case, asked) for case in (asked.cases or FULL))


def _run(case: str, asked: argparse.Namespace) -> int:
    count = asked.count or (FULL[case] if asked.full else SMALL)
    begun_s = time.monotonic()
    with ProcessPoolExecutor(asked.jobs) as pool:
        trials = list(pool.map(partial(attempt, case), range(count)))
    sys.stdout.write(row(case, trials, time.monotonic() - begun_s) + "\n")
    for failed in [trial for trial in trials if trial.failure][:3]:
        sys.stdout.write(f"    seed {failed.seed}: {failed.failure[:300]}\n")
    sys.stdout.flush()
    return int(any(trial.failure for trial in trials))


if __name__ == "__main__":
    raise SystemExit(main())
