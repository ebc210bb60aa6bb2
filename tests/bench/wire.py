"""`python -m tests.bench.wire`: how well the wire to a printer is used, side by side in one run."""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from drivers.gcode import Program
from drivers.marlin.printer import Printer
from drivers.transport import open_transport
from tests.bench import own_time, senders
from tests.bench.virtual_board import Board, goodput_share, longest_gap_s, starved_s, virtual_board
from tests.drivers import invariants as must

WIRES: Final = ((115_200, 1), (250_000, 1), (115_200, 16), (250_000, 16))
SPEEDS_MM_S: Final = (60, 100, 120)
SEGMENT_MM: Final = 0.25
FAST: Final = 250_000


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def plain(count: int) -> list[bytes]:
    """Lines that have 37 bytes on the wire."""
    return [b"G1 X%06.2f Y%06.2f E%07.4f" % (i % 180, i % 170, i / 1000 % 90) for i in range(count)]


def curve(count: int, speed_mm_s: int) -> list[bytes]:
    """A long straight way in segments of a quarter of a millimetre, there and back."""
    lines = [b"G1 X0.00 Y10.000 F%d" % (60 * speed_mm_s)]
    for index in range(count):
        at = index % 1400
        x_mm = SEGMENT_MM * (at if at < 700 else 1400 - at)
        lines.append(b"G1 X%07.3f Y10.000 E%07.4f" % (x_mm, index / 1000))
    return lines


class Bench:
    """Runs senders on fresh virtual boards."""

    def __init__(self, folder: Path, lines: int) -> None:
        self.folder = folder
        self.lines = lines

    def stream(
        self,
        sender: senders.Command,
        wire: tuple[int, float],
        lines: Sequence[bytes],
        *,
        traits: Sequence[str] = ("instant",),
        faults: Sequence[str] = (),
    ) -> tuple[Board, senders.Cost]:
        """Let a sender stream lines to a board."""
        file = self.folder / "program.gcode"
        file.write_bytes(b"".join(line + b"\n" for line in lines))
        with virtual_board(self.folder, wire[0], wire[1], traits, faults) as board:
            cost = senders.run(sender(board.port, file, wire[0]))
            time.sleep(0.3)
        return board, cost

    def share(self, sender: senders.Command, wire: tuple[int, float], count: int, *faults: str) -> float:
        """Return the share of the wire that a sender uses; faults must not change what is executed."""
        lines = plain(count)
        board, cost = self.stream(sender, wire, lines, faults=faults)
        if faults:
            must.i1_whole(board.box, Program.from_lines(lines))
        if cost.code:
            say(f"    exit code {cost.code}")
        return goodput_share(board.box, wire[0])


