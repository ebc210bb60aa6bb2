"""A Thymio from connect to close, judged by the virtual robot's black box."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError, DeviceFaultError, LinkLostError, PortNotFoundError
from drivers.loopback import Loopback
from drivers.robots.reach import AbilityError
from drivers.robots.types import STILL, Button, Drive, Light, Pen, Sensor, Sound
from drivers.simulator import BlackBox
from drivers.thymio.kit import thymio_kit
from drivers.thymio.resident import Event
from drivers.thymio.sim import VirtualThymio
from drivers.thymio.sim_board import Board
from drivers.thymio.sim_faults import Incident
from drivers.types import DeviceState
from tests.drivers.robots.tethered import AHEAD, Bench, benches, stands_for_good, until

WIRE_BPS = 1_000_000


class Robot(Bench):
    """A bench with a Thymio."""

    def __init__(self, board: Board | None = None, crumbs: int | None = None) -> None:
        """With a seed as `crumbs`, what it says arrives in pieces of one to seven bytes."""
        box = BlackBox()
        self.robot = VirtualThymio(box, board)
        line = Loopback(self.robot, WIRE_BPS, crumbs=crumbs)
        super().__init__(thymio_kit("thymio", line.open), line, box)

    def obeyed(self, since: int = 0) -> list[int]:
        """Return the events that the program in the robot was given."""
        return [int(str(entry["event"])) for entry in self.of("exec", since=since)]


@pytest_asyncio.fixture
async def make_bench() -> AsyncIterator[Callable[..., Robot]]:
    """Build benches, and end them."""
    async with benches(Robot) as make:
        yield make


@pytest_asyncio.fixture
async def bench(make_bench: Callable[..., Robot]) -> Robot:
    """A robot that is connected."""
    made = make_bench()
    await made.kit.connect()
    return made


async def test_a_robot_says_who_it_is_and_lacks_nothing(bench: Robot):
    """It stops by itself, so nothing is said to be missing for safety."""
    snapshot = bench.kit.snapshot
    assert (snapshot.state, snapshot.firmware) == (DeviceState.IDLE, "thymio-II 14")
    assert snapshot.degraded == ()
    assert snapshot.abilities.gauge is not None
    await until(lambda: set(bench.kit.snapshot.senses.values) == snapshot.abilities.sensors, "senses")
    assert bench.kit.snapshot.battery_pct == pytest.approx(75, abs=1)


async def test_a_square_reaches_the_wheels_leg_by_leg(bench: Robot):
    """As it was asked, in order, each until the next one comes."""
    legs = [Drive(100.0, 100.0), Drive(-60.0, 60.0)] * 4
    async with bench.beating():
        for leg in legs:
            before = len(bench.turns())
            await bench.kit.act(leg)
            await until(lambda before=before: len(bench.turns()) > before, "the leg")  # type: ignore[misc]
        await bench.kit.rest()
        await until(lambda: bench.stands, "rest")
    expected = [(leg.left_mm_s, leg.right_mm_s) for leg in legs]
    moving = [turn for turn in bench.turns() if turn != (0.0, 0.0)]
    assert moving == [pytest.approx(turn) for turn in expected]
    assert not bench.of("deadman")
    assert bench.kit.snapshot.state is DeviceState.IDLE


async def test_all_parts_do_what_is_asked_and_rest(bench: Robot):
    """Lamp and sound too; nonsense stands still, and the pen is moved by hand alone."""
    await bench.kit.act(Drive(1e9, float("nan")))
    await bench.kit.act(Light(100, 0, 50))
    await bench.kit.act(Sound(440, 0.5))
    await until(lambda: bench.turns()[-1:] == [(200.0, 0.0)], "its fastest")
    await until(lambda: bench.of("sound")[-1]["hz"] == 440, "the sound")
    assert bench.robot.body.lamp == Light(100, 0, 50)
    with pytest.raises(AbilityError):
        await bench.kit.act(Pen(is_down=True))
    await bench.kit.rest()
    await until(lambda: bench.stands and bench.robot.body.lamp == Light(0, 0, 0), "rest")


async def test_sensors_and_buttons_are_told_in_neutral_units(bench: Robot):
    """Degrees, and which buttons are down."""
    bench.robot.body.tilt_deg = 30.0
    bench.robot.body.pressed = frozenset({Button.CENTRE, Button.LEFT})
    await until(lambda: bench.kit.snapshot.senses.pressed == {Button.CENTRE, Button.LEFT}, "buttons")
    await until(
        lambda: bench.kit.snapshot.senses.values.get(Sensor.TILT) == pytest.approx(30, abs=3), "the tilt"
    )


async def test_a_stop_is_the_last_that_the_robot_hears_until_it_is_connected_again(bench: Robot):
    """From another thread, in the middle of a stream of actions."""
    await bench.drives()
    before = len(bench.box.entries)
    await asyncio.gather(
        asyncio.to_thread(bench.kit.stop), bench.kit.act(Light(1, 2, 3)), return_exceptions=True
    )
    await until(lambda: bench.kit.snapshot.state is DeviceState.STOPPED, "the stop")
    await until(lambda: bench.stands, "it stands")
    for ask in (bench.kit.beat, bench.kit.rest, lambda: bench.kit.act(AHEAD)):
        with pytest.raises(DeviceBusyError, match="Stopped"):
            await ask()
    await until(lambda: len(bench.of("set", since=before)) == 1, "its last word")
    assert bench.box.entries[-1]["kind"] in {"set", "wheels"}
    await bench.kit.connect()
    assert stands_for_good(bench.turns(before))


async def test_without_a_sign_of_life_the_robot_stops_and_says_so(bench: Robot):
    """Its own program does; whoever asks again may move again."""
    await bench.drives()
    await until(lambda: bench.kit.snapshot.state is DeviceState.IDLE, "the dead-man")
    assert "sign of life" in bench.kit.snapshot.message
    assert len(bench.of("deadman")) == 1
    assert bench.stands
    async with bench.beating():
        await bench.drives()


async def test_a_cable_pulled_out_stops_the_robot_by_its_own_clock(bench: Robot):
    """Nobody can reach it any more, and it stands all the same."""
    await bench.drives()
    bench.line.unplug()
    await until(lambda: bench.kit.snapshot.state is DeviceState.OFFLINE, "the loss")
    await until(lambda: bench.stands, "it stands")
    (driven, stopped) = bench.of("wheels")
    assert float(str(stopped["t"])) - float(str(driven["t"])) <= 0.6
    assert len(bench.of("deadman")) == 1
    with pytest.raises(PortNotFoundError):
        await bench.kit.connect()
    bench.line.plug()
    await bench.kit.connect()
    assert bench.kit.snapshot.state is DeviceState.IDLE


@pytest.mark.parametrize(
    ("incident", "state", "sentence"),
    [
        (Incident.SILENCE, DeviceState.OFFLINE, "answers no more"),
        (Incident.GARBAGE, DeviceState.FAULT, "makes no sense"),
        (Incident.RESET, DeviceState.FAULT, "restarted by itself"),
        (Incident.ERROR, DeviceState.FAULT, "Motor too hot"),
        (Incident.COMPANION, DeviceState.FAULT, "Several robots"),
    ],
)
async def test_a_robot_that_cannot_be_trusted_is_stopped_and_latched(
    bench: Robot, incident: Incident, state: DeviceState, sentence: str
):
    """Also one that does not answer any more may still hear."""
    async with bench.beating():
        await bench.drives()
        bench.robot.befall(incident)
        await until(lambda: bench.kit.snapshot.state is state, "the end")
        await until(lambda: bench.stands, "it stands")
        with pytest.raises(DeviceBusyError, match=sentence):
            await bench.kit.act(AHEAD)


async def test_what_a_robot_says_of_itself_reaches_no_log(bench: Robot, caplog: pytest.LogCaptureFixture):
    """Its words may be anybody's: people read them on the page, the log says only of what kind they are."""
    bench.robot.befall(Incident.ERROR)
    await until(lambda: bench.kit.snapshot.state is DeviceState.FAULT, "the end")
    assert "Motor too hot" in bench.kit.snapshot.message
    assert "Motor too hot" not in caplog.text
    assert "thymio: The machine reported a fault" in caplog.text


