"""`python -m tests.bench.plan_judge`: plans beside proven optima, on questions never seen before."""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.plan import plan
from tests.bench.plan_instances import Table, instance
from tests.jobs.planner.feasibility import energies, faults

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dipbike-bench"
ROOT: Final = Path(__file__).parents[2]
SOLVER: Final = "ortools>=9.14,<10"

MODEL: Final = 1
"""Grows with every change of the model in plan_optimum.py: what was solved before is asked anew."""


@dataclass(frozen=True, slots=True)
class Score:
    """One question: promises and first jobs of ours, of the solver's plan, and of its bound; our time."""

    seed: int
    ours: tuple[int, int]
    found: tuple[int, int]
    bound: tuple[int, int]
    took_ms: float
    faults: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Does the solver know that nothing better exists?"""
        return self.bound in {self.found, self.ours}

    @property
    def falls_short(self) -> bool:
        """Worth a look: a broken rule, a missing participant, or slowness."""
        return bool(self.faults) or self.ours != self.bound or self.took_ms > 100


class Judge:
    """CP-SAT in an environment of its own: it is no dependency of ours; answers are kept on disk."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        folder = CACHE / "ortools"
        if not (folder / "done").exists():
            venv.create(folder, with_pip=True, clear=True)
            subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", SOLVER], check=True)
            (folder / "done").touch()
        command = [folder / "bin" / "python", "-m", "tests.bench.plan_optimum"]
        self._solver = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def optimum(self, question: Table, hint: list[str]) -> Table:
        """Ask for the optimum of a question; one that was asked before is not solved again."""
        text = json.dumps([question, self.limit_s, MODEL])
        kept = CACHE / "optima" / (hashlib.sha256(text.encode()).hexdigest() + ".json")
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(self._solve({"instance": question, "limit_s": self.limit_s, "hint": hint}))
        found: Table = json.loads(kept.read_text())
        return found

    def _solve(self, asked: Table) -> str:
        if self._solver.stdin is None or self._solver.stdout is None:
            raise RuntimeError("the solver has no pipes")
        self._solver.stdin.write(json.dumps(asked) + "\n")
        self._solver.stdin.flush()
        return self._solver.stdout.readline()

    def close(self) -> None:
        """Let the solver go."""
        self._solver.communicate()


def judged(seed: int, judge: Judge | None) -> Score:
    """Plan one question, check the plan minute by minute, and ask for the optimum."""
    question = instance(seed)
    text = json.dumps(question)
    asked = parse_instance(text)
    began = time.perf_counter()
    made = plan(asked)
    took_ms = 1000 * (time.perf_counter() - began)
    answer = plan_json(made)
    broken = tuple(faults(text, answer))
    ours = counted(question, json.loads(answer))
    if judge is None:
        return Score(seed, ours, ours, ours, took_ms, broken)
    lanes = {device["id"]: index for index, device in enumerate(question["devices"])}
    best = judge.optimum(question, [f"{start.job}@{lanes[start.device]}" for start in made.starts])
    found, bound = ((best["promises" + of], best["firsts" + of]) for of in ("", "_bound"))
    return Score(seed, ours, found, bound, took_ms, broken)


def counted(question: Table, answer: Table) -> tuple[int, int]:
    """Promises kept (as many as half of the budget holds) and participants with their first job."""
    jobs = {job["id"]: job for job in question["jobs"]}
    spent = energies(json.dumps(question), json.dumps(answer))
    room, kept = max(0, int(question["budget_wh"] * 10 + 1e-6)) // 2, 0
    for tenths in sorted(tenths for name, tenths in spent if jobs[name]["promised"]):
        if tenths <= room:
            room, kept = room - tenths, kept + 1
    began = [jobs[name] for name, _ in spent]
    people = {job["participant"] or "job " + job["id"] for job in began}
    return kept, sum(1 for name in people if not question["served"].get(name))


def report(scores: Sequence[Score]) -> None:
    """The sums, beside what is proven and beside the best that anybody found."""
    ours = sum(sum(score.ours) for score in scores)
    bound = sum(sum(score.bound) for score in scores)
    found = sum(max(sum(score.found), sum(score.ours)) for score in scores)
    took = sorted(score.took_ms for score in scores)
    say(f"{len(scores)} questions, {sum(score.is_proven for score in scores)} with a proven optimum")
    say(f"infeasible plans: {sum(bool(score.faults) for score in scores)}")
    say(f"promises and first jobs: {ours} of at most {bound} ({ours / max(bound, 1):.4f})")
    say(f"beside the best plan found by either: {ours / max(found, 1):.4f}")
    say(
        f"median {statistics.median(took):.1f} ms, 95 % {took[len(took) * 95 // 100]:.1f}, max {took[-1]:.1f}"
    )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Judge a range of seeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.plan_judge", description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--count", type=int, default=100, help="how many seeds")
    parser.add_argument("--limit-s", type=float, default=10.0, help="seconds for the solver a question")
    parser.add_argument("--without-optimum", action="store_true", help="only check and time the plans")
    parser.add_argument("--verbose", action="store_true", help="tell each question that falls short")
    asked = parser.parse_args()
    judge = None if asked.without_optimum else Judge(asked.limit_s)
    scores = []
    for seed in range(asked.first, asked.first + asked.count):
        scores.append(judged(seed, judge))
        if asked.verbose and scores[-1].falls_short:
            say(str(scores[-1]))
    if judge:
        judge.close()
    report(scores)


if __name__ == "__main__":
    main()
