"""What must hold after every fault, read from the machine's own black box and from nothing else."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from drivers.gcode import Program

Entry: TypeAlias = dict[str, object]
Box: TypeAlias = Sequence[Entry]

_MOVE: Final = re.compile(r"G[0-3]\b")
_HOT: Final = re.compile(r"(?:M104|M109|M140|M190)\b.*[SR]\s*0*[1-9]")


def lines(program: Program) -> list[str]:
    """Return a program's moves as the black box writes them."""
    return [line.decode() for line in program if _MOVE.match(line.decode())]


def at_s(entry: Entry) -> float:
    """Return the machine's own instant of an entry."""
    return float(str(entry["t"]))


def of(box: Box, *kinds: str) -> list[Entry]:
    """Return the entries of these kinds."""
    return [entry for entry in box if entry["kind"] in kinds]


def executed(box: Box) -> list[str]:
    """Return the moves that were executed, in order."""
    return [str(entry["line"]) for entry in of(box, "exec") if _MOVE.match(str(entry["line"]))]


def i1_whole(box: Box, program: Program) -> None:
    """I1 at the end of a program: every move once and in order, and no part of a line beside them."""
    i1_prefix(box, program)
    missing = len(lines(program)) - len(executed(box))
    assert missing == 0, f"{missing} moves are missing"


def i1_prefix(box: Box, program: Program) -> None:
    """I1: what was executed is how the program begins, without gap, repetition or fragment."""
    wanted, seen = lines(program), executed(box)
    wrong = next((at for at, pair in enumerate(zip(wanted, seen, strict=False)) if pair[0] != pair[1]), None)
    assert wrong is None, f"move {wrong}: {seen[wrong]!r} instead of {wanted[wrong]!r}"
    assert len(seen) <= len(wanted), f"{len(seen) - len(wanted)} moves too many"
    assert not [entry for entry in of(box, "fragment") if entry["executed"]]


def i2_cold(box: Box, since_s: float, within_s: float) -> None:
    """I2: so soon after its end nothing is heated any more, and it stays so."""
    assert (late_s := cold_s(box, since_s)) <= within_s, f"the heat went off after {late_s:.2f} s"


def cold_s(box: Box, since_s: float) -> float:
    """Return how long after an instant some heater still had a target; infinity if it has one still."""
    targets: dict[str, float] = {}
    last_s = since_s
    for entry in of(box, "heater"):
        if any(targets.values()):
            last_s = max(last_s, at_s(entry))
        targets[str(entry["name"])] = float(str(entry["target"]))
    return math.inf if any(targets.values()) else last_s - since_s


def i4_one_at_a_time(box: Box, programs: Iterable[Program]) -> None:
    """I4 and I5: programs follow one another, each a prefix of itself, each at most once, none mixed."""
    seen = executed(box)
    for program in programs:
        wanted = lines(program)
        count = next(
            (at for at, line in enumerate(wanted) if at >= len(seen) or seen[at] != line), len(wanted)
        )
        seen = seen[count:]
    assert seen == [], f"{len(seen)} moves belong to no program that was ordered: {seen[:3]}"


def i5_ends_once(outcomes: Sequence[object], orders: int) -> None:
    """I5: every program that was ordered has ended, in exactly one way."""
    assert len(outcomes) == orders, f"{orders} orders, {len(outcomes)} ends"


def i6_silent_after(box: Box, since_s: float) -> None:
    """I6: after a stop no heat and no motion is received until somebody re-arms, which resets the board."""
    text = ""
    for entry in box:
        if entry["kind"] == "reset" and at_s(entry) > since_s:
            break
        if entry["kind"] == "rx" and at_s(entry) > since_s:
            text += str(entry["bytes"])
    wrong = [line for line in text.split("\n") if _MOVE.search(line) or _HOT.search(line)]
    assert wrong == [], f"after the stop: {wrong}"


def within_the_buffer(box: Box) -> None:
    """The board never had to throw bytes away."""
    lost = sum(int(str(entry["bytes"])) for entry in of(box, "overflow"))
    assert lost == 0, f"{lost} bytes overflowed"
