"""micro:bit robots against MicroPython itself, judged by the pins of the emulated chip."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError
from drivers.micropython.kit import MICROBIT_BPS, microbit_kit
from drivers.micropython.sample import SAMPLE
from drivers.robots.interpreter import USUAL, End
from drivers.robots.player import Player
from drivers.robots.tether import Tether
from drivers.robots.types import STILL, Button, Drive, Light, Sensor, Sound
from drivers.robots.wiring import BridgeWheel, Contact
from drivers.transport import open_transport
from drivers.types import DeviceState
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import beating, until
from tests.peers.microbit import Qemu, install, qemu

pytestmark = pytest.mark.peers

FIRMWARE = "micro:bit MicroPython 1.0.1"
BUTTON_PIN = 2
WIRING = replace(
    SAMPLE,
    left=BridgeWheel(pwm_pin=16, forward_pin=12, backward_pin=8, top_mm_s=200, least_pct=100),
    right=BridgeWheel(pwm_pin=15, forward_pin=13, backward_pin=14, top_mm_s=200, least_pct=100),
    pen=None,
    contacts=(Contact(Button.CENTRE, BUTTON_PIN),),
)
"""Motors that know one speed need no shares of power, which this emulator does not make."""
PINS = (16, 12, 8, 15, 13, 14)
AHEAD, BACK, LEFT = Drive(200, 200), Drive(-200, -200), Drive(-200, 200)
LEVELS = {AHEAD: [1, 1, 0, 1, 1, 0], BACK: [1, 0, 1, 1, 0, 1], LEFT: [1, 0, 1, 1, 1, 0], STILL: [0] * 6}
DRIVER_THAT_IS_KILLED = """
import asyncio, os, sys
from tests.peers.test_micropython import AHEAD, microbit
async def drive():
    kit = microbit(sys.argv[1])
    await kit.connect()
    await kit.act(AHEAD)
    await asyncio.sleep(0.1)
    print("driving", flush=True)
    os._exit(9)
asyncio.run(drive())
"""


def microbit(port: str) -> Tether:
    """Build a robot around a board whose display measures no light."""
    return microbit_kit(
        "bit", lambda: open_transport(port, MICROBIT_BPS), WIRING, MICROBIT_BPS, feels_light=False
    )


@pytest.fixture(scope="module")
def installed() -> None:
    """Emulator and firmware are there."""
    install()


@pytest.fixture
def board(installed: None, tmp_path: Path) -> Iterator[Qemu]:
    """A micro:bit, fresh from its reset."""
    with qemu(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def kit(board: Qemu) -> AsyncIterator[Tether]:
    """A robot that is connected."""
    made = microbit(board.port)
    await made.connect()
    yield made
    await made.close()


async def test_the_board_takes_our_program_and_says_who_it_is(kit: Tether):
    """Within the memory of the first micro:bit; nothing is lacking."""
    assert (kit.snapshot.state, kit.snapshot.firmware) == (DeviceState.IDLE, FIRMWARE)
    assert kit.snapshot.degraded == ()


async def test_the_pins_move_as_a_square_expects(board: Qemu, kit: Tether):
    """Four times ahead, then left, by the player; then all are low."""
    seen: list[list[int]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            now = board.levels(*PINS)
            if now in (LEVELS[AHEAD], LEVELS[LEFT]) and seen[-1:] != [now]:
                seen.append(now)

    watching = asyncio.create_task(asyncio.to_thread(watch), name="watch")
    try:
        steps = [step for step in SQUARE if step["do"] != "pen"]
        assert await Player(kit, program({"do": "speed", "mm_s": 200}, *steps), USUAL).play() is End.DONE
    finally:
        done.set()
        await watching
    assert seen == [LEVELS[AHEAD], LEVELS[LEFT]] * 4, seen
    await until(lambda: board.levels(*PINS) == LEVELS[STILL], "all low")


async def test_each_way_of_driving_is_on_the_pins(board: Qemu, kit: Tether):
    """Forwards, backwards, on the spot, at rest."""
    async with beating(kit):
        for drive, levels in LEVELS.items():
            await kit.act(drive)
            await until(lambda levels=levels: board.levels(*PINS) == levels, f"{drive}")
        for action in (Light(100, 100, 100), Sound(440, 0.1), AHEAD):
            await kit.act(action)
        await until(lambda: board.levels(*PINS) == LEVELS[AHEAD], "display and sound disturb nothing")


async def test_a_button_and_the_accelerometer_are_read(board: Qemu, kit: Tether):
    """The emulator's accelerometer always tells the same corner, its analogue inputs always 0."""
    board.drive(BUTTON_PIN, is_high=False)
    await until(lambda: kit.snapshot.senses.pressed == {Button.CENTRE}, "the button is down")
    board.drive(BUTTON_PIN, is_high=True)
    await until(lambda: kit.snapshot.senses.pressed == frozenset(), "the button is up")
    assert kit.snapshot.senses.values[Sensor.TILT] == pytest.approx(125.3, abs=0.1)
    assert kit.snapshot.senses.values[Sensor.GROUND] == 100


async def test_a_stop_lets_all_pins_fall_and_ends_our_program(board: Qemu, kit: Tether):
    """From another thread; then it obeys nobody until it is connected again."""
    async with beating(kit):
        await kit.act(AHEAD)
        await until(lambda: board.levels(*PINS) == LEVELS[AHEAD], "it moves")
    await asyncio.to_thread(kit.stop)
    await until(lambda: board.levels(*PINS) == LEVELS[STILL], "it stands")
    with pytest.raises(DeviceBusyError):
        await kit.act(AHEAD)
    await kit.connect()
    assert board.levels(*PINS) == LEVELS[STILL]
    await kit.act(BACK)
    await until(lambda: board.levels(*PINS) == LEVELS[BACK], "it obeys again")


async def test_the_board_stops_by_itself_when_the_one_who_drove_it_is_killed(board: Qemu):
    """Nobody is left to say anything; afterwards the board can be had again."""
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DRIVER_THAT_IS_KILLED, board.port, stdout=asyncio.subprocess.PIPE, cwd=root
    )
    said, _ = await process.communicate()
    assert (process.returncode, said) == (9, b"driving\n")
    await until(lambda: board.levels(*PINS) == LEVELS[STILL], "the board's own watch")
    kit = microbit(board.port)
    await kit.connect()
    assert board.levels(*PINS) == LEVELS[STILL]
    await kit.close()


async def test_without_signs_of_life_the_board_stops_and_says_so(board: Qemu, kit: Tether):
    """Its watch is told to us; a late sign of life moves nothing, a new order does."""
    await kit.act(AHEAD)
    await until(lambda: board.levels(*PINS) == LEVELS[AHEAD], "it moves")
    await until(lambda: kit.snapshot.state is DeviceState.IDLE, "the watch")
    assert "sign of life" in kit.snapshot.message
    assert board.levels(*PINS) == LEVELS[STILL]
    async with beating(kit):
        at_s = kit.snapshot.senses.at_s
        await until(lambda: kit.snapshot.senses.at_s > at_s + 0.3, "signs of life alone")
        assert board.levels(*PINS) == LEVELS[STILL]
        await kit.act(AHEAD)
        await until(lambda: board.levels(*PINS) == LEVELS[AHEAD], "a new order")