def compare(bench: Bench, c: senders.Command | None, peer: senders.Command | None) -> None:
    """The table of shares."""
    heads = (f"{'baud':>7} {'USB':>6} {'ours':>7} {'C':>7} {'printcore':>9}", f"{'ours/C':>7}")
    say(f"{heads[0]} {heads[1]} {'ours/printcore':>14} {'ours, own time':>14}")
    for wire in WIRES:
        mine = bench.share(senders.ours(), wire, bench.lines)
        theirs = bench.share(c, wire, bench.lines) if c else float("nan")
        peers = bench.share(peer, wire, bench.lines // 3) if peer else float("nan")
        say(
            f"{wire[0]:>7} {wire[1]:>3} ms {mine:>7.1%} {theirs:>7.1%} {peers:>9.1%} "
            f"{mine / theirs:>7.1%} {mine / peers:>12.2f} x {own_time.share(plain(1500), *wire):>14.1%}"
        )


def starve(bench: Bench, seconds: float) -> None:
    """Short segments at printing speeds: nothing may stand still where the wire suffices."""
    for speed_mm_s in SPEEDS_MM_S:
        lines = curve(int(seconds * speed_mm_s / SEGMENT_MM), speed_mm_s)
        board, _ = bench.stream(senders.ours(), (FAST, 1), lines, traits=("acceleration=3000",))
        lost_s = own_time.took_s(board.box) - own_time.least_s(len(lines) - 1, SEGMENT_MM, speed_mm_s)
        say(
            f"{SEGMENT_MM} mm at {speed_mm_s} mm/s, {FAST} baud: the planner stood still for "
            f"{starved_s(board.box):.3f} s and lost {lost_s:.3f} s of {seconds:.0f} s; "
            f"in the board's own time {own_time.starved_s(lines, FAST):.3f} s"
        )


def costs(bench: Bench) -> None:
    """Processor and memory of `dipbike stream`, without what it takes to start."""
    _, started = bench.stream(senders.ours(), (FAST, 1), plain(1))
    _, cost = bench.stream(senders.ours(), (FAST, 1), plain(bench.lines))
    per_10k_s = (cost.cpu_s - started.cpu_s) / bench.lines * 10_000
    say(f"processor: {per_10k_s:.2f} s per 10,000 lines (start {started.cpu_s:.2f} s)")
    say(f"memory: {cost.rss_mib:.1f} MiB")


def troubles(bench: Bench) -> None:
    """What one lost `ok` and one damaged line in a hundred cost."""
    lines = plain(bench.lines)
    board, _ = bench.stream(senders.ours(), (115_200, 1), lines, faults=[f"lose-ok@{bench.lines // 2}"])
    must.i1_whole(board.box, Program.from_lines(lines))
    say(f"one lost ok: {longest_gap_s(board.box):.3f} s without a move")
    clean = bench.share(senders.ours(), (115_200, 1), bench.lines)
    hurt = bench.share(senders.ours(), (115_200, 1), bench.lines, "corrupt-in=0.01")
    say(f"1 % damaged lines: {1 - hurt / clean:.1%} of the throughput, every line once and in order")


async def stop_s(board: Board, lines: Sequence[bytes], wait_s: float) -> float:
    """Stop a printer in mid-stream; return the seconds from the call to the first bit of M112 on the wire."""
    printer = Printer("p", lambda: open_transport(str(board.port), 115_200), 115_200)
    await printer.connect()
    task = asyncio.create_task(printer.run(Program.from_lines(lines)), name="print")
    await asyncio.sleep(wait_s)
    called_s = time.monotonic()
    printer.stop()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.3)
    await printer.close()
    return _on_wire_s(board) - called_s


def _on_wire_s(board: Board) -> float:
    """Return the monotonic instant at which the last stop began to travel: its first M112 of two."""
    box = board.box
    born_s = float(str(must.of(box, "born")[0]["monotonic_s"]))
    stops = [entry for entry in must.of(box, "rx") if "M112" in str(entry["bytes"])]
    return born_s + must.at_s(stops[-2]) - len("M112\n") * 10 / 115_200


def stops(bench: Bench, count: int) -> None:
    """From the call of stop to the wire, under full stream and with a full planner."""
    throw = random.Random(1)  # noqa: S311 - a dice, no secret
    for name, trait in (("full stream", "instant"), ("full planner", "acceleration=1000")):
        with virtual_board(bench.folder, 115_200, 1, (trait,)) as board:
            took_ms = [
                1000 * asyncio.run(stop_s(board, plain(5000), throw.uniform(0.3, 0.8))) for _ in range(count)
            ]
        say(
            f"stop, call to wire, {name}: median {statistics.median(took_ms):.2f} ms, "
            f"worst {max(took_ms):.2f} ms of {count}, missed 0 (rate < {300 / count:.2g} %)"
        )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wire", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more lines and more stops")
    parser.add_argument("--without-printcore", action="store_true", help="do not install or run Printrun")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), 10_000 if asked.full else 1500)
        compare(bench, senders.in_c(), None if asked.without_printcore else senders.printcore())
        starve(bench, 9.6 if asked.full else 4.0)
        costs(bench)
        troubles(bench)
        stops(bench, 200 if asked.full else 8)


if __name__ == "__main__":
    main()
