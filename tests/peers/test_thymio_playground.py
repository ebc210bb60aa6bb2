"""Our Thymio kit and Aseba's own virtual machine, judged by where the playground's robot stands."""

import asyncio
import contextlib
import math
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError
from drivers.kits import open_kit
from drivers.robots.body import Pose
from drivers.robots.interpreter import USUAL, End
from drivers.robots.kit import Kit
from drivers.robots.player import Player
from drivers.robots.types import STILL, Button, Drive, Light, Sensor, Sound
from drivers.thymio.kit import thymio_kit
from drivers.thymio.motors import PLAYGROUND
from drivers.transport import SocketTransport, Transport, open_transport
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import AHEAD, until
from tests.peers.playground import DARK_FROM_MM, FIELD_MM, START, Playground, install, playing

pytestmark = pytest.mark.peers

SIDE_MM = 200
SLOW = {"do": "speed", "mm_s": 50}
ALIKE = 0.2
"""So much of its side may a square be off."""
NOSE_MM = 79.5
"""Enki's robot: so far before the axle its foremost sensor looks from."""


@pytest.fixture(scope="module")
def one_playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground for all tests of this file; each puts the robot where it wants it."""
    install()
    with playing(tmp_path_factory.mktemp("playground")) as started:
        yield started


@pytest.fixture
def playground(one_playground: Playground) -> Playground:
    """The playground, with its robot at the start."""
    one_playground.robot.settled()
    one_playground.robot.place(START)
    return one_playground


@pytest_asyncio.fixture
async def kit(playground: Playground) -> AsyncIterator[Kit]:
    """Our side, connected, and let go at the end."""
    made = open_kit("thymio", "thymio", playground.url, gauge=PLAYGROUND)
    await made.connect()
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def beating(kit: Kit) -> AsyncIterator[None]:
    """Give signs of life meanwhile."""

    async def beat() -> None:
        while True:
            await kit.beat()
            await asyncio.sleep(0.1)

    task = asyncio.create_task(beat(), name="beat")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def settled(playground: Playground) -> Pose:
    """Wait until the robot stands, and return where."""
    return await asyncio.to_thread(playground.robot.settled)


async def drives(playground: Playground, kit: Kit, drive: Drive = AHEAD) -> None:
    """Let the robot drive until it is seen to move."""
    begin = playground.robot.pose
    await kit.act(drive)
    await until(lambda: playground.robot.pose != begin, "the robot moves")


def way_mm(one: Pose, other: Pose) -> float:
    """Return how far two places are apart."""
    return math.hypot(one.x_mm - other.x_mm, one.y_mm - other.y_mm)


async def test_aseba_s_robot_is_known_by_its_own_words(kit: Kit):
    """Its firmware, and that it lacks nothing."""
    assert (kit.snapshot.state, kit.snapshot.firmware) == (DeviceState.IDLE, "thymio-II 11")
    assert kit.snapshot.degraded == ()


async def test_a_square_is_driven(playground: Playground, kit: Kit):
    """By the player: the playground obeys every 30 ms, if it is not late, and shakes its wheels by 2.7 %."""
    seen: list[tuple[float, float]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            pose = playground.robot.pose
            seen.append((pose.x_mm, pose.y_mm))

    watching = asyncio.create_task(asyncio.to_thread(watch), name="watch")
    try:
        end = await Player(kit, program(SLOW, *SQUARE[1:]), USUAL).play()
    finally:
        done.set()
        await watching
    final = await settled(playground)
    assert end is End.DONE
    assert way_mm(final, START) < ALIKE * SIDE_MM
    assert math.cos(math.radians(final.heading_deg - START.heading_deg)) > math.cos(math.radians(20))
    assert square_error([seen], SIDE_MM) < ALIKE


async def test_a_stop_ends_all_motion_within_what_200_ms_drive(playground: Playground, kit: Kit):
    """From another thread; then it obeys nobody until it is connected again."""
    await drives(playground, kit)
    before = playground.robot.pose
    await asyncio.to_thread(kit.stop)
    after = await settled(playground)
    assert way_mm(before, after) < 0.2 * AHEAD.left_mm_s
    await until(lambda: kit.snapshot.state is DeviceState.STOPPED, "the stop")
    with pytest.raises(DeviceBusyError):
        await kit.act(AHEAD)
    assert await settled(playground) == after
    await kit.connect()
    await drives(playground, kit)


async def test_a_robot_that_hears_nothing_more_stops_by_its_own_clock(playground: Playground):
    """The connection is cut; the way that is left is what the dead-man allows."""
    links: list[Transport] = []

    def open_link() -> Transport:
        links.append(open_transport(playground.url, 0))
        return links[-1]

    kit = thymio_kit("thymio", open_link, PLAYGROUND)
    await kit.connect()
    async with beating(kit):
        await drives(playground, kit)
        link = links[-1]
        assert isinstance(link, SocketTransport)
        before = playground.robot.pose
        link._end.shutdown(2)
        await until(lambda: kit.snapshot.state is DeviceState.OFFLINE, "the loss")
    after = await settled(playground)
    assert 0 < way_mm(before, after) < 0.75 * AHEAD.left_mm_s
    with pytest.raises(DeviceBusyError):
        await kit.act(AHEAD)
    await kit.connect()
    await drives(playground, kit)
    await kit.close()


async def test_without_a_sign_of_life_the_robot_stops_and_says_so(playground: Playground, kit: Kit):
    """Aseba's machine runs our program: with beats it goes on, without it does not."""
    async with beating(kit):
        await drives(playground, kit, Drive(40.0, 40.0))
        begin = playground.robot.pose
        await until(lambda: way_mm(playground.robot.pose, begin) > 60, "it goes on")
    await settled(playground)
    await until(lambda: kit.snapshot.state is DeviceState.IDLE, "its word")
    assert "sign of life" in kit.snapshot.message


