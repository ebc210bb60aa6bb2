"""An Arduino robot from connect to close, judged by the virtual robot's black box."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError, DeviceFaultError, PortNotFoundError
from drivers.firmata.kit import FIRMATA_BPS, firmata_kit
from drivers.firmata.messages import RESET
from drivers.firmata.outputs import stop_bytes
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim import Make, VirtualFirmata
from drivers.loopback import Loopback
from drivers.robots.reach import AbilityError
from drivers.robots.types import STILL, Button, Drive, Light, Pen, Sensor, Sound
from drivers.robots.wiring import BridgeWheel, Wiring
from drivers.simulator import BlackBox
from drivers.types import DeviceState
from tests.drivers.robots.tethered import Bench, benches, stands_for_good, until

QUICK = Make(boot_s=0.2)
DEAF_TO_OPENING = Make(resets_on_open=False, boot_s=0.2)


class Arduino(Bench):
    """A bench with an Arduino."""

    def __init__(self, make: Make = QUICK, wiring: Wiring = SAMPLE, asked: Wiring | None = None) -> None:
        """The kit may have been told of another wiring than the robot has."""
        box = BlackBox()
        self.robot = VirtualFirmata(box, wiring, make)
        line = Loopback(self.robot, FIRMATA_BPS)
        super().__init__(firmata_kit("turtle", line.open, asked or wiring), line, box)

    def received(self, since: int = 0) -> bytes:
        """All that came over the line."""
        return b"".join(bytes.fromhex(str(entry["bytes"])) for entry in self.of("rx", since=since))


@pytest_asyncio.fixture
async def make_bench() -> AsyncIterator[Callable[..., Arduino]]:
    """Build benches, and end them."""
    async with benches(Arduino) as make:
        yield make


@pytest_asyncio.fixture
async def bench(make_bench: Callable[..., Arduino]) -> Arduino:
    """A robot that is connected."""
    made = make_bench()
    await made.kit.connect()
    return made


async def test_a_robot_says_who_it_is_and_what_it_lacks(bench: Arduino):
    """The state, the firmware, the abilities, and that nothing on the board watches over the motors."""
    snapshot = bench.kit.snapshot
    assert snapshot.state is DeviceState.IDLE
    assert snapshot.firmware == "StandardFirmata.ino (Firmata 2.5)"
    assert snapshot.abilities == SAMPLE.abilities
    assert "does not stop the motors when the cable or the computer fails" in " ".join(snapshot.degraded)


async def test_the_first_bytes_of_every_connection_stop_everything(make_bench: Callable[..., Arduino]):
    """Also on a board that does not start again when its port is opened."""
    bench = make_bench(DEAF_TO_OPENING)
    for _ in range(2):
        before = len(bench.box.entries)
        await bench.kit.connect()
        assert bench.received(before).startswith(stop_bytes(SAMPLE))
        await bench.kit.close()
        await until(lambda: bench.received().endswith(stop_bytes(SAMPLE)), "the last bytes, a stop, too")


async def test_all_parts_do_what_is_asked_and_rest(bench: Arduino):
    """Wheels, pen, lamp and sound, as the robot itself felt them."""
    await bench.kit.act(Drive(90.0, -60.0))
    for action in (Pen(is_down=True), Light(100, 0, 40), Sound(440, 0.1)):
        await bench.kit.act(action)
    assert bench.kit.snapshot.state is DeviceState.RUNNING
    await until(lambda: any(entry["hz"] == 0 for entry in bench.of("sound")), "the sound ends by itself")
    assert bench.turns()[1] == (pytest.approx(90, abs=1), pytest.approx(-60, abs=1))
    assert bench.of("pen")[-1]["down"] is True
    assert bench.of("lamp")[-1]["blue_pct"] == pytest.approx(40, abs=0.5)
    await bench.kit.rest()
    await until(lambda: bench.stands and bench.of("pen")[-1]["down"] is False, "rest")
    await until(lambda: bench.robot.body.lamp == Light(0, 0, 0), "darkness")
    assert bench.kit.snapshot.state is DeviceState.IDLE


async def test_speeds_are_cut_to_what_the_robot_can_and_nonsense_is_still(bench: Arduino):
    """A program's numbers are never trusted."""
    await bench.kit.act(Drive(1e9, -1e9))
    await until(lambda: (150.0, -150.0) in bench.turns(), "its fastest")
    await bench.kit.act(Drive(float("nan"), float("inf")))
    await until(lambda: bench.stands, "it stands")


