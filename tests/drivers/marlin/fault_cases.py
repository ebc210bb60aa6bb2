"""The fault cases of the stream, one function each: a seed in, the figure to report out, or an assertion."""

import itertools
import math
import random
from collections.abc import Callable

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.sim_faults import Faults, Incident, Lie, Mishap
from drivers.marlin.sim_options import Control, Dialect, Profile
from tests.drivers import invariants as must
from tests.drivers.marlin.fault_bench import INSTANT, FaultBench, hot, moves

LINES = 400
OLD = Profile(dialect=Dialect.V1_1, is_instant=True)
SETTLED_S = 0.05
"""What was on the wire when a fault was told has arrived by then."""


def dice(seed: int) -> random.Random:
    """Make a dice of its own for the choices of a case."""
    return random.Random(f"case {seed}")  # noqa: S311 - a dice, no secret


def board_of(seed: int) -> Profile:
    """Take turns between the firmwares."""
    return OLD if seed % 2 else INSTANT


def printed(faults: Faults, program: Program, profile: Profile, crumbs: int | None = None) -> FaultBench:
    """Print a program to its end; every move once and in order."""
    bench = FaultBench(faults, profile, crumbs=crumbs).ready()
    bench.run(program)
    bench.until(ev.Finished)
    must.i1_whole(bench.box, program)
    return bench


