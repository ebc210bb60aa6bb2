"""Bytes on a serial line have true instants, worked out by hand."""

import math
import random

import pytest

from drivers.uart import GRAIN_BYTES, Inbound, Outbound

BYTE_S = 1 / 11_520


def arrivals(line: Inbound) -> list[tuple[bytes, float]]:
    """Return all that is on its way."""
    found = []
    while (piece := line.take(math.inf)) is not None:
        found.append(piece)
    return found


def test_a_late_reader_does_not_make_the_line_faster():
    """Whatever is written at once arrives at the baud rate, each line at its own instant."""
    line = Inbound(11_520)
    line.put(b"G1 X1\nG1 X2\n", 5.0)
    assert line.take(5.0 + 5 * BYTE_S) is None
    assert arrivals(line) == [
        (b"G1 X1\n", pytest.approx(5.0 + 6 * BYTE_S)),
        (b"G1 X2\n", pytest.approx(5.0 + 12 * BYTE_S)),
    ]


def test_bytes_written_behind_others_follow_without_a_gap():
    """A line that never falls idle keeps its pace."""
    line = Inbound(11_520)
    line.put(b"a" * 10, 0.0)
    line.put(b"b" * 10, 5 * BYTE_S)
    assert [end_s for _, end_s in arrivals(line)] == pytest.approx([10 * BYTE_S, 20 * BYTE_S])


def test_long_lines_arrive_in_grains():
    """A full ring loses bytes where a real one would."""
    line = Inbound(11_520)
    line.put(b"x" * 70 + b"\n", 0.0)
    assert [len(piece) for piece, _ in arrivals(line)] == [GRAIN_BYTES, GRAIN_BYTES, 7]


def test_a_full_port_makes_the_writer_wait():
    """The kernel keeps 4 KiB, no more."""
    line = Inbound(11_520)
    line.put(b"x" * 4096, 0.0)
    assert line.room == 0
    assert line.take(1.0) is not None
    assert line.room == GRAIN_BYTES


def test_the_latency_timer_holds_a_short_answer():
    """An FTDI chip sends 62 bytes at once, fewer only when its 16 ms are over."""
    line = Outbound(11_520, 0.016)
    line.put(b"ok\n", 0.001)
    assert line.take(0.0159) == b""
    line.put(b"ok\n", 0.0152)
    assert line.take(0.0161) == b"ok\nok\n"
    line.put(b"x" * 61 + b"\n", 0.0162)
    assert line.take(0.0162 + 61 * BYTE_S) == b""
    assert len(line.take(0.0163 + 62 * BYTE_S)) == 62


def test_without_latency_an_answer_takes_its_bytes():
    """A wire without a chip in between only takes the time of its bits."""
    line = Outbound(11_520)
    line.put(b"ok\n", 1.0)
    assert line.take(1.0 + 2.9 * BYTE_S) == b""
    assert line.take(1.0 + 3.1 * BYTE_S) == b"ok\n"


def test_crumbs_are_whole_in_the_end():
    """Reads of 1 to 7 bytes lose nothing."""
    line = Outbound(11_520, crumbs=random.Random(1))  # noqa: S311 - a dice, no secret
    line.put(b"echo:busy: processing\nok\n", 0.0)
    crumbs = []
    while crumb := line.take(100.0):
        crumbs.append(crumb)
    assert b"".join(crumbs) == b"echo:busy: processing\nok\n"
    assert max(map(len, crumbs)) <= 7
