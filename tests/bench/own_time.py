"""The same figures in the board's own time: what protocol and wire allow, whatever else the computer does."""

from collections.abc import Sequence

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.sim_options import Profile
from drivers.marlin.sim_planner import Block, Planner
from tests.bench.virtual_board import goodput_share
from tests.drivers import invariants as must
from tests.drivers.marlin.fault_bench import INSTANT, FaultBench

ACCELERATION_MM_S2 = 3000.0
QUICK = Profile(acceleration_mm_s2=ACCELERATION_MM_S2)
_ALONG_X = (1.0, 0.0, 0.0, 0.0)


def share(lines: Sequence[bytes], baud_bps: int, latency_ms: float) -> float:
    """Return the share of the wire that carries moves which take no time."""
    return goodput_share(_printed(lines, INSTANT, baud_bps, latency_ms).box, baud_bps)


def starved_s(lines: Sequence[bytes], baud_bps: int) -> float:
    """Return how long the planner stood still within a run of moves."""
    box = _printed(lines, QUICK, baud_bps, 1.0).box
    return sum(float(str(entry["seconds"])) for entry in must.of(box, "starved"))


def took_s(box: must.Box) -> float:
    """Return the time from the first move to the end of the last."""
    begun = next(entry for entry in must.of(box, "exec") if str(entry["line"]).startswith("G1"))
    ended = [entry for entry in must.of(box, "exec") if entry["line"] == "M114"][-1]
    return must.at_s(ended) - must.at_s(begun)


def least_s(count: int, segment_mm: float, speed_mm_s: float) -> float:
    """Return how long a straight way takes when the planner is always full."""
    planner = Planner(ACCELERATION_MM_S2, lambda _at_s, _seconds: None)
    now_s = 0.0
    for _ in range(count):
        while not planner.free:
            now_s = planner.next_s
            planner.advance(now_s)
        planner.add(Block(segment_mm, speed_mm_s, _ALONG_X), now_s)
    planner.advance(1e9)
    return planner.rested_s


def _printed(lines: Sequence[bytes], profile: Profile, baud_bps: int, latency_ms: float) -> FaultBench:
    bench = FaultBench(profile=profile, baud_bps=baud_bps, latency_s=latency_ms / 1000).ready()
    program = Program.from_lines(lines)
    bench.run(program)
    bench.until(ev.Finished)
    must.i1_whole(bench.box, program)
    must.within_the_buffer(bench.box)
    return bench
