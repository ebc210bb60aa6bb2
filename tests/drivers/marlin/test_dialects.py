"""Firmware that says the same in other words or leaves answers out: the print is whole all the same."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.marlin import events as ev
from drivers.marlin.sim_faults import Faults
from tests.drivers import invariants as must
from tests.drivers.marlin.fault_bench import INSTANT, FaultBench, moves
from tests.drivers.marlin.fault_cases import without_parking
from tests.drivers.marlin.pipe import Pipe, text
from tests.drivers.marlin.pipe import moves as few_moves

SLOWEST_WISH_S = 0.1


def _one_line(said: bytes) -> bytes:
    return re.sub(rb"(X:\S+ Y:\S+ Z:\S+ E:\S+)[^\n]*\nok\n", rb"ok \1\n", said)


DIALECTS: dict[str, Callable[[bytes], bytes]] = {
    "position behind the ok": _one_line,
    "position behind ok C:": lambda said: _one_line(said).replace(b"ok X:", b"ok C: X:"),
    "carriage returns": lambda said: said.replace(b"\n", b"\r\n"),
    "blank lines": lambda said: said.replace(b"\n", b"\n\n"),
    "rs 5": lambda said: said.replace(b"Resend: ", b"rs "),
    "Resend:N5": lambda said: said.replace(b"Resend: ", b"Resend:N"),
    "echo: before a position": lambda said: re.sub(rb"^X:", b"echo:X:", said, flags=re.MULTILINE),
    "wait": lambda said: said.replace(b"ok\n", b"ok\nwait\n"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_understood(dialect: str):
    """Connected, printed with resends, finished: every line once and in order."""
    program = few_moves(120)
    pipe = Pipe(Faults(seed=2, damage_in=0.03))
    pipe.translate = DIALECTS[dialect]
    pipe.until(ev.Ready)
    pipe.run(program)
    pipe.until(ev.Finished)
    assert pipe.executed() == text(program)
    assert [entry for entry in pipe.board.blackbox.entries if entry["kind"] == "refused"]


def _wishes_s(bench: FaultBench) -> list[float]:
    """Return for each first refusal how long the stream stood still."""
    moved = [must.at_s(entry) for entry in must.of(bench.box, "exec") if entry["n"] is not None]
    refused = [must.at_s(entry) for entry in must.of(bench.box, "refused")]
    ends = [min((at_s for at_s in moved if at_s > since_s), default=since_s) for since_s in refused]
    return [end_s - since_s for end_s, since_s in zip(ends, refused, strict=True)]


def test_a_board_that_adds_no_ok_to_its_wish_costs_one_wait_only():
    """The first wish waits half a second for the `ok`; from then on the wire's own time is all it costs."""
    program = moves(1500)
    bench = FaultBench(Faults(seed=1, damage_in=0.02), replace(INSTANT, adds_ok_to_resend=False)).ready()
    bench.run(program)
    bench.until(ev.Finished)
    must.i1_whole(bench.box, program)
    stalls_s = _wishes_s(bench)
    assert len(stalls_s) > 20
    assert max(stalls_s[8:]) <= SLOWEST_WISH_S


def test_an_ok_that_comes_after_all_is_not_taken_for_a_lines():
    """A board that was silent behind its wishes and then speaks: nothing is doubled, nothing overflows."""
    program = moves(1500)
    bench = FaultBench(Faults(seed=1, damage_in=0.02), replace(INSTANT, adds_ok_to_resend=False)).ready()
    bench.run(program)
    bench.until_moves(500)
    bench.board.profile = INSTANT
    bench.until(ev.Finished)
    must.i1_whole(bench.box, program)
    must.within_the_buffer(bench.box)


@pytest.mark.parametrize("lost", range(1, 13))
def test_a_lost_ok_while_connecting_costs_less_than_a_second(lost: int):
    """Whichever of the first answers is lost, the next question finds it out."""
    usual = FaultBench().ready().now_s
    bench = FaultBench()
    while len(must.of(bench.box, "exec")) < lost:
        bench.live(0.001)
    bench.faults.lost_oks = 1
    assert bench.ready().now_s <= usual + 1.0


@pytest.mark.parametrize("lost", range(8))
def test_a_lost_ok_while_cancelling_costs_less_than_a_second(lost: int):
    """Heat off and what follows: whichever answer is lost."""
    took_s = []
    for oks in (0, 1):
        bench = FaultBench().ready()
        bench.run(moves(400))
        bench.until_moves(50)
        begun_s, before = bench.now_s, len(must.of(bench.box, "exec"))
        bench.command(bench.protocol.cancel)
        while len(must.of(bench.box, "exec")) < before + 6 + lost:
            bench.live(0.0005)
        bench.faults.lost_oks = oks
        bench.until(ev.Cancelled)
        took_s.append(bench.now_s - begun_s)
    assert took_s[1] <= took_s[0] + 1.0


@pytest.mark.parametrize("lost", range(1, 6))
def test_a_lost_ok_while_pausing_costs_less_than_a_second(lost: int):
    """The questions and moves of a pause are settled at once too."""
    took_s = []
    for oks in (0, 1):
        bench = FaultBench().ready()
        program = moves(400)
        bench.run(program)
        bench.until_moves(50)
        bench.command(bench.protocol.pause)
        before = len(must.of(bench.box, "exec"))
        while len(must.of(bench.box, "exec")) < before + lost:
            bench.live(0.0005)
        bench.faults.lost_oks = oks
        bench.live(1.5)
        begun_s = bench.now_s
        bench.command(bench.protocol.resume)
        bench.until(ev.Finished)
        must.i1_whole(without_parking(bench.box), program)
        took_s.append(bench.now_s - begun_s)
    assert took_s[1] <= took_s[0] + 0.5
