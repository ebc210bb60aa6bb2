"""How much of the wire a mill gets, and how soon it stops: `python -m tests.bench.grbl_wire`."""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from drivers.errors import DriverError
from drivers.gcode import Program
from drivers.grbl.mill import Mill
from drivers.transport import open_transport

BITS_PER_BYTE: Final = 10
READY_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Case:
    """One line to one kind of mill."""

    dialect: str
    baud_bps: int
    latency_ms: int


CASES: Final = (
    Case("grbl", 115_200, 1),
    Case("grbl", 250_000, 1),
    Case("grbl", 115_200, 16),
    Case("grblhal", 115_200, 16),
)


@contextmanager
def machine(case: Case, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Let a virtual mill live in a process of its own; its moves take no time: the wire is the limit."""
    port, box = folder / "port", folder / "box.jsonl"
    command = [
        sys.executable,
        "-m",
        "onboard.cli.simulate",
        "grbl",
        "--link",
        str(port),
        "--black-box",
        str(box),
    ]
    traits = ["--board", "instant", "--board", f"dialect={case.dialect}"]
    wire = ["--baud", str(case.baud_bps), "--latency-ms", str(case.latency_ms)]
    with subprocess.Popen([*command, *traits, *wire], stdout=subprocess.DEVNULL) as process:
        until_s = time.monotonic() + READY_S
        while not port.is_symlink() and time.monotonic() < until_s:
            time.sleep(0.05)
        yield port, box
        process.terminate()


def program(lines: int) -> Program:
    """Lines of 37 bytes, as in the table of the design."""
    dice = random.Random(1)  # noqa: S311 - a dice, no secret
    return Program.from_lines(
        b"G1 X%09.4f Y%09.4f F600.000" % (dice.uniform(0, 99), dice.uniform(0, 99)) for _ in range(lines)
    )


def entries(box: Path, kind: str) -> list[dict[str, object]]:
    """What the mill's black box holds of a kind."""
    found = (json.loads(line) for line in box.read_text().splitlines())
    return [entry for entry in found if entry["kind"] == kind]


def instant(entry: dict[str, object]) -> float:
    """When it was recorded, in seconds."""
    return float(str(entry["t"]))


async def stream(case: Case, lines: int) -> tuple[float, float]:
    """Return the share of the wire that lines got, by the black box, and CPU seconds a 10,000 lines."""
    todo = program(lines)
    with tempfile.TemporaryDirectory() as folder, machine(case, Path(folder)) as (port, box):
        mill = Mill("mill", partial(open_transport, str(port), case.baud_bps), case.baud_bps)
        await mill.connect()
        begun_s = time.process_time()
        await mill.run(todo)
        cpu_s = time.process_time() - begun_s
        await mill.close()
        taken = [str(entry["line"]) for entry in entries(box, "exec")]
        assert taken == [line.replace(b" ", b"").decode() for line in todo], "a line was lost"
        assert not entries(box, "fault"), "the mill's buffer overflowed"
        got = [entry for entry in entries(box, "rx") if set("GXYF0123456789") & set(str(entry["data"]))]
        first = next(entry for entry in got if "G1" in str(entry["data"]))
        span_s = instant(got[-1]) - instant(first)
    return len(todo.data) * BITS_PER_BYTE / case.baud_bps / span_s, cpu_s / lines * 10_000


async def stops(case: Case, count: int) -> list[float]:
    """Return the seconds from the call of `stop` to the arrival of its first byte, under a full stream."""
    delays_s, todo = [], program(4000)
    dice = random.Random(2)  # noqa: S311 - a dice, no secret
    with tempfile.TemporaryDirectory() as folder, machine(case, Path(folder)) as (port, box):
        for _ in range(count):
            mill = Mill("mill", partial(open_transport, str(port), case.baud_bps), case.baud_bps)
            await mill.connect()
            run = asyncio.create_task(mill.run(todo))
            await asyncio.sleep(dice.uniform(0.2, 0.5))
            asked_s = time.monotonic()
            mill.stop()
            with suppress(DriverError):
                await run
            await asyncio.sleep(0.1)
            await mill.close()
            delays_s.append(_arrival_s(box, asked_s) - asked_s)
    return delays_s


def _arrival_s(box: Path, asked_s: float) -> float:
    """When the last `!` of the black box arrived, on our clock; it came after we asked."""
    born_s = float(str(entries(box, "born")[0]["monotonic_s"]))
    arrived_s = born_s + max(instant(entry) for entry in entries(box, "rx") if "!" in str(entry["data"]))
    assert arrived_s > asked_s, "a stop never arrived"
    return arrived_s


async def main(lines: int, count: int) -> None:
    """Print the table."""
    say(f"{'mill':8} {'baud':>7} {'latency':>8} {'of the wire':>12} {'CPU s / 10k lines':>18}   n lines")
    for case in CASES:
        share, cpu_s = await stream(case, lines)
        who = f"{case.dialect:8} {case.baud_bps:7} {case.latency_ms:5} ms"
        say(f"{who} {share:11.1%} {cpu_s:18.2f}   {lines}")
    delays_ms = sorted(1000 * delay_s for delay_s in await stops(CASES[0], count))
    median, worst = statistics.median(delays_ms), delays_ms[-1]
    total = lines * len(CASES)
    say(f"stop, call to wire, 115200 baud: median {median:.1f} ms, worst {worst:.1f} ms, n = {count}")
    say(f"lines lost, repeated or changed: 0 of {total} (less than {3 / total:.1e})")
    say(f"stops that never arrived: 0 of {count} (less than {3 / count:.1%})")


def say(row: str) -> None:
    """Write a row as soon as it is known."""
    sys.stdout.write(row + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=3000)
    parser.add_argument("--stops", type=int, default=60)
    options = parser.parse_args()
    asyncio.run(main(options.lines, options.stops))
