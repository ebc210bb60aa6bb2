"""A micro:bit robot from connect to close, judged by the virtual robot's black box."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError, DeviceFaultError, TransportError
from drivers.kits import open_kit
from drivers.loopback import Loopback
from drivers.micropython.kit import MICROBIT_BPS, microbit_kit
from drivers.micropython.outputs import HIGH
from drivers.micropython.repl import INTERRUPT
from drivers.micropython.sample import SAMPLE
from drivers.micropython.sim import VirtualMicrobit
from drivers.robots.interpreter import USUAL, End
from drivers.robots.player import Player
from drivers.robots.types import Button, Drive, Light, Pen, Sensor, Sound
from drivers.robots.wiring import AnalogSensor, BridgeWheel, Curve, Wiring
from drivers.simulator import BlackBox
from drivers.types import DeviceState
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import Bench, benches, stands_for_good, until

LINE = Curve(((0, 0), (1, 1)))


class Microbit(Bench):
    """A bench with a micro:bit."""

    def __init__(self, asked: Wiring = SAMPLE) -> None:
        """The kit may have been told of another wiring than the robot has."""
        box = BlackBox()
        self.robot = VirtualMicrobit(box)
        line = Loopback(self.robot, MICROBIT_BPS)
        super().__init__(microbit_kit("bit", line.open, asked), line, box)

    def received(self, since: int = 0) -> bytes:
        """All that came over the line."""
        return b"".join(bytes.fromhex(str(entry["bytes"])) for entry in self.of("rx", since=since))


@pytest_asyncio.fixture
async def make_bench() -> AsyncIterator[Callable[..., Microbit]]:
    """Build benches, and end them."""
    async with benches(Microbit) as make:
        yield make


@pytest_asyncio.fixture
async def bench(make_bench: Callable[..., Microbit]) -> Microbit:
    """A robot that is connected."""
    made = make_bench()
    await made.kit.connect()
    return made


async def test_a_robot_says_who_it_is_and_lacks_nothing(bench: Microbit):
    """The board watches over its motors itself; its own buttons, display and senses are there unnamed."""
    snapshot = bench.kit.snapshot
    assert (snapshot.state, snapshot.firmware) == (DeviceState.IDLE, "micro:bit MicroPython 1.0.1")
    assert snapshot.degraded == ()
    assert snapshot.abilities.sensors == {Sensor.GROUND, Sensor.TILT, Sensor.LIGHT}
    assert snapshot.abilities.buttons == {Button.A, Button.B}
    assert snapshot.abilities.has_light


async def test_the_first_bytes_stop_whatever_ran_and_motors_left_on_go_off(
    make_bench: Callable[..., Microbit],
):
    """Somebody else's program had set the pins; ours is not trusted to have run before."""
    bench = make_bench()
    bench.robot.leave_on({12: HIGH, 13: HIGH, 15: HIGH, 16: HIGH})
    assert not bench.stands
    before = len(bench.box.entries)
    await bench.kit.connect()
    assert bench.received(before).startswith(INTERRUPT)
    starts = [entry["kind"] for entry in bench.of("wheels", "start", since=before)]
    assert starts[0] == "wheels", "the motors go off before our program begins"
    assert bench.stands


async def test_all_parts_do_what_is_asked_and_rest(bench: Microbit):
    """Wheels, pen, display and sound, as the robot itself felt them."""
    async with bench.beating():
        await bench.kit.act(Drive(120.0, -60.0))
        for action in (Pen(is_down=True), Light(0, 100, 0), Sound(440, 0.1)):
            await bench.kit.act(action)
        assert bench.kit.snapshot.state is DeviceState.RUNNING
        await until(lambda: [entry["hz"] for entry in bench.of("sound")] == [440, 0], "the sound")
        assert bench.turns()[-1] == (pytest.approx(120, abs=1), pytest.approx(-60, abs=1))
        assert bench.of("pen")[-1]["down"] is True
        assert bench.of("lamp")[-1]["green_pct"] == 100
        await bench.kit.rest()
        await until(lambda: bench.stands and bench.of("pen")[-1]["down"] is False, "rest")
    assert bench.robot.body.lamp == Light(0, 0, 0)
    assert bench.kit.snapshot.state is DeviceState.IDLE


async def test_senses_are_told_in_neutral_units(bench: Microbit):
    """Tilt in degrees from lying flat, light and ground in shares, buttons by name."""
    body = bench.robot.body
    body.tilt_deg, body.pressed = 30.0, frozenset({Button.B})
    await until(lambda: bench.kit.snapshot.senses.pressed == {Button.B}, "the button")
    values = bench.kit.snapshot.senses.values
    assert values[Sensor.TILT] == pytest.approx(30, abs=0.5)
    assert values[Sensor.LIGHT] == pytest.approx(60, abs=0.5)
    assert values[Sensor.GROUND] == pytest.approx(100, abs=0.5)


