"""What a person has a mill do by hand; verdicts of the black box: bytes, places, spindle."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from drivers.byhand import Axis, HandLimits, HandReason, HandRefusedError, Probe, Zero
from drivers.errors import DeviceFaultError, ProgramCancelledError
from drivers.grbl.mill import Mill
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_memory import SETTINGS, Memory
from drivers.loopback import Loopback
from drivers.simulator import BlackBox
from drivers.types import DeviceState

BAUD_BPS = 115200
LIMITS = HandLimits((280.0, 170.0, 40.0))
JOG_CANCEL = "\x85"


class Bench:
    """A virtual mill in real time or faster, with its device."""

    def __init__(self, memory: Memory | None, speed: float) -> None:
        self.box = BlackBox()
        self.virtual = VirtualGrbl(self.box, memory)
        self.line = Loopback(self.virtual, BAUD_BPS, speed)
        self.mill = Mill("mill", self.line.open, round(BAUD_BPS * speed))

    def executed(self) -> list[str]:
        """Lines that the mill took."""
        return [str(entry["line"]) for entry in self.box.entries if entry["kind"] == "exec"]

    def heard(self) -> str:
        """All that went over the wire."""
        return "".join(str(entry["data"]) for entry in self.box.entries if entry["kind"] == "rx")

    def line_s(self) -> float:
        """When the mill last heard something, by its own clock: it is asked five times a second."""
        return float(str(self.box.entries[-1]["t"]))

    def rests_s(self) -> list[float]:
        """When the axes came to rest."""
        return [float(str(entry["t"])) for entry in self.box.entries if entry["kind"] == "idle"]

    def cancelled_s(self) -> list[float]:
        """When 0x85 arrived."""
        return [
            float(str(e["t"])) for e in self.box.entries if e["kind"] == "rx" and JOG_CANCEL in str(e["data"])
        ]


@asynccontextmanager
async def bench(memory: Memory | None = None, speed: float = 5.0) -> AsyncIterator[Bench]:
    """A connected mill."""
    place = Bench(memory, speed)
    await place.mill.connect()
    try:
        yield place
    finally:
        await place.mill.close()
        place.line.close()


async def refused(work: object) -> HandReason:
    """Ask for what must be refused."""
    with pytest.raises(HandRefusedError) as caught:
        await work  # type: ignore[misc]  # a coroutine of the driver
    return caught.value.reason


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for what other threads bring about."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a mill in a thread raises no event
            await asyncio.sleep(0.005)


async def test_a_step_is_one_jog_line_and_never_leaves_the_room():
    """There and back; 50 mm after 50 mm until the room would be left, which is not even asked of the mill."""
    async with bench(Memory(is_instant=True)) as place:
        hand = place.mill.hand
        await hand.step(Axis.X, 10.0, LIMITS)
        await hand.step(Axis.X, -0.1, LIMITS)
        assert [line for line in place.executed() if "J=" in line] == [
            "$J=G91G21X10.000F1000",
            "$J=G91G21X-0.100F1000",
        ]
        assert place.virtual.position == pytest.approx((9.9, 0, 0))
        for _ in range(5):
            await hand.step(Axis.X, 50.0, LIMITS)
        before = place.heard().count("$J=")
        assert await refused(hand.step(Axis.X, 50.0, LIMITS)) is HandReason.OUTSIDE
        assert place.heard().count("$J=") == before
        assert place.virtual.position[0] == pytest.approx(259.9)
        assert place.mill.snapshot.state is DeviceState.IDLE


async def test_soft_limits_of_the_mill_are_obeyed_as_a_refusal():
    """error:15 moves nothing, latches nothing, and the next step is taken."""
    memory = Memory(settings={**SETTINGS, 20: 1})
    async with bench(memory) as place:
        assert await refused(place.mill.hand.step(Axis.X, 10.0, LIMITS)) is HandReason.OUTSIDE
        await place.mill.hand.step(Axis.X, -1.0, LIMITS)
        assert place.virtual.position == pytest.approx((-1, 0, 0))


async def test_a_held_jog_stands_still_within_half_a_second_of_the_last_beat():
    """In real time: 0x85 goes out, the axes rest, nothing moves after it; a release stops sooner."""
    async with bench(speed=1.0) as place:
        hold = asyncio.create_task(place.mill.hand.hold(Axis.Y, 1, LIMITS))
        for _ in range(10):
            place.mill.hand.beat()
            await asyncio.sleep(0.1)
        beaten_s = place.line_s()
        await hold
        assert place.cancelled_s()
        assert place.rests_s()[-1] - beaten_s < 0.55
        assert 1.0 < place.virtual.position[1] < 12.0
        again = asyncio.create_task(place.mill.hand.hold(Axis.Y, -1, LIMITS))
        await eventually(lambda: place.virtual.motion_left)
        place.mill.hand.release()
        await again
        assert place.rests_s()[-1] - place.cancelled_s()[-1] < 0.3
        assert place.mill.snapshot.state is DeviceState.IDLE


async def test_a_held_jog_ends_at_the_end_of_the_room():
    """However long the finger stays."""
    small = HandLimits((3.0, 3.0, 3.0))
    async with bench() as place:
        hold = asyncio.create_task(place.mill.hand.hold(Axis.X, 1, small))
        while not hold.done():
            place.mill.hand.beat()
            await asyncio.sleep(0.05)
        assert place.virtual.position[0] == pytest.approx(3.0, abs=0.01)


async def test_cancel_ends_a_step_where_it_is():
    """As 0x85: no alarm, no lost position, ready for the next."""
    async with bench(speed=1.0) as place:
        step = asyncio.create_task(place.mill.hand.step(Axis.X, 50.0, LIMITS))
        await eventually(lambda: place.virtual.motion_left)
        await place.mill.cancel()
        with pytest.raises(ProgramCancelledError):
            await step
        assert place.virtual.position[0] < 10.0
        assert not [entry for entry in place.box.entries if entry["kind"] in {"reset", "fault"}][1:]
        await place.mill.hand.step(Axis.X, 1.0, LIMITS)


async def test_zero_is_where_the_tool_stands():
    """G54 of the named axes only, and the reports follow."""
    async with bench(Memory(is_instant=True)) as place:
        await place.mill.hand.step(Axis.X, 10.0, LIMITS)
        await place.mill.hand.step(Axis.Y, 1.0, LIMITS)
        for program in place.mill.hand.lines_of(Zero((Axis.X,)), LIMITS):
            await place.mill.run(program)
        assert place.virtual.memory.g54 == pytest.approx((10, 0, 0))
        await eventually(
            lambda: place.mill.snapshot.position and abs(place.mill.snapshot.position.x_mm) < 0.01
        )


async def test_a_probe_finds_its_plate_with_the_spindle_off():
    """Twice, slowly; zero lies a plate's thickness below the touch, the tool ends clear of it."""
    async with bench(Memory(plate_mm=-8.0)) as place:
        for program in place.mill.hand.lines_of(Probe(1.5), LIMITS):
            await place.mill.run(program)
        assert place.virtual.memory.g54[2] == pytest.approx(-9.5, abs=0.01)
        assert place.virtual.position[2] == pytest.approx(-3.0, abs=0.01)
        assert len([entry for entry in place.box.entries if entry["kind"] == "probe"]) == 2
        assert not [entry for entry in place.box.entries if entry["kind"] == "spindle"]
        assert place.executed()[0] == "M5"


