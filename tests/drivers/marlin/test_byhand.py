"""What a person has a printer do by hand, and speed and flow in a print; verdicts of the black box."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from drivers.byhand import (
    Axis,
    HandLimits,
    HandReason,
    HandRefusedError,
    Heat,
    Home,
    Level,
    Load,
    PrinterAction,
    Rest,
    Step,
    Unload,
)
from drivers.errors import ProgramCancelledError
from drivers.gcode import Program
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_options import Profile
from drivers.simulator import BlackBox

BAUD_BPS = 115200
LIMITS = HandLimits((220.0, 220.0, 250.0), hotend_c=240.0, bed_c=80.0, coldest_extrusion_c=170.0)


class Bench:
    """A virtual printer that lives fast, with its device."""

    def __init__(self, profile: Profile | None, speed: float) -> None:
        self.box = BlackBox()
        self.virtual = VirtualMarlin(self.box, profile=profile)
        self.line = Loopback(self.virtual, BAUD_BPS, speed)
        self.printer = Printer("prusa", self.line.open, round(BAUD_BPS * speed))

    async def do(self, action: PrinterAction) -> None:
        """One action, to its end."""
        await self.printer.run(self.printer.by_hand(action, LIMITS))

    def reason(self, action: PrinterAction) -> HandReason:
        """Why an action is refused; nothing of it reaches the wire."""
        with pytest.raises(HandRefusedError) as caught:
            self.printer.by_hand(action, LIMITS)
        return caught.value.reason

    def executed(self) -> list[str]:
        """The lines that the board executed."""
        return [str(entry["line"]) for entry in self.box.entries if entry["kind"] == "exec"]

    def kinds(self) -> set[object]:
        """What happened at all."""
        return {entry["kind"] for entry in self.box.entries}


@asynccontextmanager
async def bench(profile: Profile | None = None, speed: float = 20.0) -> AsyncIterator[Bench]:
    """A connected printer."""
    place = Bench(profile, speed)
    await place.printer.connect()
    try:
        yield place
    finally:
        await place.printer.close()
        place.line.close()


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for what other threads bring about."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a board in a thread raises no event
            await asyncio.sleep(0.005)


async def test_steps_only_after_homing_and_only_within_the_bed():
    """Each refusal is told apart; the nozzle is lifted before it moves aside; motors off forget the place."""
    async with bench() as place:
        assert place.reason(Step(Axis.X, 1.0)) is HandReason.NOT_HOMED
        await place.do(Home((Axis.X,)))
        assert place.printer.homed == {Axis.X}
        assert place.reason(Step(Axis.X, 1.0)) is HandReason.NOT_HOMED
        await place.do(Home())
        assert place.reason(Step(Axis.X, -0.1)) is HandReason.OUTSIDE
        assert place.reason(Step(Axis.Z, -0.1)) is HandReason.OUTSIDE
        await place.do(Step(Axis.X, 50.0))
        assert place.virtual.body.motion.position_mm[:3] == [50.0, 0.0, 5.0]
        for _ in range(3):
            await place.do(Step(Axis.X, 50.0))
        assert place.reason(Step(Axis.X, 50.0)) is HandReason.OUTSIDE
        await place.do(Step(Axis.X, 10.0))
        assert place.virtual.body.motion.position_mm[0] == 210.0
        await place.do(Rest())
        assert "motors off" in place.kinds()
        assert place.reason(Step(Axis.X, -1.0)) is HandReason.NOT_HOMED


async def test_a_print_that_lets_its_motors_go_leaves_no_known_place():
    """And one that was cancelled neither: both need homing before the next step."""
    async with bench() as place:
        await place.do(Home())
        await place.printer.run(Program.from_lines([b"G28", b"G1 X10 F6000", b"M84"]))
        assert not place.printer.homed
        await place.do(Home())
        run = asyncio.create_task(
            place.printer.run(Program.from_lines([b"G1 X%d F600" % (x % 90) for x in range(500)]))
        )
        await eventually(lambda: "G1 X5 F600" in place.executed())
        await place.printer.cancel()
        with pytest.raises(ProgramCancelledError):
            await asyncio.wait_for(run, 60)
        assert not place.printer.homed


async def test_heat_is_bounded_by_the_profile():
    """Targets are set at once, nothing waits; hotter than the profile is refused; rest turns all off."""
    async with bench() as place:
        assert place.reason(Heat(hotend_c=241)) is HandReason.TOO_HOT
        assert place.reason(Heat(bed_c=81)) is HandReason.TOO_HOT
        await place.do(Heat(hotend_c=210, bed_c=60))
        assert (place.virtual.body.hotend.target_c, place.virtual.body.bed.target_c) == (210, 60)
        await place.do(Rest())
        assert (place.virtual.body.hotend.target_c, place.virtual.body.bed.target_c) == (0, 0)


async def test_filament_moves_only_in_a_hot_nozzle():
    """The board itself never had to prevent it; colder than the profile is refused before."""
    async with bench() as place:
        assert place.reason(Load(169)) is HandReason.TOO_COLD
        assert place.reason(Unload(241)) is HandReason.TOO_HOT
        await place.do(Unload(210))
        await place.do(Load(210))
        lines = place.executed()
        assert lines.index("M109 S210") < min(i for i, line in enumerate(lines) if " E" in line)
        assert "cold extrusion" not in place.kinds()
        assert place.virtual.body.motion.position_mm[3] == pytest.approx(8 - 90 + 60 + 30)


async def test_the_virtual_board_prevents_cold_extrusion_itself():
    """As Marlin: the move is made without its filament, and said."""
    async with bench() as place:
        await place.printer.run(Program.from_lines([b"M83", b"G1 E10 F300"]))
        assert "cold extrusion" in place.kinds()
        assert place.virtual.body.motion.position_mm[3] == 0


@pytest.mark.parametrize("has_probe", [False, True])
async def test_the_bed_is_measured_where_the_firmware_tells_that_it_can(has_probe: bool):
    """Without the capability nothing is sent; with it, after homing."""
    async with bench(Profile(has_probe=has_probe)) as place:
        assert place.printer.levels is has_probe
        if has_probe:
            await place.do(Level())
            assert "levelled" in place.kinds()
            assert place.printer.homed == set(Axis)
        else:
            assert place.reason(Level()) is HandReason.NO_PROBE
            assert "G29" not in place.executed()


async def test_speed_and_flow_go_into_the_stream_without_a_gap():
    """Every line of the program once and in order, the two among them; the next print begins at 100 again."""
    lines = [b"G28", *(b"G1 X%d F6000" % (x % 100) for x in range(300))]
    async with bench() as place:
        run = asyncio.create_task(place.printer.run(Program.from_lines(lines)))
        await eventually(lambda: len(place.executed()) > 40)
        await place.printer.adjust(150, 90)
        await eventually(lambda: "M220 S150" in place.executed())
        await place.printer.adjust(None, 110)
        await run
        assert place.printer.overrides_pct == (150, 110)
        told = [line for line in place.executed() if line.startswith(("G28", "G1", "M22"))]
        assert [line for line in told if line.startswith("M22")] == ["M220 S150", "M221 S90", "M221 S110"]
        assert [line for line in told if not line.startswith("M22")] == [line.decode() for line in lines]
        assert not place.kinds() & {"refused", "overflow", "fragment"}
        await place.do(Home())
        motion = place.virtual.body.motion
        assert (motion.speed_pct, motion.flow_pct, place.printer.overrides_pct) == (100, 100, (100, 100))
