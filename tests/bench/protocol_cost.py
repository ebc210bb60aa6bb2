"""`python -m tests.bench.protocol_cost`: processor time of the printer's protocol for each line."""

import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from drivers.gcode import Program
from drivers.marlin.protocol import MarlinProtocol

LINES: Final = 20_000
ROUNDS: Final = 5
LINE_S: Final = 0.0015
"""About the wire's time for a line at 250000 baud."""
WARM: Final = b" T:200.00 /200.00 B:60.00 /60.00 @:40 B@:10\n"


def program(lines: int = LINES) -> Program:
    """Make moves as a slicer writes them."""
    return Program.from_lines(
        b"G1 X%d.%03d Y%d.%03d E%d.%05d" % (i % 200, i % 999, i % 180, i % 997, i // 9, i % 99_999)
        for i in range(lines)
    )


def connected() -> MarlinProtocol:
    """Return a protocol whose board has answered everything that a connection asks."""
    protocol = MarlinProtocol()
    protocol.tick(0.0)
    answers = {b"M115": b"FIRMWARE_NAME:Marlin 2.1.2 (x)\nCap:AUTOREPORT_TEMP:1\nok\n", b"M105": b"ok" + WARM}
    protocol.receive(b"start\n", 0.0)
    for tick in range(1, 100):
        for line in protocol.take_output(tick / 100).split(b"\n"):
            command = line.partition(b" ")[2].partition(b"*")[0] if line.startswith(b"N") else line
            if command:
                protocol.receive(answers.get(command, b"ok\n"), tick / 100)
    return protocol


def cost_us(lines: Program) -> float:
    """Return the microseconds of processor time for a line: one `ok` in, one line out, as the pump asks."""
    protocol = connected()
    protocol.run(lines, 1.0)
    begun_s = time.process_time()
    _stream(protocol, count(1.0, LINE_S))
    return 1e6 * (time.process_time() - begun_s) / lines.line_count


def _stream(protocol: MarlinProtocol, clock: "count[float]") -> None:
    under_way: list[bytes] = []
    while True:
        now_s = next(clock)
        while out := protocol.take_output(now_s):
            under_way.append(out)
        if not under_way or b"M400" in under_way[0]:
            return
        deadline_s = protocol.deadline_s()
        if deadline_s is not None and deadline_s <= now_s:
            protocol.tick(now_s)
        is_asked = b"M105" in under_way.pop(0)
        protocol.receive(b"ok" + WARM if is_asked else b"ok\n", now_s)


def best(measure: Callable[[Program], float], lines: Program) -> float:
    """Return the best of some rounds: other programs only ever add."""
    rounds: Sequence[float] = [measure(lines) for _ in range(ROUNDS)]
    return min(rounds)


def main() -> int:
    """Print the cost of a line."""
    sys.stdout.write(f"{best(cost_us, program()):.1f} us of processor time a line\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
