"""Every check of the project, one after the other: `./dipbike test [--quick | --peers]`."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""Most tests wait for a virtual machine: three files at a time keep two cores at work, the longest first."""
PROGRAMS = {"slicer": "prusa-slicer", "broker": "mosquitto", "browser": "chromium"}


@dataclass(frozen=True, slots=True)
class Check:
    """One command; it passes when it ends with 0."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class NotRun:
    """Something left out; `wanted` tells that a missing program, not an option, was the reason."""

    name: str
    why: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended."""

    name: str
    passed: bool
    duration_s: float


def find_program(name: str) -> str | None:
    """The path of a program; Debian keeps servers in /usr/sbin, which is not on every PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def left_out(*, quick: bool, peers: bool) -> dict[str, NotRun]:
    """The marks of the tests that are not run, each with its reason."""
    out: dict[str, NotRun] = {}
    for mark, program in PROGRAMS.items():
        if quick:
            out[mark] = NotRun(f"tests marked {mark}", "--quick was given", wanted=False)
        elif find_program(program) is None:
            out[mark] = NotRun(f"tests marked {mark}", f"{program} is not installed", wanted=True)
    if quick or not peers:
        why = "--quick was given" if quick else "--peers was not given"
        out["thorough"] = NotRun("tests marked thorough", why, wanted=False)
    if find_program("systemd-analyze") is None:
        why = "systemd-analyze is not installed"
        out["systemd"] = NotRun("checks of the systemd units", why, wanted=not quick)
    if not peers:
        out["peers"] = NotRun("tests against other people's programs", "--peers was not given", wanted=False)
    return out


def checks(deselected: Sequence[str], *, peers: bool) -> list[Check]:
    """The commands in their order: the quick and the plain ones first, other people's programs last."""
    marks = " and ".join(f"not {mark}" for mark in [*deselected, "peers"])
    pytest = [sys.executable, "-m", "pytest", "-m"]
    found = [
        Check("ruff: rules", [str(BIN / "ruff"), "check", "."]),
        Check("ruff: format", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("mypy: strict types", [str(BIN / "mypy")]),
        Check("import-linter: layers", [str(BIN / "lint-imports")]),
        Check("house: short files and functions", [sys.executable, "tests/frame/house.py"]),
        Check("pytest", [*pytest, marks, *SIDE_BY_SIDE]),
    ]
    if peers:
        found.append(Check("pytest: other people's programs", [*pytest, "peers", "tests/peers"]))
    return found


def run(check: Check) -> Result:
    """Run one check under a heading; its output goes straight to the reader."""
    say(f"\n=== {check.name}")
    start_s = time.monotonic()
    search = f"{BIN}:{os.environ.get('PATH', os.defpath)}"
    code = subprocess.run(check.command, cwd=ROOT, check=False, env={**os.environ, "PATH": search}).returncode
    result = Result(check.name, code == 0, time.monotonic() - start_s)
    verdict = "passed" if result.passed else f"FAILED (exit code {code})"
    say(f"--- {check.name}: {verdict} in {result.duration_s:.1f} s")
    return result


def summarise(results: Sequence[Result], missing: Sequence[NotRun]) -> None:
    """Say what passed, what failed, and what nobody looked at."""
    say("\n=== Summary")
    for result in results:
        say(f"{'passed' if result.passed else 'FAILED'}  {result.name} ({result.duration_s:.1f} s)")
    for item in missing:
        say(f"not run {item.name}: {item.why}")


def say(text: str) -> None:
    """Print at once, so that headings stand above the output of the commands."""
    print(text, flush=True)  # noqa: T201 - this is what a person reads


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="./dipbike test", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="no slicer, no broker, no browser, few seeds: minutes less"
    )
    parser.add_argument(
        "--peers", action="store_true", help="also against other people's programs, which are installed first"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run everything, also after a failure; 0 only if all passed and no wanted program was missing."""
    options = parse(arguments)
    out = left_out(quick=options.quick, peers=options.peers)
    deselected = [mark for mark in out if mark in {*PROGRAMS, "thorough"}]
    results = [run(check) for check in checks(deselected, peers=options.peers)]
    summarise(results, list(out.values()))
    incomplete = [item for item in out.values() if item.wanted]
    if incomplete:
        say("A program is missing, so this run proves too little. Install it, or say --quick.")
    return 0 if all(result.passed for result in results) and not incomplete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
