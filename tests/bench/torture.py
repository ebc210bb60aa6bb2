"""`python -m tests.bench.torture`: the fault cases of the printer, many times each, as a table."""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.drivers.marlin import fault_cases, fault_device

LONG_LINES: Final = 2000
LONG: Final = frozenset({"A01", "A02", "A03"})
"""With full counts these print programs of LONG_LINES lines."""
LOADED: Final = "A18 loaded"
FULL: Final = {
    "A01": 500,
    "A02": 500,
    "A03": 500,
    "A04": 1000,
    "A05": 100,
    "A06": 200,
    "A07": 300,
    "A08": 200,
    "A09": 200,
    "A12": 100,
    "A13": 100,
    "A15": 1000,
    "A16": 5000,
    "A17": 500,
    "A20": 100,
    "A20 honest": 100,
    "A21": 100,
    "A01-A04 device": 100,
    "A10": 50,
    "A11": 200,
    "A14": 50,
    "A18": 500,
    LOADED: 500,
    "A19": 100,
}
FEW: Final = {"A14": 1, "A03": 10, "A10": 4, "A01-A04 device": 4}
SMALL: Final = 20
FIGURES: Final = {
    "A01": "longest stall, s",
    "A02": "overflow, bytes",
    "A03": "time lost, %",
    "A04": "surplus lines",
    "A05": "to the fault, s",
    "A06": "to the fault, s",
    "A07": "to the fault, s",
    "A08": "moves after reset",
    "A09": "bytes before banner",
    "A11": "reconnected, s",
    "A12": "timeouts",
    "A13": "to the fault, s",
    "A14": "cold by M85, s",
    "A15": "heat off on wire, s",
    "A16": "heat off, s",
    "A18": "call to wire, s",
    LOADED: "call to wire, s",
    "A19": "call to wire, s",
    "A20": "to the fault, s",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One seed of one case: its figure, or what went wrong."""

    seed: int
    figure: float
    failure: str = ""


def attempt(case: str, *, is_full: bool, seed: int) -> Trial:
    """Run one trial in this process."""
    try:
        return Trial(seed, _figure(case, is_full=is_full, seed=seed))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what the bench counts
        return Trial(seed, 0.0, f"{type(error).__name__}: {error}")


def _figure(case: str, *, is_full: bool, seed: int) -> float:
    name = "A18" if case == LOADED else case
    if name in fault_device.CASES:
        return asyncio.run(_awaited(name, seed))
    if is_full and name in LONG:
        long_case = {
            "A01": fault_cases.a01_lost_ok,
            "A02": fault_cases.a02_odd_ok,
            "A03": fault_cases.a03_noise,
        }[name]
        return long_case(seed, LONG_LINES)
    return fault_cases.CASES[name](seed)


async def _awaited(name: str, seed: int) -> float:
    return await fault_device.CASES[name](seed)


@contextmanager
def load(case: str) -> Iterator[None]:
    """Keep every processor busy while a loaded case runs."""
    burners = [
        multiprocessing.get_context("spawn").Process(target=_burn, daemon=True)
        for _ in range(os.cpu_count() or 1 if case == LOADED else 0)
    ]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.terminate()


def _burn() -> None:
    while True:
        pass


def row(case: str, trials: Sequence[Trial], seconds: float) -> str:
    """One line of the table; without a failure in n trials the rate is below 3/n (95 %)."""
    count, failed = len(trials), [trial for trial in trials if trial.failure]
    bound = "-" if failed else f"< {300 / count:.2g} %"
    figures = sorted(trial.figure for trial in trials if not trial.failure) or [0.0]
    p99 = figures[min(len(figures) - 1, int(0.99 * len(figures)))]
    middle = statistics.median(figures)
    return (
        f"{case:<15} {count:>5} {f'0-{count - 1}':>8} {len(failed):>6} {bound:>9} "
        f"{middle:>9.4g} {p99:>9.4g} {figures[-1]:>9.4g}  {FIGURES.get(case, ''):<20} {seconds:>6.0f} s"
    )


def main() -> int:
    """Run the cases that are asked for; the exit code is 1 if any trial failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.torture", description=__doc__)
    parser.add_argument("cases", nargs="*", help="cases such as A01; all of them without")
    parser.add_argument("--full", action="store_true", help="full counts, which take hours")
    parser.add_argument("--count", type=int, help="so many trials of each case")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    asked = parser.parse_args()
    sys.stdout.write(
        f"{'case':<15} {'n':>5} {'seeds':>8} {'failed':>6} {'bound':>9} "
        f"{'median':>9} {'p99':>9} {'max':>9}  {'figure':<20}   took\n"
    )
    return max(_run(case, asked) for case in (asked.cases or FULL))


def _run(case: str, asked: argparse.Namespace) -> int:
    count = asked.count or (FULL[case] if asked.full else FEW.get(case, SMALL))
    begun_s = time.monotonic()
    trial = partial(_numbered, case, asked.full)
    with load(case), ProcessPoolExecutor(asked.jobs) as pool:
        trials = list(pool.map(trial, range(count)))
    sys.stdout.write(row(case, trials, time.monotonic() - begun_s) + "\n")
    for failed in [each for each in trials if each.failure][:3]:
        sys.stdout.write(f"    seed {failed.seed}: {failed.failure[:300]}\n")
    sys.stdout.flush()
    return int(any(each.failure for each in trials))


def _numbered(case: str, is_full: bool, seed: int) -> Trial:
    return attempt(case, is_full=is_full, seed=seed)


if __name__ == "__main__":
    raise SystemExit(main())