@pytest.mark.parametrize(("plate_mm", "alarm"), [(None, "ALARM:5"), (1.0, "ALARM:4")])
async def test_a_probe_that_touches_nothing_latches_the_mill(plate_mm: float | None, alarm: str):
    """Bounded to 25 mm; nothing is set to zero, nothing more is executed, and a person re-arms."""
    async with bench(Memory(plate_mm=plate_mm)) as place:
        first, *_ = place.mill.hand.lines_of(Probe(1.5), LIMITS)
        with pytest.raises(DeviceFaultError, match=alarm):
            await place.mill.run(first)
        assert place.virtual.position[2] >= -25.001
        assert place.virtual.memory.g54 == (0, 0, 0)
        assert place.mill.snapshot.state is DeviceState.FAULT
        await place.mill.connect()
        assert place.mill.snapshot.state is DeviceState.IDLE


async def test_a_stop_in_the_middle_of_a_jog_is_latched():
    """The reset goes out at once."""
    async with bench(speed=1.0) as place:
        step = asyncio.create_task(place.mill.hand.step(Axis.X, 50.0, LIMITS))
        await eventually(lambda: place.virtual.motion_left)
        place.mill.stop()
        with pytest.raises(Exception, match="Stopped"):
            await step
        await eventually(lambda: "\x18" in place.heard())
        assert place.mill.snapshot.state is DeviceState.STOPPED
