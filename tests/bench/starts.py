"""`python -m tests.bench.starts`: twice 10,000 starts at once, judged by clients and machines."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.onboard.rig import rig_in
from tests.starting.claimants import contend, fill
from tests.starting.crowd import crowd, mixed, started
from tests.starting.history import overlaps

PROCESSES: Final = 5
THREADS: Final = 10
ROUNDS: Final = 200


def on_the_queue(rounds: int) -> int:
    """Claims by processes with a connection a client; return how often two held the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        fill(path)
        begun_s = time.monotonic()
        notes = contend(path, PROCESSES, THREADS, rounds)
        took_s = time.monotonic() - begun_s
    wrong = len(overlaps(notes.holdings))
    tell("on the queue", notes.answers, took_s, wrong)
    return wrong


async def on_the_bike(rounds: int) -> int:
    """Tabs, people and the scheduler on one daemon; return how often a machine or a participant had two."""
    with tempfile.TemporaryDirectory() as folder:
        async with rig_in(Path(folder)) as rig:
            await rig.go()
            await rig.open_halt()
            begun_s = time.monotonic()
            outcome = await crowd(rig, PROCESSES * THREADS, rounds)
            took_s = time.monotonic() - begun_s
            starts = started(rig, outcome.jobs)
            torn = [mixed(rig.executed(name), starts) for name in ("prusa", "mill")]
    wrong = len(outcome.wrong_looks) + sum(map(len, torn))
    tell("on the bike", outcome.answers, took_s, wrong)
    sys.stdout.write(f"  {starts.total()} starts of {len(outcome.jobs)} jobs, {outcome.looks} looks\n")
    return wrong


def tell(where: str, answers: Counter[str], took_s: float, wrong: int) -> None:
    """One line; without a failure in n the rate is below 3/n (95 %)."""
    count, what = answers.total(), ", ".join(f"{name} {number}" for name, number in answers.most_common())
    sys.stdout.write(
        f"{where}: {count} requests of {PROCESSES * THREADS} clients in {took_s:.0f} s ({what}); "
        f"two at once {wrong}, bound 3/n: {300 / count:.2g} %\n"
    )


def main() -> int:
    """Contend; 1 when two ever held the same."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.starts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of 50 clients ({ROUNDS})")
    rounds = parser.parse_args().rounds
    return int(bool(on_the_queue(rounds) + asyncio.run(on_the_bike(rounds))))


if __name__ == "__main__":
    raise SystemExit(main())
