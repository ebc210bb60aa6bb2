"""The dry run and the outline in the air."""

import asyncio

import pytest

from drivers.errors import DeviceBusyError, ProgramCancelledError
from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.reckoning import Bounds, bounds_of
from drivers.grbl.sim_faults import Faults
from drivers.grbl.tracing import TraceRefusedError, outline
from drivers.grbl.window import LineRefusedError
from drivers.types import DeviceState, Position
from tests.drivers.grbl.bench import SLOW, SQUARE, Bench, bare
from tests.drivers.grbl.test_mill import Workshop, eventually

LONG_READ = [b"G1 X%.3f Y%.3f F600" % (n % 9, n % 7) for n in range(2000)]


def test_dry_run_reads_all_and_moves_nothing():
    """Every line is read once, nothing moves or turns, and the mill is idle again after it."""
    b = Bench()
    b.connect()
    b.start(*SQUARE, dry=True)
    b.until_event(told.Finished)
    assert b.checked() == bare(SQUARE)
    assert b.executed() == []
    assert b.mill.position == (0, 0, 0)
    assert not b.kinds("spindle")
    b.wait(1.0)
    assert b.mill.state == "Idle"
    assert b.received().count("$C") == 1
    b.start(*SQUARE)
    b.until(lambda: b.events.count(told.Finished()) == 2)
    assert b.mill.state == "Idle"


def test_dry_run_names_the_bad_line():
    """A line that GRBL refuses is told by its number, its text and GRBL's error; the mill stays ready."""
    b = Bench()
    b.connect()
    b.start(*SLOW[:4], b"G1 X1 X2", *SLOW[4:], dry=True)
    refused = b.until_event(told.Refused)
    assert refused.line
    assert "Line 5" in refused.reason
    assert "'G1 X1 X2'" in refused.reason
    assert "error:25" in refused.reason
    assert b.protocol.phase == "ready"
    assert b.mill.state == "Idle"
    assert not b.kinds("spindle")
    b.start(*SQUARE)
    b.until_event(told.Finished)


def test_dry_run_never_sends_a_line_before_check_mode():
    """When the mill does not enter its check mode, no line of the program reaches it."""
    b = Bench()
    b.connect()
    b.mill.receive(b"G1 X3 F100\n", b.now_s)
    b.start(*SQUARE, dry=True)
    assert "not idle" in b.until_event(told.Refused).reason
    assert b.checked() in ([], ["G1X3F100"])
    assert "M3" not in b.received()


def test_program_is_not_begun_while_the_door_is_open():
    """With the door open before the start, the program is refused and nothing is sent."""
    b = Bench()
    b.connect()
    b.mill.open_door()
    b.start(*SQUARE)
    assert "Door" in b.until_event(told.Refused).reason
    assert b.executed() == []
    assert "G21" not in b.received()


async def test_check_by_the_device():
    """`check` returns for a good program and names the line of a bad one; the mill stays IDLE."""
    place = Workshop()
    mill = place.mill
    await mill.connect()
    await mill.check(Program.from_lines(SQUARE))
    with pytest.raises(LineRefusedError, match=r"Line 2 .*G33 X1.*error:20"):
        await mill.check(Program.from_lines([b"G21 G90", b"G33 X1"]))
    assert mill.snapshot.state is DeviceState.IDLE
    assert not place.facts("spindle")
    assert not place.facts("idle")
    await mill.close()
    place.loop.close()


async def test_check_can_be_cancelled_but_not_paused():
    """In a dry run there is nothing to pause; a cancel ends it and the mill stays IDLE."""
    place = Workshop()
    mill = place.mill
    await mill.connect()
    check = asyncio.create_task(mill.check(Program.from_lines(LONG_READ)))
    await eventually(lambda: len(place.facts("checked")) > 20)
    assert mill.snapshot.message == "Dry run: nothing moves."
    with pytest.raises(DeviceBusyError, match="dry run"):
        await mill.pause()
    await mill.cancel()
    with pytest.raises(ProgramCancelledError):
        await check
    assert mill.snapshot.state is DeviceState.IDLE
    await mill.close()
    place.loop.close()


def test_silence_ends_a_dry_run():
    """A mill that falls silent in its dry run is given up like any other."""
    b = Bench(faults=Faults(silent_from_line=3))
    b.connect()
    b.start(*SQUARE, dry=True)
    assert b.until_event(told.Failed).ending is Ending.SILENT


async def test_trace_stays_in_the_air():
    """The outline is drawn with the spindle off, above the safe height, and comes back."""
    place = Workshop(speed=20.0)
    mill = place.mill
    await mill.connect()
    await mill.run(Program.from_lines([b"G21 G90", b"G0 Z1", b"G0 X2 Y2"]))
    cut = Program.from_lines([b"G90", b"G0 X5 Y6 Z3", b"G1 Z-2 F100", b"G1 X25 Y16"])
    assert bounds_of(cut) == Bounds(5, 6, 25, 16)
    await mill.run(mill.outline(cut, safe_z_mm=3.0))
    taken = place.executed()[3:]
    assert taken[0] == "M5"
    assert taken[2] == "G0Z3.000"
    assert [line.split("F")[0] for line in taken[3:7]] == [
        "G1X5.000Y6.000",
        "G1X25.000Y6.000",
        "G1X25.000Y16.000",
        "G1X5.000Y16.000",
    ]
    assert place.virtual.position == pytest.approx((2, 2, 3))
    assert not place.facts("spindle")
    await mill.close()
    place.loop.close()


def test_outline_never_goes_down():
    """A tool that is higher than the safe height stays up there."""
    program = outline(Bounds(0, 0, 1, 1), Position(0, 0, 12), 3.0)
    assert b"G0 Z12.000" in program.data


@pytest.mark.parametrize(
    ("bounds", "at"),
    [
        (Bounds(5, 0, 1, 1), Position(0, 0, 0)),
        (Bounds(0, 0, float("nan"), 1), Position(0, 0, 0)),
        (Bounds(0, 0, 1, 1), None),
        (None, Position(0, 0, 0)),
    ],
)
def test_outline_without_sense_is_refused(bounds: Bounds | None, at: Position | None):
    """Bounds that make no sense, or a tool that may be anywhere, draw nothing."""
    with pytest.raises(TraceRefusedError):
        outline(bounds, at, 3.0)
