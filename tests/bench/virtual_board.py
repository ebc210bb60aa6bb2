"""A virtual printer in a process of its own, and what its black box tells of a run."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.urgency import PRIORITY
from tests.drivers import invariants as must

BITS_PER_BYTE: Final = 10
READY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Board:
    """The port of a virtual printer and the file of its black box."""

    port: Path
    file: Path

    @property
    def box(self) -> list[must.Entry]:
        """The black box so far."""
        lines = self.file.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]


def go_before_all(pid: int) -> None:
    """A real board has a processor of its own; a virtual one must not wait for ours, where allowed."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(PRIORITY + 1))


@contextmanager
def virtual_board(
    folder: Path, baud_bps: int, latency_ms: float, traits: Sequence[str] = (), faults: Sequence[str] = ()
) -> Iterator[Board]:
    """Plug a virtual printer in and pull it out again."""
    board = Board(folder / "port", folder / "box.jsonl")
    board.file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "onboard.cli.simulate", "marlin", "--link", str(board.port)]
    command += ["--black-box", str(board.file), "--baud", str(baud_bps), "--latency-ms", str(latency_ms)]
    for option, words in (("--board", ("boot=0.5", *traits)), ("--fault", faults)):
        for word in words:
            command += [option, word]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        go_before_all(process.pid)
        try:
            give_up_s = time.monotonic() + READY_S
            while not board.port.is_symlink() and time.monotonic() < give_up_s:
                time.sleep(0.05)
            yield board
        finally:
            process.terminate()


def goodput_share(box: must.Box, baud_bps: int) -> float:
    """Return the share of the wire that carried moves, each counted once, as long as moves came."""
    moves = [entry for entry in must.of(box, "exec") if str(entry["line"])[:2] in {"G0", "G1"}]
    carried = sum(_wire_bytes(entry) for entry in moves[1:])
    took_s = must.at_s(moves[-1]) - must.at_s(moves[0])
    return carried * BITS_PER_BYTE / baud_bps / took_s


def _wire_bytes(entry: must.Entry) -> int:
    body = f"N{entry['n']} {entry['line']}"
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return len(f"{body}*{checksum}\n")


def longest_gap_s(box: must.Box) -> float:
    """Return the longest time without a move between the first move and the last."""
    instants = [must.at_s(entry) for entry in must.of(box, "exec") if str(entry["line"])[:2] == "G1"]
    return max((after - before for before, after in itertools.pairwise(instants)), default=0)


def starved_s(box: must.Box) -> float:
    """Return how long the planner stood still between moves."""
    return sum(float(str(entry["seconds"])) for entry in must.of(box, "starved"))