async def test_sensors_and_buttons_are_told_in_neutral_units(bench: Arduino):
    """Millimetres, shares, and which buttons are down."""
    body = bench.robot.body
    await until(lambda: set(bench.kit.snapshot.senses.values) == {Sensor.DISTANCE, Sensor.LIGHT}, "senses")
    values = bench.kit.snapshot.senses.values
    assert values[Sensor.DISTANCE] == pytest.approx(body.distance_mm(), rel=0.05)
    assert values[Sensor.LIGHT] == pytest.approx(60, abs=1)
    assert bench.kit.snapshot.senses.pressed == frozenset()
    body.pressed = frozenset({Button.CENTRE})
    await until(lambda: bench.kit.snapshot.senses.pressed == {Button.CENTRE}, "the button")
    body.pressed = frozenset()
    await until(lambda: not bench.kit.snapshot.senses.pressed, "the button is up again")


async def test_buttons_work_on_firmware_without_pull_ups_as_a_mode(make_bench: Callable[..., Arduino]):
    """StandardFirmata 2.4 pulls up what is written high as an input."""
    bench = make_bench(replace(QUICK, minor=4))
    await bench.kit.connect()
    bench.robot.body.pressed = frozenset({Button.CENTRE})
    await until(lambda: bench.kit.snapshot.senses.pressed == {Button.CENTRE}, "the button")


async def test_a_stop_is_the_last_that_the_robot_hears_until_it_is_connected_again(bench: Arduino):
    """From another thread, in the middle of a stream of actions."""
    await bench.drives()
    before = len(bench.box.entries)
    await asyncio.gather(
        asyncio.to_thread(bench.kit.stop), bench.kit.act(Light(1, 2, 3)), return_exceptions=True
    )
    await until(lambda: bench.kit.snapshot.state is DeviceState.STOPPED, "the stop")
    await until(lambda: bench.stands, "it stands")
    for ask in (bench.kit.beat, bench.kit.rest, lambda: bench.kit.act(Drive(50, 50))):
        with pytest.raises(DeviceBusyError, match="Stopped"):
            await ask()
    assert bench.received(before).endswith(stop_bytes(SAMPLE))
    await bench.kit.connect()
    assert stands_for_good(bench.turns(before))


async def test_without_a_sign_of_life_the_wheels_are_stopped(bench: Arduino):
    """The bike's own watch, since the firmware has none; whoever asks again may move again."""
    await bench.drives()
    await until(lambda: bench.kit.snapshot.state is DeviceState.IDLE, "the watch")
    assert "sign of life" in bench.kit.snapshot.message
    await until(lambda: bench.stands, "it stands")
    async with bench.beating():
        await bench.drives()


async def test_with_signs_of_life_it_goes_on_for_longer_than_the_watch_waits(bench: Arduino):
    """Beats alone keep the wheels turning."""
    async with bench.beating():
        await bench.drives()
        began_s = bench.line.machine_s
        await until(lambda: bench.line.machine_s > began_s + 1.5, "time passes")
        is_running = bench.kit.snapshot.state is DeviceState.RUNNING
    assert (
        is_running or "sign of life" in bench.kit.snapshot.message
    )  # a computer that slept may have tripped it


