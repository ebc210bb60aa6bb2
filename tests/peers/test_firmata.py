"""Arduino robots against StandardFirmata itself, judged by the pins of the chip that runs it."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError, DeviceFaultError
from drivers.firmata.kit import FIRMATA_BPS, firmata_kit
from drivers.firmata.outputs import stop_bytes
from drivers.firmata.sample import SAMPLE
from drivers.robots.interpreter import USUAL, End
from drivers.robots.player import Player
from drivers.robots.tether import Tether
from drivers.robots.types import STILL, Button, Drive, Light, Pen, Sensor, Sound
from drivers.robots.wiring import BridgeWheel, Wiring
from drivers.transport import open_transport
from drivers.types import DeviceState
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import AHEAD, beating, until
from tests.peers.arduino import Arduino, arduino, install

pytestmark = pytest.mark.peers

LEFT, RIGHT, PEN, RED, BUZZER = "D10", "D9", "D11", "D3", "D4"
WHEELS = (LEFT, RIGHT)
FRAME_S = 0.02
BRIDGES = Wiring(
    130.0,
    BridgeWheel(pwm_pin=5, forward_pin=7, backward_pin=8, top_mm_s=200),
    BridgeWheel(pwm_pin=6, forward_pin=12, backward_pin=13, top_mm_s=200),
)
DRIVER_THAT_IS_KILLED = """
import asyncio, os, sys
from drivers.firmata.sample import SAMPLE
from drivers.kits import open_kit
from drivers.robots.types import Drive
async def drive():
    kit = open_kit("turtle", "firmata", sys.argv[1], SAMPLE)
    await kit.connect()
    await kit.act(Drive(150, 150))
    await asyncio.sleep(0.2)
    os._exit(9)
asyncio.run(drive())
"""


@pytest.fixture(scope="module")
def installed() -> None:
    """Simulator and firmware are there."""
    install()


@pytest.fixture
def board(installed: None, tmp_path: Path) -> Iterator[Arduino]:
    """An Uno, fresh from its reset."""
    with arduino(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def make_kit(board: Arduino) -> AsyncIterator[Callable[..., Tether]]:
    """Build robots around the board, and let them go at the end."""
    kits: list[Tether] = []

    def make(wiring: Wiring = SAMPLE) -> Tether:
        kits.append(firmata_kit("turtle", lambda: open_transport(str(board.port), FIRMATA_BPS), wiring))
        return kits[-1]

    yield make
    for kit in kits:
        await kit.close()


@pytest_asyncio.fixture
async def kit(make_kit: Callable[..., Tether]) -> Tether:
    """A robot that is connected."""
    made = make_kit()
    await made.connect()
    return made


def phases(board: Arduino) -> list[str]:
    """Return how the wheels were turned, phase by phase, from the pulses on their pins."""
    starts: list[tuple[float, str, int]] = []
    for pin in WHEELS:
        edges = board.edges(pin)
        for (rose_s, high), (fell_s, _) in pairwise(edges):
            if high:
                starts.append((rose_s, pin, round((fell_s - rose_s) * 1e6) - 1500))
    found: list[str] = []
    now = dict.fromkeys(WHEELS, 0)
    for _, pin, beyond in sorted(starts):
        now[pin] = beyond if pin == LEFT else -beyond
        name = _named(now[LEFT], now[RIGHT])
        if name and found[-1:] != [name]:
            found.append(name)
    return found


def _named(left: int, right: int) -> str:
    """Tell straight ahead at full speed from turning to the left at full speed; all else is in between."""
    if left > 150 and right > 150:
        return "ahead"
    return "left" if left < -150 and right > 150 else ""


async def test_the_firmware_is_known_by_its_own_words(kit: Tether):
    """Its name and version, and what it lacks."""
    assert (kit.snapshot.state, kit.snapshot.firmware) == (
        DeviceState.IDLE,
        "StandardFirmata.ino (Firmata 2.4)",
    )
    assert any("does not stop the motors" in lack for lack in kit.snapshot.degraded)


async def test_the_pins_move_as_a_square_expects(board: Arduino, kit: Tether):
    """Four times ahead, then left, by the player; afterwards the servos get no more pulses."""
    fast = {"do": "speed", "mm_s": 150}
    assert await Player(kit, program(fast, *SQUARE), USUAL).play() is End.DONE
    assert phases(board) == ["ahead", "left"] * 4
    assert 1700 in board.pulses_us(PEN), "the pen was down"
    seen = len(board.entries())
    await until(lambda: len(board.pulses_us(PEN, seen)) > 10, "a fifth of a second of the chip's time")
    assert [board.pulses_us(pin, seen) for pin in WHEELS] == [[], []]


async def test_speeds_are_pulses(board: Arduino, kit: Tether):
    """Exactly those that the profile says."""
    async with beating(kit):
        for drive, pulses in ((Drive(150, 150), (1700, 1300)), (Drive(-75, 30), (1400, 1460))):
            seen = len(board.entries())
            await kit.act(drive)
            for pin, pulse_us in zip(WHEELS, pulses, strict=True):
                await until(
                    lambda pin=pin, p=pulse_us, n=seen: p in board.pulses_us(pin, n), f"{pulse_us} us"
                )


async def test_sensors_and_buttons_are_read(board: Arduino, kit: Tether):
    """A voltage is a distance, a pin pulled to ground is a button pressed."""
    board.happen("volts 0 1.5")
    board.happen("low 7")
    await until(lambda: kit.snapshot.senses.pressed == {Button.CENTRE}, "the button")
    wanted_mm = SAMPLE.sensors[0].curve.value(1.5 / 5 * 1023)
    await until(
        lambda: kit.snapshot.senses.values[Sensor.DISTANCE] == pytest.approx(wanted_mm, abs=3), "distance"
    )
    board.happen("high 7")
    await until(lambda: kit.snapshot.senses.pressed == frozenset(), "the button is up")


async def test_lamp_and_buzzer_are_switched(board: Arduino, kit: Tether):
    """A tone ends by itself."""
    await kit.act(Light(100, 0, 0))
    await kit.act(Sound(440, 0.2))
    await until(lambda: [level for _, level in board.edges(RED)] == [1], "the red light")
    await until(lambda: [level for _, level in board.edges(BUZZER)] == [1, 0], "the tone ends")


async def test_a_stop_ends_all_pulses_at_once(board: Arduino, kit: Tether):
    """From another thread: by the chip's own clock none begins after a frame of 20 ms, nor any more later."""
    async with beating(kit):
        await kit.act(AHEAD)
        await kit.act(Pen(is_down=True))
        await until(lambda: bool(board.pulses_us(LEFT)) and 1700 in board.pulses_us(PEN), "it moves")
    seen = len(board.entries())
    await asyncio.to_thread(kit.stop)
    await until(lambda: board.received(seen).endswith(stop_bytes(SAMPLE)), "the stop has arrived")
    with pytest.raises(DeviceBusyError):
        await kit.act(AHEAD)
    entries = board.entries()[seen:]
    stopped_s = next(float(str(entry["t"])) for entry in reversed(entries) if entry["kind"] == "rx")
    await kit.connect()  # its servo of the pen shows that time has passed
    await until(lambda: len(board.pulses_us(PEN, seen)) > 20, "the chip lives on")
    begun = [rose_s for pin in WHEELS for rose_s, high in board.edges(pin, seen) if high]
    assert max(begun, default=0.0) < stopped_s + FRAME_S + 0.01


