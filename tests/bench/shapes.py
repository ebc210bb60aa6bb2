"""How long shapes take: `python -m tests.bench.shapes [REPEATS]`.

Prints the best and the median of the repeats for each shape's mesh and outline, then for a name tag from its
text to a program. Shapes are timed in processor time; the program in time on the wall, which a busy computer
lengthens, with the processor time of the child and of PrusaSlicer beside it.
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jobs.designs.bring import bring
from jobs.designs.catalogue import SHAPES, Source, mill_shape, print_shape
from jobs.machines import PROFILES
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.types import Design, DesignKind, Parameter
from tests.jobs.designs import sketches

WORDS: dict[DesignKind, str] = {
    DesignKind.NAME_TAG: "Zoë & Łukasz",
    DesignKind.STAMP: "Lu et approuvé",
    DesignKind.MEDAL: "Championne du quartier",
    DesignKind.PLANT_LABEL: "Tomates cerises",
}
Clock = Callable[[], float]
WAITS_MS = {"preview": 300, "program": 2000}


def timed(work: Callable[[], object], repeats: int, clock: Clock = time.process_time) -> tuple[float, float]:
    """Best and median milliseconds."""
    spent_ms = []
    for _ in range(repeats):
        started_s = clock()
        work()
        spent_ms.append((clock() - started_s) * 1000)
    return min(spent_ms), statistics.median(spent_ms)


def childrens_s() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shapes(repeats: int) -> float:
    """Print a row for each shape; returns the slowest best time."""
    slowest = 0.0
    for kind, shape in SHAPES.items():
        drawn = shape.source in {Source.DRAWING, Source.DRAWING_OR_NOT}
        file = sketches.FREEMIND if shape.source is Source.MIND_MAP else sketches.FACE if drawn else b""
        file = sketches.HEART if kind is DesignKind.COOKIE_CUTTER else file
        brought = bring(kind, file)
        words: dict[str, Parameter] = {"text": WORDS[kind]} if kind in WORDS else {}
        printed = timed(lambda: print_shape(kind, words, brought), repeats)  # noqa: B023 - called at once
        row = f"{kind:<14} mesh {printed[0]:6.0f} {printed[1]:6.0f} ms"
        slowest = max(slowest, printed[0])
        if shape.milled:
            wide: dict[str, Parameter] = {"width_mm": 240} if kind is DesignKind.NAME_TAG else {}
            milled = timed(lambda: mill_shape(kind, words | wide, brought), repeats)  # noqa: B023 - as above
            row += f"   outline {milled[0]:6.0f} {milled[1]:6.0f} ms"
            slowest = max(slowest, milled[0])
        sys.stdout.write(f"{row}\n")
    return slowest


def tag_to_program() -> None:
    """Prepare a name tag as the bike does, child process and PrusaSlicer included."""
    with tempfile.TemporaryDirectory() as folder:
        design = Design(DesignKind.NAME_TAG, PROFILES["i3"].kind, None, {"text": WORDS[DesignKind.NAME_TAG]})
        request = PrepareRequest(design, "i3", None, Path(folder))
        asyncio.run(prepare(request, lambda _stage, _share: None))


def main() -> int:
    """Print all; 0 when the best times keep what was promised."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    slowest = shapes(repeats)
    before_s = childrens_s()
    whole = timed(tag_to_program, repeats, time.perf_counter)
    cpu_ms = (childrens_s() - before_s) / repeats * 1000
    sys.stdout.write(f"name tag, text to program: {whole[0]:.0f} {whole[1]:.0f} ms, CPU {cpu_ms:.0f} ms\n")
    return int(slowest > WAITS_MS["preview"] or whole[0] > WAITS_MS["program"])


if __name__ == "__main__":
    sys.exit(main())
