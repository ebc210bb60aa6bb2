"""`python -m tests.bench.crash_points`: the daemon killed at point after point, then booted and judged."""

import argparse
import asyncio
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final

from tests.crashing.fuse import CountedLoop, Fuse
from tests.crashing.judge import judge
from tests.crashing.scenario import play, teller

log = logging.getLogger(__name__)

LATE_S: Final = (0.0, 0.0, 0.001, 0.004)
"""Half of the deaths happen at their point, the others a little after it."""
TURNS_SHARE: Final = 0.3
GAVE_UP_S: Final = 150


def in_child(work: Callable[[int], None]) -> tuple[int, str]:
    """Do something in a forked process and return its exit status and what it wrote."""
    pid, ear = forked(work)
    with os.fdopen(ear, encoding="utf-8") as words:
        said = words.read()
    return os.waitpid(pid, 0)[1], said


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Begin something in a forked process; return its number and where to read what it writes."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ear)
        try:
            work(mouth)
            os._exit(0)
        except BaseException:
            log.exception("A child failed")
            os._exit(3)
    os.close(mouth)
    return pid, ear


def bounded(loop: asyncio.AbstractEventLoop, work: Coroutine[None, None, None]) -> None:
    """Run to the end, but not for ever."""
    asyncio.set_event_loop(loop)
    loop.run_until_complete(asyncio.wait_for(work, GAVE_UP_S))


def crash(
    folder: Path, at: int, after_s: float, *, counts_turns: bool
) -> tuple[bool, list[tuple[str, str]], int]:
    """Play until the point; return whether it died there, what was acknowledged, and the points passed."""

    def work(mouth: int) -> None:
        fuse = Fuse(at, after_s, counts_turns=counts_turns)
        fuse.lay(str(folder))
        tell = teller(mouth)
        bounded(CountedLoop(fuse), play(folder, fuse, tell))
        tell("points", str(fuse.points))

    status, said = in_child(work)
    told = [(str(what), str(state)) for what, state in map(json.loads, said.splitlines())]
    points = int(told.pop()[1]) if told and told[-1][0] == "points" else 0
    if not os.WIFSIGNALED(status) and not points:
        raise RuntimeError("the scenario failed by itself")
    return os.WIFSIGNALED(status), told, points


def boot(folder: Path, told: list[tuple[str, str]]) -> list[str]:
    """Boot in a process of its own and return what is wrong."""

    async def look(mouth: int) -> None:
        os.write(mouth, json.dumps(await judge(folder, told)).encode())

    status, said = in_child(lambda mouth: bounded(asyncio.new_event_loop(), look(mouth)))
    wrong: list[str] = json.loads(said) if status == 0 else [f"the boot ended with {status}"]
    return wrong


def trial(at: int, after_s: float, *, counts_turns: bool) -> tuple[bool, list[str]]:
    """One death, one boot."""
    with tempfile.TemporaryDirectory() as name:
        died, told, _ = crash(Path(name), at, after_s, counts_turns=counts_turns)
        return died, boot(Path(name), told)


def main() -> int:
    """Measure how many points there are, then die at them; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crash_points", description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="deaths at random points (0: each point once)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    dice = random.Random(asked.seed)  # noqa: S311 - a dice, no secret
    points = {turns: _points(counts_turns=turns) for turns in (False, True)}
    plan = _plan(points, asked.count, dice)
    end_s, deaths, wrong = time.monotonic() + 60 * asked.minutes, 0, 0
    for at, after_s, turns in plan:
        if time.monotonic() > end_s:
            break
        died, found = trial(at, after_s, counts_turns=turns)
        deaths += died
        wrong += bool(found)
        if found:
            sys.stdout.write(f"point {at} ({turns=}, {after_s=}): {'; '.join(found)}\n")
    sys.stdout.write(
        f"{points[False]} points of disk and queue, {points[True]} with turns of the loop; "
        f"{deaths} deaths, wrong {wrong}, bound 3/n: {300 / max(1, deaths):.2g} %\n"
    )
    return int(bool(wrong) or not deaths)


def _points(*, counts_turns: bool) -> int:
    with tempfile.TemporaryDirectory() as name:
        _, told, points = crash(Path(name), 0, 0.0, counts_turns=counts_turns)
        if found := boot(Path(name), told):
            raise RuntimeError(f"without any death: {found}")
        return points


def _plan(points: dict[bool, int], count: int, dice: random.Random) -> list[tuple[int, float, bool]]:
    """Each point of the disk once, or so many deaths anywhere."""
    if not count:
        return [(at, dice.choice(LATE_S), False) for at in range(1, points[False] + 1)]
    kinds = [dice.random() < TURNS_SHARE for _ in range(count)]
    return [(dice.randint(1, points[turns]), dice.choice(LATE_S), turns) for turns in kinds]


if __name__ == "__main__":
    raise SystemExit(main())