async def test_who_is_killed_leaves_it_driving_and_the_next_connection_stops_it(
    board: Arduino, make_kit: Callable[..., Tether]
):
    """The known limit of this firmware, and all that can be done about it: the first bytes are a stop."""
    command = [sys.executable, "-c", DRIVER_THAT_IS_KILLED, str(board.port)]
    assert (await asyncio.to_thread(subprocess.run, command, check=False)).returncode == 9
    seen = len(board.entries())
    await until(lambda: len(board.pulses_us(LEFT, seen)) > 50, "it drives on, for more than the watch waits")
    before = len(board.entries())
    kit = make_kit()
    await kit.connect()
    assert board.received(before).startswith(stop_bytes(SAMPLE))
    seen = len(board.entries())
    await until(lambda: len(board.pulses_us(PEN, seen)) > 10, "time passes")
    assert [board.pulses_us(pin, seen) for pin in WHEELS] == [[], []]


async def test_without_signs_of_life_the_bike_stops_it(board: Arduino, kit: Tether):
    """The watch on our side of the line."""
    await kit.act(AHEAD)
    await until(lambda: kit.snapshot.state is DeviceState.IDLE, "the watch")
    seen = len(board.entries())
    await until(lambda: len(board.pulses_us(PEN, seen)) > 10, "time passes")
    assert len(board.pulses_us(LEFT, seen)) <= 1, "but for a pulse under way"


async def test_a_board_that_starts_again_stands_and_is_told(board: Arduino, kit: Tether):
    """Its boot is longer than our patience; the stop that it finds then in its ring does no harm."""
    async with beating(kit):
        await kit.act(AHEAD)
        await until(lambda: bool(board.pulses_us(LEFT)), "it moves")
        seen = len(board.entries())
        board.happen("reset")
        await until(lambda: kit.snapshot.state is DeviceState.OFFLINE, "the silence")
    assert "weak batteries" in kit.snapshot.message
    assert len(board.pulses_us(LEFT, seen)) < 10
    await kit.connect()
    assert kit.snapshot.state is DeviceState.IDLE


async def test_bridges_turn_as_asked_and_all_their_pins_fall_at_a_stop(
    board: Arduino, make_kit: Callable[..., Tether]
):
    """At full speed power is a level: forwards, backwards, on the spot, at rest."""
    kit = make_kit(BRIDGES)
    await kit.connect()
    pins = ("D5", "D7", "D8", "D6", "D12", "D13")

    def levels() -> list[int]:
        return [(board.edges(pin) or [(0.0, 0)])[-1][1] for pin in pins]

    wanted = {
        Drive(200, 200): [1, 1, 0, 1, 1, 0],
        Drive(-200, -200): [1, 0, 1, 1, 0, 1],
        Drive(-200, 200): [1, 0, 1, 1, 1, 0],
        STILL: [0, 0, 0, 0, 0, 0],
    }
    async with beating(kit):
        for drive, expected in wanted.items():
            await kit.act(drive)
            await until(lambda expected=expected: levels() == expected, f"{drive}")
        await kit.act(Drive(200, -200))
        await until(lambda: levels() == [1, 1, 0, 1, 0, 1], "on the spot")
    kit.stop()
    await until(lambda: levels() == [0] * 6, "all low")


async def test_a_profile_that_does_not_fit_the_chip_is_refused_by_what_it_says_itself(
    make_kit: Callable[..., Tether],
):
    """An Uno's pin 4 cannot share its power."""
    assert isinstance(BRIDGES.left, BridgeWheel)
    kit = make_kit(replace(BRIDGES, left=replace(BRIDGES.left, pwm_pin=4)))
    with pytest.raises(DeviceFaultError, match="Pin 4 of this board cannot give a share of power"):
        await kit.connect()