async def test_whoever_connects_finds_the_robot_still(playground: Playground, kit: Kit):
    """A bike whose software restarted in mid-drive."""
    await drives(playground, kit)
    before = playground.robot.pose
    other = open_kit("thymio", "thymio", playground.url, gauge=PLAYGROUND)
    await other.connect()
    after = await settled(playground)
    assert way_mm(before, after) < 0.75 * AHEAD.left_mm_s
    await until(lambda: kit.snapshot.state is DeviceState.OFFLINE, "only one talks to a robot")
    await other.close()


async def test_the_nearest_wall_is_felt(playground: Playground, kit: Kit):
    """Enki's infrared is not what our table was measured with: near, nearer and far are told apart."""
    felt = []
    for free_mm in (30.0, 60.0, 100.0, 400.0):
        playground.robot.place(Pose(FIELD_MM - NOSE_MM - free_mm, 600.0, 0.0))
        await asyncio.sleep(0.5)  # the robot looks around by its own clock
        felt.append(kit.snapshot.senses.values[Sensor.DISTANCE])
    assert felt == sorted(felt)
    assert felt[0] < 60
    assert felt[-1] == 200


async def test_a_dark_floor_is_felt(playground: Playground, kit: Kit):
    """White here, black there."""
    ground = lambda: kit.snapshot.senses.values.get(Sensor.GROUND, -1.0)  # noqa: E731
    await until(lambda: ground() > 80, "white")
    playground.robot.place(Pose(DARK_FROM_MM + 100, 600.0, 0.0))
    await until(lambda: 0 <= ground() < 30, "black")


async def test_a_pressed_button_is_felt_until_it_is_released(playground: Playground, kit: Kit):
    """Each by its own name."""
    names = {"center": Button.CENTRE, "forward": Button.FORWARD, "left": Button.LEFT}
    for name, button in names.items():
        playground.robot.press(name, is_down=True)
        await until(lambda button=button: kit.snapshot.senses.pressed == {button}, name)  # type: ignore[misc]
        playground.robot.press(name, is_down=False)
        await until(lambda: not kit.snapshot.senses.pressed, "released")


async def test_lamp_and_tone_are_no_errors_for_aseba_s_machine(playground: Playground, kit: Kit):
    """A wrong call of a function would halt the program, and the robot would be given up."""
    async with beating(kit):
        for action in (Light(100, 50, 0), Sound(440, 0.2), Sound(0, 0), Light(0, 0, 0), STILL):
            await kit.act(action)
        await drives(playground, kit)
        await kit.rest()
    await settled(playground)
    assert kit.snapshot.state is DeviceState.IDLE


async def test_the_stop_works_after_an_order_that_was_cut_off(playground: Playground, kit: Kit):
    """Aseba's own reader completes it with our zeros, and its machine obeys the rest of them.

    Unlike a robot's, this reader then holds the whole playground until the rest of what it takes for a
    message has come or the line is closed.
    """
    await drives(playground, kit)
    order = bytes((6, 0, 0, 0, 1, 0, 100))
    pump, protocol = kit._pump, kit._protocol  # type: ignore[attr-defined]
    before = playground.robot.pose
    await asyncio.to_thread(pump.urgent, order + protocol.stop_bytes)
    await asyncio.to_thread(pump.close)
    assert way_mm(before, await settled(playground)) < 0.2 * AHEAD.left_mm_s


async def test_a_robot_behind_aseba_s_switch_is_driven_alike(playground: Playground):
    """As on a computer to which several programs connect."""
    with playground.switch() as url:
        kit = open_kit("thymio", "thymio", url, gauge=PLAYGROUND)
        await kit.connect()
        await drives(playground, kit)
        kit.stop()
        await settled(playground)
        await kit.close()
