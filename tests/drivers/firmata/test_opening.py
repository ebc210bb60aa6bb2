"""From a word in dipbike.toml to a robot that draws a square."""

import json
from pathlib import Path

import pytest

from drivers.errors import TransportError
from drivers.kits import open_kit
from drivers.robots.interpreter import USUAL, End
from drivers.robots.player import Player
from drivers.types import DeviceState
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import speeds, until

FAST = {"do": "speed", "mm_s": 150}


def entries(path: Path) -> list[dict[str, object]]:
    """Return what the robot's box holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_a_virtual_robot_plays_a_program(tmp_path: Path):
    """Through player, kit, bytes, pins and servos: four times forwards, then to the left, then rest.

    How exact the square is depends on the computer's own pace: `test_protocol` judges it by an even clock.
    """
    box = tmp_path / "box.jsonl"
    kit = open_kit("turtle", "firmata", f"sim://firmata?blackbox={box}")
    await kit.connect()
    try:
        assert await Player(kit, program(FAST, *SQUARE), USUAL).play() is End.DONE
    finally:
        await kit.close()

    def turns() -> list[tuple[float, float]]:
        return [speeds(entry) for entry in entries(box) if entry["kind"] == "wheels"]

    await until(lambda: turns()[-1] == (0.0, 0.0), "the last bytes have arrived")
    assert (150.0, 150.0) in turns()
    assert (-150.0, 150.0) in turns()
    assert any(entry["kind"] == "pen" and entry["down"] for entry in entries(box))


async def test_faults_may_be_ordered_with_the_address():
    """A robot that restarts in its eighth second, for training."""
    kit = open_kit("turtle", "firmata", "sim://firmata?speed=4&fault=restart@8")
    await kit.connect()
    await until(lambda: kit.snapshot.state is DeviceState.FAULT, "the restart")
    await kit.close()


@pytest.mark.parametrize(
    ("port", "says"),
    [
        ("/dev/ttyACM0", "needs a profile"),
        ("sim://firmata?wings=2", "there is no wings"),
        ("sim://firmata?fault=fire@3", "there is no fault fire"),
        ("sim://firmata?speed=fast", "no virtual robot"),
    ],
)
def test_an_address_that_makes_no_sense_is_told(port: str, says: str):
    """Before anything is opened."""
    with pytest.raises(TransportError, match=says):
        open_kit("turtle", "firmata", port)