async def test_a_cable_pulled_out_is_told_and_the_next_connection_stops_first(
    make_bench: Callable[..., Arduino],
):
    """The known limit: StandardFirmata drives on until the cable is back and the first bytes come."""
    bench = make_bench(DEAF_TO_OPENING)
    await bench.kit.connect()
    await bench.drives()
    bench.line.unplug()
    await until(lambda: bench.kit.snapshot.state is DeviceState.OFFLINE, "the loss")
    assert not bench.stands, "what the page on safety says would not be true"
    with pytest.raises(DeviceBusyError, match="cable"):
        await bench.kit.act(Drive(50, 50))
    with pytest.raises(PortNotFoundError):
        await bench.kit.connect()
    bench.line.plug()
    before = len(bench.box.entries)
    await bench.kit.connect()
    assert bench.stands
    assert bench.received(before).startswith(stop_bytes(SAMPLE))


async def test_a_board_that_starts_again_is_a_fault_until_a_person_connects_it(bench: Arduino):
    """One that boots quickly: its pins have fallen, and nobody sets them up behind a person's back."""
    async with bench.beating():
        await bench.drives()
        bench.robot.restart("weak batteries")
        await until(lambda: bench.kit.snapshot.state is DeviceState.FAULT, "the fault")
        await until(lambda: bench.received().endswith(stop_bytes(SAMPLE)), "a stop all the same")
        with pytest.raises(DeviceBusyError, match="started again"):
            await bench.kit.act(Drive(50, 50))
    await bench.kit.connect()
    assert bench.kit.snapshot.state is DeviceState.IDLE


async def test_a_board_that_falls_silent_is_given_up(bench: Arduino):
    """Nobody can tell whether it still moves: a person has to look."""
    bench.robot.fall_silent()
    await until(lambda: bench.kit.snapshot.state is DeviceState.OFFLINE, "it is given up")
    assert "look whether it still moves" in bench.kit.snapshot.message
    await until(lambda: bench.received().endswith(stop_bytes(SAMPLE)), "a stop all the same")


@pytest.mark.parametrize(
    ("wiring", "sentence"),
    [
        (
            Wiring(100, *(BridgeWheel(pin, 7, 8, 100) for pin in (4, 5))),
            "Pin 4 of this board cannot",
        ),
        (Wiring(100, *(BridgeWheel(pin, 7, 33, 100) for pin in (5, 6))), "no pin 33"),
        (Wiring(100, *(BridgeWheel(pin, 1, 8, 100) for pin in (5, 6))), "no pin 1 "),
    ],
)
async def test_a_profile_that_does_not_fit_the_board_is_refused_before_anything_moves(
    make_bench: Callable[..., Arduino], wiring: Wiring, sentence: str
):
    """The board itself says what its pins can be."""
    bench = make_bench(QUICK, SAMPLE, wiring)
    with pytest.raises(DeviceFaultError, match=sentence):
        await bench.kit.connect()
    assert bench.turns() == []


async def test_a_robot_without_a_part_says_so(make_bench: Callable[..., Arduino]):
    """Nothing is done in silence."""
    bench = make_bench(QUICK, replace(SAMPLE, pen=None, lamp=None, buzzer_pin=None))
    await bench.kit.connect()
    for action in (Pen(is_down=True), Light(1, 1, 1), Sound(440, 1)):
        with pytest.raises(AbilityError):
            await bench.kit.act(action)


async def test_connecting_a_robot_that_drives_stops_it_first(make_bench: Callable[..., Arduino]):
    """Whoever connects it again need not know that it was driving."""
    bench = make_bench(DEAF_TO_OPENING)
    await bench.kit.connect()
    await bench.drives()
    before = len(bench.box.entries)
    await bench.kit.connect()
    assert stands_for_good(bench.turns(before))
    assert bench.kit.snapshot.state is DeviceState.IDLE


async def test_closing_leaves_the_robot_still(make_bench: Callable[..., Arduino]):
    """The last bytes are a stop."""
    bench = make_bench(DEAF_TO_OPENING)
    await bench.kit.connect()
    await bench.drives()
    await bench.kit.close()
    await until(lambda: bench.stands, "it stands")
    assert bytes([RESET]) in bench.received()
    assert bench.kit.snapshot.state is DeviceState.OFFLINE
    assert bench.turns()[-1] == (STILL.left_mm_s, STILL.right_mm_s)