def troubled(seed: int, incident: Incident, value: str = "", *, at: int | None = None) -> FaultBench:
    """Print something hot until something happens; return the bench at that instant."""
    bench = FaultBench(Faults(seed=seed), board_of(seed)).ready()
    at = dice(seed).randrange(1, LINES // 2) if at is None else at
    bench.faults.plan(Mishap(incident, value), at)
    bench.run(hot(LINES if at < LINES else at + LINES))
    while not must.of(bench.box[-40:], "mishap"):
        bench.live(0.01)
    return bench


def happened_s(bench: FaultBench) -> float:
    """Return when the mishap was."""
    return must.at_s(must.of(bench.box, "mishap")[-1])


def a01_lost_ok(seed: int, lines: int = LINES) -> float:
    """1 `ok` in 200 is lost: nothing is repeated, the print ends; returns the longest stall."""
    bench = printed(Faults(seed=seed, drop_ok=0.005), moves(lines), board_of(seed))
    instants = [must.at_s(entry) for entry in must.of(bench.box, "exec")][12:]
    stall_s = max(after - before for before, after in itertools.pairwise(instants))
    assert stall_s <= 1.0
    return stall_s


def a02_odd_ok(seed: int, lines: int = LINES) -> float:
    """Acknowledgements come early, glued, split, or twice, in crumbs; returns the bytes that overflowed."""
    odd = Faults(seed=seed, early_ok=0.1, glue_ok=0.05, split_ok=0.05, double_ok=0.01 * (seed % 2))
    bench = printed(odd, moves(lines), Profile(), crumbs=seed)
    if not odd.double_ok:
        must.within_the_buffer(bench.box)
    return sum(int(str(entry["bytes"])) for entry in must.of(bench.box, "overflow"))


def a03_noise(seed: int, lines: int = LINES) -> float:
    """One byte in 10 000 is hurt both ways; returns the share of time lost, in per cent."""
    clean = printed(Faults(seed=seed), moves(lines), board_of(seed)).now_s
    noisy = printed(Faults(seed=seed, noise_in=1e-4, noise_out=1e-4), moves(lines), board_of(seed))
    return 100 * (noisy.now_s / clean - 1)


def a04_two_resends(seed: int, lines: int = LINES) -> float:
    """Each wish comes twice, without an `ok` between; returns the lines received beyond the program's."""
    faults = Faults(seed=seed, damage_in=0.01, double_resend=1.0)
    bench = printed(faults, moves(lines), board_of(seed))
    received = "".join(str(entry["bytes"]) for entry in must.of(bench.box, "rx"))
    return received.count("\n") - lines


def a05_storm(seed: int) -> float:
    """The same line is asked for without end: given up, cold; returns the seconds it took."""
    bench = troubled(seed, Incident.STORM)
    bench.until(ev.Faulted, limit_s=15.0)
    took_s = bench.now_s - happened_s(bench)
    bench.live(2.0)
    must.i1_prefix(bench.box, hot(LINES))
    must.i2_cold(bench.box, happened_s(bench), 15.0)
    return took_s


def a06_nonsense(seed: int) -> float:
    """A line long gone or not yet sent is asked for: never guessed; returns the seconds to the fault."""
    is_past = bool(seed % 4 < 2)
    at = 1700 + dice(seed).randrange(200) if is_past else None
    bench = troubled(seed, Incident.PAST if is_past else Incident.FUTURE, at=at)
    bench.until(ev.Faulted, limit_s=30.0)
    took_s = bench.now_s - happened_s(bench)
    bench.live(2.0)
    must.i1_prefix(bench.box, hot(2400))
    must.i2_cold(bench.box, happened_s(bench), 30.0)
    return took_s


def a07_fault(seed: int) -> float:
    """The board gives up: told in its words, latched, no heat and no motion after; returns the seconds."""
    incident = (Incident.KILL, Incident.ERROR, Incident.BANG)[seed % 3]
    bench = troubled(seed, incident)
    bench.until(ev.Faulted, limit_s=5.0)
    took_s = bench.now_s - happened_s(bench)
    bench.live(20.0)
    must.i1_prefix(bench.box, hot(LINES))
    must.i6_silent_after(bench.box, bench.now_s - 20.0 + SETTLED_S)
    return took_s


def a08_reset(seed: int) -> float:
    """The board restarts: nothing more of the program, heat off; returns the moves after the reset."""
    bench = troubled(seed, Incident.RESET)
    bench.until(ev.Restarted, limit_s=5.0)
    bench.live(20.0)
    since_s = must.at_s(must.of(bench.box, "reset")[-1])
    after = must.executed([entry for entry in bench.box if must.at_s(entry) > since_s])
    assert after == []
    must.i2_cold(bench.box, since_s, 0.0)
    assert "M104 S0" in [entry.get("line") for entry in must.of(bench.box, "exec")[-6:]]
    return len(after)


def a09_boot(seed: int) -> float:
    """Boards boot for 0.5 to 7.5 s: nothing is sent before the banner; returns the bytes sent too early."""
    boot_s = dice(seed).uniform(0.5, 7.5)
    bench = FaultBench(Faults(seed=seed), Profile(boot_s=boot_s)).ready()
    banner_s = must.at_s(must.of(bench.box, "banner")[-1])
    early = [entry for entry in must.of(bench.box, "rx") if must.at_s(entry) < banner_s]
    assert early == []
    said = [str(entry["line"]) for entry in must.of(bench.box, "exec")]
    assert {"M110 N0", "M115", "M85 S180"} <= set(said)
    return len(early)


def a12_runout(seed: int) -> float:
    """Filament runs out, in a resend too: paused, never timed out, on when told; returns the faults."""
    program = hot(LINES)
    faults = Faults(seed=seed, damage_in=0.05 * (seed % 2))
    bench = FaultBench(faults, board_of(seed)).ready()
    faults.plan(Mishap(Incident.RUNOUT), dice(seed).randrange(20, LINES - 40))
    bench.run(program)
    bench.until(ev.Paused)
    bench.live(900.0)
    failed = [event for event in bench.events if isinstance(event, ev.Faulted)]
    assert failed == []
    count = len(must.executed(bench.box))
    assert count < LINES
    assert bench.board.body.hotend.target_c <= 120
    bench.command(bench.protocol.resume)
    bench.until(ev.Finished)
    must.i1_whole(bench.box, program)
    return len(failed)


def a13_awol(seed: int) -> float:
    """The board neither hears nor speaks: given up; returns the seconds it took."""
    bench = troubled(seed, Incident.AWOL)
    bench.until(ev.Faulted, limit_s=40.0)
    return bench.now_s - happened_s(bench)


def without_parking(box: must.Box) -> must.Box:
    """Leave out the moves of a pause, which belong to no program: ours all have an X."""
    return [entry for entry in box if " X" in str(entry.get("line")) or entry["kind"] != "exec"]


WARM_S = 162.0
"""Bed, hotend and homing take about so long."""
HOMING_S = 6.0
"""While it homes a board takes no command, and no byte makes it."""


def _long_way() -> Program:
    heat = [b"M140 S60", b"M104 S205", b"M190 S60", b"M109 S205", b"G28"]
    return Program.from_lines([*heat, *moves(LINES), b"G4 S60"])


def a15_cancel(seed: int) -> float:
    """Cancelled in heat-up, homing, moves, resend or pause; returns the seconds to heat off on the wire."""
    throw = dice(seed)
    bench = FaultBench(Faults(seed=seed, damage_in=0.03 * (seed % 2)), Profile()).ready()
    bench.run(_long_way())
    bench.live(throw.choice((throw.uniform(0, WARM_S), throw.uniform(0, 1), throw.uniform(0, 8) + WARM_S)))
    if throw.random() < 0.2:
        bench.command(bench.protocol.pause)
        bench.live(throw.uniform(0, 3))
    asked_s = bench.now_s
    bench.command(bench.protocol.cancel)
    bench.until(ev.Cancelled, limit_s=120.0)
    bench.live(30.0)
    must.i1_prefix(without_parking(bench.box), _long_way())
    must.i2_cold(bench.box, asked_s, HOMING_S)
    text, told_s = "", math.inf
    for entry in must.of(bench.box, "rx"):
        if must.at_s(entry) > asked_s and "M104 S0" not in text:
            text, told_s = text + str(entry["bytes"]), must.at_s(entry)
    assert "M104 S0" in text
    assert told_s - asked_s <= 0.5
    return told_s - asked_s


def a16_race(seed: int) -> float:
    """A cancel races with heat lines in every stage of their way; returns the re-heats."""
    throw = dice(seed)
    lines = [b"M104 S%d" % throw.randrange(150, 250) if throw.random() < 0.5 else b"G4 P1" for _ in range(60)]
    bench = FaultBench(Faults(seed=seed), board_of(seed)).ready()
    bench.run(Program.from_lines(lines))
    bench.live(throw.uniform(0, 0.15))
    asked_s = bench.now_s
    bench.command(bench.protocol.cancel)
    bench.live(20.0)
    must.i2_cold(bench.box, asked_s, 0.5)
    return must.cold_s(bench.box, asked_s)


def a17_next_job(seed: int) -> float:
    """A job right after a cancelled one is whole and unmixed; returns 0."""
    first, second = moves(LINES), Program.from_lines(b"G1 Z%d.5" % i for i in range(60))
    bench = FaultBench(Faults(seed=seed, damage_in=0.02 * (seed % 2)), board_of(seed)).ready()
    bench.run(first)
    bench.live(dice(seed).uniform(0.0, 1.2))
    bench.command(bench.protocol.cancel)
    bench.until(ev.Cancelled, ev.Finished)
    bench.run(second)
    bench.until(ev.Finished)
    must.i4_one_at_a_time(bench.box, [first, second])
    assert must.executed(bench.box)[-60:] == must.lines(second)
    ends = [event for event in bench.events if isinstance(event, ev.Cancelled | ev.Finished)]
    must.i5_ends_once(ends, 2)
    return 0.0


def a20_lie(seed: int) -> float:
    """The board lies about its temperatures: stopped and cold; returns the seconds it took."""
    lie = list(Lie)[seed % len(Lie)]
    bench = FaultBench(Faults(seed=seed), Profile()).ready()
    bench.run(Program.from_lines([b"M140 S90" if seed % 2 else b"M104 S200", *([b"G4 S1"] * 301)]))
    bench.live(dice(seed).uniform(5.0, 30.0) if lie is Lie.FLAT else dice(seed).uniform(5.0, 150.0))
    bench.faults.lie = lie
    began_s = bench.now_s
    bench.until(ev.Faulted, limit_s=60.0)
    took_s = bench.now_s - began_s
    assert took_s <= 20.0, f"{lie} took {took_s:.1f} s"
    bench.live(2.0)
    must.i2_cold(bench.box, began_s, 20.5)
    return took_s


def a20_honest(seed: int) -> float:
    """A healthy printer heats, prints and cools: no alarm; returns the alarms."""
    bench = FaultBench(Faults(seed=seed), Profile(control=list(Control)[seed % 2])).ready()
    bench.run(_long_way())
    bench.until(ev.Finished)
    assert not [event for event in bench.events if isinstance(event, ev.Faulted)]
    return 0.0


def a21_poor_firmware(seed: int) -> float:
    """Firmware without emergency parser or thermal protection is told to be degraded; returns 0."""
    poor = Profile(has_emergency_parser=bool(seed % 2), has_thermal_protection=not seed % 2)
    ready = FaultBench(Faults(seed=seed), poor).until(ev.Ready)
    word = "thermal protection" if seed % 2 else "emergency parser"
    assert [text for text in ready.degraded if word in text]
    return 0.0


CASES: dict[str, Callable[[int], float]] = {
    "A01": a01_lost_ok,
    "A02": a02_odd_ok,
    "A03": a03_noise,
    "A04": a04_two_resends,
    "A05": a05_storm,
    "A06": a06_nonsense,
    "A07": a07_fault,
    "A08": a08_reset,
    "A09": a09_boot,
    "A12": a12_runout,
    "A13": a13_awol,
    "A15": a15_cancel,
    "A16": a16_race,
    "A17": a17_next_job,
    "A20": a20_lie,
    "A20 honest": a20_honest,
    "A21": a21_poor_firmware,
}