async def test_a_robot_that_restarted_is_driven_again_once_a_person_connects_it(bench: Robot):
    """With its program back in it."""
    bench.robot.befall(Incident.RESET)
    await until(lambda: bench.kit.snapshot.state is DeviceState.FAULT, "the fault")
    await bench.kit.connect()
    async with bench.beating():
        await bench.drives()


async def test_reads_of_a_few_bytes_change_nothing(make_bench: Callable[..., Robot]):
    """A slow line gives messages in crumbs."""
    bench = make_bench(crumbs=7)
    await bench.kit.connect()
    async with bench.beating():
        await bench.drives()
    await until(lambda: Sensor.DISTANCE in bench.kit.snapshot.senses.values, "senses")


async def test_nobody_there_is_told(make_bench: Callable[..., Robot]):
    """A port without a robot behind it, such as a dongle whose robot is switched off."""
    bench = make_bench()
    bench.robot.befall(Incident.HANG)
    with pytest.raises(LinkLostError, match="switch it on"):
        await bench.kit.connect()
    assert bench.kit.snapshot.state is DeviceState.OFFLINE


async def test_another_robot_is_refused(make_bench: Callable[..., Robot]):
    """Before it gets a program or moves."""
    bench = make_bench(Board(name="e-puck0", lacks=frozenset({"motor.left.target"})))
    with pytest.raises(DeviceFaultError, match="no Thymio II but 'e-puck0'"):
        await bench.kit.connect()
    assert not bench.of("upload")


async def test_closing_leaves_the_robot_still(bench: Robot):
    """The last that it obeys is a stop."""
    await bench.drives()
    await bench.kit.close()
    await until(lambda: bench.stands, "it stands")
    assert bench.obeyed()[-1] == Event.STOP
    assert bench.kit.snapshot.state is DeviceState.OFFLINE
    assert bench.turns()[-1] == (STILL.left_mm_s, STILL.right_mm_s)