async def test_a_stop_is_the_last_that_the_robot_hears_until_it_is_connected_again(bench: Microbit):
    """From another thread, in the middle of a stream of actions."""
    await bench.drives()
    before = len(bench.box.entries)
    stop = asyncio.to_thread(bench.kit.stop)
    await asyncio.gather(stop, bench.kit.act(Light(1, 2, 3)), return_exceptions=True)
    await until(lambda: bench.kit.snapshot.state is DeviceState.STOPPED, "the stop")
    await until(lambda: bool(bench.of("end", since=before)), "our program ends")
    assert bench.stands
    with pytest.raises(DeviceBusyError, match="Stopped"):
        await bench.kit.act(Drive(50, 50))
    assert bench.received(before).endswith(INTERRUPT)
    assert not bench.of("watch", since=before), "it was the stop, not the watch"
    await bench.kit.connect()
    assert stands_for_good(bench.turns(before))


async def test_a_robot_whose_cable_is_pulled_out_stops_by_itself(bench: Microbit):
    """The board's own watch; when the cable is back nothing moves until somebody says so."""
    await bench.drives()
    before = len(bench.box.entries)
    bench.line.unplug()
    await until(lambda: bool(bench.of("watch", since=before)), "the board's watch")
    assert stands_for_good(bench.turns(before))
    await until(lambda: bench.kit.snapshot.state is DeviceState.OFFLINE, "the loss")
    bench.line.plug()
    await bench.kit.connect()
    assert stands_for_good(bench.turns(before))


async def test_without_a_sign_of_life_the_robot_stops_and_says_so(bench: Microbit):
    """Nobody beats: the watch is told, and a beat that comes late moves nothing."""
    await bench.drives()
    before = len(bench.box.entries)
    await until(lambda: bench.kit.snapshot.state is DeviceState.IDLE, "the watch")
    assert "sign of life" in bench.kit.snapshot.message
    seen = len(bench.of("rx"))
    await bench.kit.beat()
    await until(lambda: len(bench.of("rx")) > seen, "the late beat")
    assert stands_for_good(bench.turns(before))
    async with bench.beating():
        await bench.drives()


async def test_a_deaf_robot_stops_by_itself(bench: Microbit):
    """Signs of life that do not arrive are none."""
    async with bench.beating():
        await bench.drives()
        before = len(bench.box.entries)
        bench.robot.fall_deaf()
        await until(lambda: bool(bench.of("watch", since=before)), "the board's watch")
        assert bench.stands


@pytest.mark.parametrize(
    ("befall", "state", "says"),
    [
        (VirtualMicrobit.restart, DeviceState.FAULT, "reset button"),
        (VirtualMicrobit.fall_silent, DeviceState.OFFLINE, "answers no more"),
    ],
)
async def test_what_befalls_a_robot_is_told_with_what_to_do(
    bench: Microbit, befall: Callable[[VirtualMicrobit], None], state: DeviceState, says: str
):
    """A reset button pressed, a board that says nothing any more."""
    await bench.drives()
    befall(bench.robot)
    await until(lambda: bench.kit.snapshot.state is state, "the end")
    assert says in bench.kit.snapshot.message
    await until(lambda: bench.stands, "it stands")


async def test_a_board_without_memory_says_why(make_bench: Callable[..., Microbit]):
    """Its own last word is in the sentence."""
    bench = make_bench()
    bench.robot.is_short_of_memory = True
    with pytest.raises(DeviceFaultError, match="MemoryError"):
        await bench.kit.connect()


@pytest.mark.parametrize(
    ("wiring", "says"),
    [
        (
            Wiring(100, *(BridgeWheel(pin, 13, 14, 100) for pin in (3, 16))),
            "Pin 3 of a micro:bit is not",
        ),
        (Wiring(100, *(BridgeWheel(pin, 13, 14, 100) for pin in (15, 16))), "Pin 13 is used twice"),
        (
            Wiring(sensors=(AnalogSensor(Sensor.LIGHT, 8, Curve(((0, 0), (1, 1)))),)),
            "Pin 8 of a micro:bit reads",
        ),
    ],
)
async def test_a_profile_that_does_not_fit_the_board_is_refused_before_anything_moves(
    make_bench: Callable[..., Microbit], wiring: Wiring, says: str
):
    """With the pin that is wrong."""
    bench = make_bench(wiring)
    with pytest.raises(DeviceFaultError, match=says):
        await bench.kit.connect()
    assert bench.of("start") == []


async def test_a_virtual_robot_plays_a_program():
    """From its address, through player, kit, lines and pins: a whole square, and rest."""
    steps: list[str] = []
    kit = open_kit("bit", "micropython", "sim://micropython")
    await kit.connect()
    fast = {"do": "speed", "mm_s": 200}
    assert await Player(kit, program(fast, *SQUARE), USUAL, steps.append).play() is End.DONE
    assert steps == ["pen", *["side", "corner"] * 4, ""]
    assert kit.snapshot.state is DeviceState.IDLE
    await kit.close()


@pytest.mark.parametrize(
    ("port", "says"),
    [("/dev/ttyACM0", "needs a profile"), ("sim://micropython?fault=fire@3", "there is no fault fire")],
)
def test_an_address_that_makes_no_sense_is_told(port: str, says: str):
    """Before anything is opened."""
    with pytest.raises(TransportError, match=says):
        open_kit("bit", "micropython", port)
